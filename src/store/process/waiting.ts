import type { Tx } from '../db.ts';
import { Prisma, type Rep } from '../generated/client.ts';
import { announce } from '../outbox.ts';

/** The need `n` waits for somebody who can do what this rep can. What has no way by the rules keeps nobody waiting. */
function couldGet({ skills, languages }: Pick<Rep, 'skills' | 'languages'>): Prisma.Sql {
  return Prisma.sql`n.waiting_for <> 'error' AND n.waiting_skills <@ ${[...skills]}::text[]
    AND (n.waiting_language IS NULL OR ${languages.length === 0}
         OR lower((regexp_split_to_array(n.waiting_language, '[-_]'))[1]) = ANY(${[...languages]}::text[]))`;
}

/**
 * The lead that waits for the team for longer than this need and could get the rep; null: none. A lead that is paused or held waits
 * without keeping others.
 */
export async function olderWaiting(
  tx: Tx,
  { team, needId, since, rep }: { team: string; needId: string; since: Date | null; rep: Rep },
): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ leadId: string }[]>`
    SELECT n.lead_id AS "leadId" FROM needs n JOIN leads l ON l.id = n.lead_id
    WHERE n.waiting_team = ${team} AND n.id <> ${needId} AND (${since}::timestamptz IS NULL OR n.waiting_since < ${since})
      AND ${couldGet(rep)} AND l.paused_at IS NULL AND l.held_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.need_id = n.id AND a.rep_id = ${rep.id}
                      AND a.status IN ('rejected', 'expired', 'rerouted'))
    ORDER BY n.waiting_since, n.id LIMIT 1`;
  return row?.leadId ?? null;
}

/** A rep may have room: rings the lead that waits for one of the rep's teams the longest. `but`: the need that made the room. */
export async function ringLongestWaiting(tx: Tx, repId: string, but: string): Promise<void> {
  const [row] = await tx.$queryRaw<{ leadId: string }[]>`
    SELECT n.lead_id AS "leadId" FROM reps r JOIN needs n ON n.waiting_team = ANY(r.teams) JOIN leads l ON l.id = n.lead_id
    WHERE r.id = ${repId} AND n.id <> ${but} AND n.waiting_skills <@ r.skills
      AND (n.waiting_language IS NULL OR r.languages = '{}'
           OR lower((regexp_split_to_array(n.waiting_language, '[-_]'))[1]) = ANY(r.languages))
      AND l.paused_at IS NULL AND l.held_at IS NULL
    ORDER BY n.waiting_for = 'error', n.waiting_since, n.id LIMIT 1`;
  if (row !== undefined) await announce(tx, [{ leadId: row.leadId, reason: 'room', refs: {} }]);
}
