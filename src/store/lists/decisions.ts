/** What became of an offer, as SQL over `assignments a`. Boards and reports count decisions by it. */
import { Prisma } from '../generated/client.ts';

/** A person decided on the offer, whatever became of the hand-off later. */
export const DECIDED = Prisma.sql`(a.offer_decided_at IS NOT NULL)`;

/** It was decided before the time to decide was over. */
export const IN_TIME = Prisma.sql`(a.offer_decided_at <= coalesce(a.due_at, 'infinity'))`;

/** Its time went by without a decision. What is taken back later, as nothing happens with it, has a reason. */
export const LET_PASS = Prisma.sql`(a.status = 'expired' AND a.reason IS NULL)`;
