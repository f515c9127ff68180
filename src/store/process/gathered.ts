/** Leads of one hand-over that a rep is told of in one mail. */
import type { Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';

/** The lead got this new hand-off by the hand-over: its rep is told together with the others, also where another rep was told of it before. */
export async function gatherBrief(
  tx: Tx,
  gathered: { handOverId: string; leadId: string; assignmentId: string; repId: string },
): Promise<void> {
  const { handOverId, leadId, assignmentId, repId } = gathered;
  await tx.$executeRaw`
    INSERT INTO hand_over_leads (hand_over_id, lead_id, assignment_id, rep_id)
    VALUES (${handOverId}, ${leadId}, ${assignmentId}, ${repId})
    ON CONFLICT (hand_over_id, lead_id) DO UPDATE SET assignment_id = EXCLUDED.assignment_id, rep_id = EXCLUDED.rep_id,
      told_by = NULL, problem = NULL`;
}

/** A hand-over that was cut off counts as over after this, and so does one to which leads come without end. */
const LONGEST = '10 minutes';

export interface Gathered {
  toldBy: string | null;
  /** More leads of it may still come. */
  isUnderWay: boolean;
}

/** Of the hand-off; null: it is of no hand-over of several. */
export async function gatheredOf(tx: Tx, assignmentId: string): Promise<Gathered | null> {
  const [row] = await tx.$queryRaw<Gathered[]>`
    SELECT g.told_by AS "toldBy",
      EXISTS (SELECT FROM hand_overs h WHERE h.id = g.hand_over_id AND (h.finished_at IS NULL OR h.finished_at > now())
        AND h.begun_at > now() - ${LONGEST}::interval) AS "isUnderWay"
    FROM hand_over_leads g WHERE g.assignment_id = ${assignmentId}`;
  return row ?? null;
}

/** A lead that a rep is told of with others. `dueAt`: of the decision; null: there is none to take. */
export type GatheredLead = Pick<Lead, 'firstName' | 'lastName' | 'company' | 'jobTitle'> & {
  assignmentId: string;
  stage: string;
  dueAt: Date | null;
};

/** Takes all leads of hand-overs that the rep was not told of; they count as told by this key. The rep must be locked. */
export async function takeGathered(tx: Tx, repId: string, key: string): Promise<GatheredLead[]> {
  const taken = await tx.$queryRaw<(GatheredLead & { id: string })[]>`
    UPDATE hand_over_leads g SET told_by = ${key} FROM assignments a, leads l
    WHERE g.rep_id = ${repId} AND g.told_by IS NULL AND a.id = g.assignment_id AND a.status IN ('offered', 'accepted')
      AND l.id = g.lead_id
    RETURNING a.id AS "assignmentId", l.id, l.first_name AS "firstName", l.last_name AS "lastName", l.company, l.job_title AS "jobTitle", l.stage,
      CASE WHEN a.status = 'offered' THEN a.due_at END AS "dueAt"`;
  return taken.toSorted((a, b) => (a.dueAt?.getTime() ?? 0) - (b.dueAt?.getTime() ?? 0) || (a.id < b.id ? -1 : 1));
}

/** The mail certainly did not leave. */
export async function untellGathered(tx: Tx, key: string): Promise<void> {
  await tx.$executeRaw`UPDATE hand_over_leads SET told_by = NULL WHERE told_by = ${key}`;
}
