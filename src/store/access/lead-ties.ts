import type { LeadTies } from '../../domain/policy.ts';
import type { Tx } from '../db.ts';
import { handOffIsCurrent } from './scope.ts';

interface TiesRow {
  leadId: string;
  ownerId: string | null;
  ownerTeams: string[];
  handOffId: string | null;
  repId: string;
  team: string;
  isLive: boolean;
}

/** The owners of leads, by the lead's id, in one statement. Unknown ids are left out. */
export async function readTies(tx: Tx, leadIds: readonly string[]): Promise<Map<string, LeadTies>> {
  const rows = await tx.$queryRaw<TiesRow[]>`
    SELECT l.id AS "leadId", l.owner_id AS "ownerId", coalesce(r.teams, '{}') AS "ownerTeams",
      a.id AS "handOffId", a.rep_id AS "repId", a.team, a.status IN ('offered', 'accepted') AS "isLive"
    FROM leads l
    LEFT JOIN reps r ON r.id = l.owner_id
    LEFT JOIN assignments a ON a.need_id = l.need_id AND ${handOffIsCurrent}
    WHERE l.id = ANY(${[...leadIds]})`;
  return new Map(rows.map((row) => [row.leadId, tiesIn(row)]));
}

function tiesIn({ leadId, ownerId, ownerTeams, handOffId, repId, team, isLive }: TiesRow): LeadTies {
  return { leadId, ownerId, ownerTeams, handOff: handOffId === null ? null : { id: handOffId, repId, team, isLive } };
}

/** The owners of one lead; null when there is none with this id. */
export async function readTiesOf(tx: Tx, leadId: string): Promise<LeadTies | null> {
  return (await readTies(tx, [leadId])).get(leadId) ?? null;
}
