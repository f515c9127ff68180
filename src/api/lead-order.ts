/** `sort` of the list of leads: as a query asks for it, and as its pages go on. */
import { z } from 'zod';
import type { Fading } from '../domain/score.ts';
import { type LeadOrder, type LeadPlace, MOST_SCORED } from '../store/lists/lead-places.ts';
import { orderedCursor, readOrderedCursor } from './page.ts';

/** Other than the newest first. `-`: the other way round. */
const ORDERS = {
  since: { by: 'since', down: false },
  '-since': { by: 'since', down: true },
  score: { by: 'score', down: false },
  '-score': { by: 'score', down: true },
} as const satisfies Record<string, Pick<LeadOrder, 'by' | 'down'>>;

type Sort = keyof typeof ORDERS;

export const LEAD_SORT = z
  .enum(['newest', 'since', '-since', 'score', '-score'])
  .default('newest')
  .meta({
    description:
      'Without it the newest first. `since`: who is in its stage the longest first. `score`: the lowest score first, among the newest ' +
      `${MOST_SCORED.toLocaleString('en')} of the leads that the filters find. With \`-\` the other way round. A cursor belongs to its order`,
  });

/** @throws AppError VALIDATION_FAILED: the cursor is none of this order */
export function readLeadOrder(
  sort: Sort,
  cursor: string | undefined,
  { nowMs, fading }: { nowMs: number; fading: Fading },
): LeadOrder & { after: LeadPlace | null } {
  const order = ORDERS[sort];
  const after = readOrderedCursor(cursor, { order: sort, isByTime: order.by === 'since' });
  return { ...order, atMs: after?.atMs ?? nowMs, fading, after };
}

export function leadOrderCursor(sort: Sort, { id, value }: LeadPlace, { atMs }: LeadOrder): string {
  return orderedCursor(sort, { id, value, atMs });
}
