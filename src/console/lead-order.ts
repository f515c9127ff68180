/** The order of a list of leads, and from which lead on, as an address asks for them. */
import type { Request } from 'express';
import { type LeadPlace, MOST_SCORED } from '../store/lists/lead-places.ts';
import type { ListOrder } from './leads-table.ts';
import { sortingOf, type Sorting } from './sort-links.ts';

/** What the address asks for: in which order, after which lead. */
export interface AskedOrder<By extends ListOrder> {
  sorting: Sorting<By | 'newest'>;
  after: LeadPlace | null;
  /** Real time, of which the scores are: the same on every page. */
  atMs: number;
}

const NEWEST = { by: 'newest', down: true } as const;

/** Out of the address. @param orders Those that the list knows besides the newest first */
export function orderOf<By extends ListOrder>(
  { query }: Request,
  orders: readonly By[],
  realNowMs: number,
): AskedOrder<By> {
  const sorting = sortingOf<By | 'newest'>(query['sort'], orders, NEWEST);
  const { after: id } = query;
  const [value, at] = [query['value'], query['at']].map(Number);
  const isKnown = typeof id === 'string' && /^lead-[0-9a-f]{32}$/.test(id);
  if (!isKnown) return { sorting, after: null, atMs: realNowMs };
  if (sorting.by === 'newest') return { sorting, after: { id, value: 0 }, atMs: realNowMs };
  // A place that is none begins at the first lead.
  if (!isInstant(at) || value === undefined || !Number.isFinite(value))
    return { sorting, after: null, atMs: realNowMs };
  if (sorting.by === 'since' && !isInstant(value)) return { sorting, after: null, atMs: realNowMs };
  return { sorting, after: { id, value }, atMs: at };
}

/** Epoch milliseconds that PostgreSQL and JavaScript both know as an instant. */
function isInstant(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 0 && value < 32_503_680_000_000;
}

export function orderInWords({ by, down }: Sorting<ListOrder>): string {
  switch (by) {
    case 'newest':
      return 'The newest come first.';
    case 'since':
      return down
        ? 'Those that came into their stage last come first.'
        : 'Those that are in their stage the longest come first.';
    case 'score':
      return `By score, the ${down ? 'highest' : 'lowest'} first, of the ${MOST_SCORED.toLocaleString('en')} newest of these leads.`;
    case 'value':
      return `By what their current need is worth, the ${down ? 'largest' : 'smallest'} first.`;
    case 'orders':
      return `By the value of their orders, the ${down ? 'largest' : 'smallest'} first.`;
  }
}
