import type { AssignmentStatus } from '../../domain/assignment.ts';
import { type LeadTies, tiesFrom } from '../../domain/policy.ts';
import type { Stage } from '../../domain/stage.ts';
import type { Tx } from '../db.ts';
import { handOffIsCurrent } from './scope.ts';

type TiesRow = {
  leadId: string;
  stage: Stage;
  ownerId: string | null;
  ownerTeams: string[];
  waitingTeam: string | null;
} & ({ id: string; repId: string; team: string; status: AssignmentStatus } | { id: null });

/** The ties of leads, by the lead's id, in one statement. Unknown ids are left out. */
export async function readTies(tx: Tx, leadIds: readonly string[]): Promise<Map<string, LeadTies>> {
  const rows = await tx.$queryRaw<TiesRow[]>`
    SELECT l.id AS "leadId", l.stage, l.owner_id AS "ownerId", coalesce(r.teams, '{}') AS "ownerTeams",
      (SELECT n.waiting_team FROM needs n WHERE n.id = l.need_id) AS "waitingTeam",
      a.id, a.rep_id AS "repId", a.team, a.status
    FROM leads l
    LEFT JOIN reps r ON r.id = l.owner_id
    LEFT JOIN assignments a ON a.need_id = l.need_id AND ${handOffIsCurrent}
    WHERE l.id = ANY(${[...leadIds]})`;
  return new Map(rows.map((row) => [row.leadId, tiesFrom({ ...row, assignment: row.id === null ? null : row })]));
}

/** The ties of one lead; null when there is none with this id. */
export async function readTiesOf(tx: Tx, leadId: string): Promise<LeadTies | null> {
  return (await readTies(tx, [leadId])).get(leadId) ?? null;
}
