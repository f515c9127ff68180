/** What became of an offer, as SQL over `assignments a`. Boards and reports count decisions by it. */
import { Prisma } from '../generated/client.ts';

/** A person decided on the offer, whatever became of the hand-off later. */
export const DECIDED = Prisma.sql`(a.offer_decided_at IS NOT NULL)`;

/** It was decided before the time to decide was over. */
export const IN_TIME = Prisma.sql`(a.offer_decided_at <= coalesce(a.due_at, 'infinity'))`;

/**
 * Its time went by without a decision, whoever got it then: the engine offered it to the next, or a manager moved it after its end. What is
 * taken back later, as nothing happens with it, has a reason.
 */
export const LET_PASS = Prisma.sql`((a.status = 'expired' AND a.reason IS NULL)
  OR (a.status IN ('rerouted', 'withdrawn') AND a.offer_decided_at IS NULL AND coalesce(a.decided_at > a.due_at, FALSE)))`;

/** It still waits for a decision whose time is over. @param now The time on the lead's clock */
export const isOverdue = (now: Prisma.Sql): Prisma.Sql => Prisma.sql`(a.status = 'offered' AND a.due_at < ${now})`;

/**
 * The time on the lead's clock, where the lead is not at hand. The leads with a clock of their own are few and read once, so that no lead is looked
 * up for a hand-off whose lead has none.
 */
export const LEAD_NOW = Prisma.sql`(now() + CASE WHEN a.lead_id IN (SELECT id FROM leads WHERE clock_offset_ms <> 0)
  THEN (SELECT l.clock_offset_ms FROM leads l WHERE l.id = a.lead_id) ELSE 0 END * interval '1 millisecond')`;

export const OVERDUE = isOverdue(LEAD_NOW);

/** It was decided in time, or it was not: of these the share in time is. */
export const IN_TIME_OR_NOT = Prisma.sql`(${DECIDED} OR ${LET_PASS} OR ${OVERDUE})`;
