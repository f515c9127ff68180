/** Leads that have come to the end of a cadence, and could go on if it had more steps. */
import { MARKETING } from '../../domain/consent.ts';
import { latestConsents } from '../consent/consent.ts';
import type { Db, Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';

/** `OUT_OF_CONTENT`: the reason with which an enrollment ends that has no step left. */
export const OUT_OF_CONTENT = 'out of content';

/** Of a cadence for the nurture pool a lead rests there; of one for customers it is one. */
export type Resting = 'dormant' | 'customer';

export interface Finished {
  revisionId: string;
  /** Leads whose last run through the cadence ended there. */
  leads: number;
  /** Those of them that can go on: in no cadence, where the cadence's leads rest, neither unsubscribed nor sunset. */
  free: number;
}

export async function finishedByRevision(tx: Db | Tx, cadence: string, resting: Resting): Promise<Finished[]> {
  return tx.$queryRaw<Finished[]>`
    SELECT e.revision_id AS "revisionId", count(*)::int AS leads, (count(*) FILTER (WHERE ${isFree(resting)}))::int AS free
    FROM enrollments e JOIN leads l ON l.id = e.lead_id
    WHERE e.revision_id IN (SELECT id FROM cadence_revisions WHERE cadence = ${cadence}) AND ${HAS_FINISHED}
    GROUP BY e.revision_id ORDER BY e.revision_id`;
}

/** The next leads after `after` that finished one of these revisions and can go on, in their order. */
export async function finishedLeads(
  tx: Tx,
  revisionIds: readonly string[],
  resting: Resting,
  { after, limit }: { after: string | null; limit: number },
): Promise<{ leadId: string; revisionId: string }[]> {
  return tx.$queryRaw<{ leadId: string; revisionId: string }[]>`
    SELECT e.lead_id AS "leadId", e.revision_id AS "revisionId" FROM enrollments e JOIN leads l ON l.id = e.lead_id
    WHERE e.revision_id = ANY(${[...revisionIds]}) AND e.lead_id > ${after ?? ''} AND ${HAS_FINISHED} AND ${isFree(resting)}
    ORDER BY e.lead_id LIMIT ${limit}`;
}

const HAS_FINISHED = Prisma.sql`
  e.status = 'completed' AND e.end_reason = ${OUT_OF_CONTENT} AND e.kind = 'main'
  AND NOT EXISTS (SELECT FROM enrollments later WHERE later.lead_id = e.lead_id AND later.cadence = e.cadence
    AND (later.started_at, later.id) > (e.started_at, e.id))`;

function isFree(resting: Resting): Prisma.Sql {
  return Prisma.sql`(
    l.stage = ${resting} AND l.sunset_at IS NULL
    AND NOT EXISTS (SELECT FROM enrollments runs WHERE runs.lead_id = l.id AND runs.kind = 'main' AND runs.ended_at IS NULL)
    AND NOT EXISTS (SELECT FROM suppressions s WHERE s.email = l.email AND s.reason = 'unsubscribed')
    AND NOT EXISTS (SELECT FROM ${latestConsents(Prisma.sql`l.id`, MARKETING)} word WHERE NOT word.granted))`;
}
