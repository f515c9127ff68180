/** Leads that are ready and that no rep has, as SQL. The list of what waits for a person reads them, and the board. */
import { Prisma } from '../generated/client.ts';

/**
 * Real time in which a qualified lead may be without an offer before it counts as left alone: its process is just about it.
 */
const OFFER_GRACE = '60 seconds';

/** Leads `l` that are ready and with no rep, with their needs `n`. The latest assignment `a` of a need shows who had it last. */
export const WITH_NO_REP = Prisma.sql`
  leads l JOIN needs n ON n.id = l.need_id
  LEFT JOIN LATERAL (SELECT id, status, decided_at FROM assignments
                     WHERE need_id = n.id ORDER BY created_at DESC, id DESC LIMIT 1) a ON TRUE
  WHERE l.stage = 'qualified' AND (a.status IS NULL OR a.status NOT IN ('offered', 'accepted'))`;

/** Such a lead waits for a person. */
export const WAITS_FOR_PERSON = Prisma.sql`(
  l.held_at IS NULL AND n.waiting_for IS DISTINCT FROM 'hours'
  AND (n.waiting_because IS NOT NULL OR n.waiting_for IS NOT DISTINCT FROM 'error'
    OR (l.paused_at IS NULL AND l.updated_at < now() - ${OFFER_GRACE}::interval)))`;
