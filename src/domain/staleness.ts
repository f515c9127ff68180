import type { Cadence, Span, WhenStale } from './cadence.ts';
import { spanToMs } from './span.ts';

/** Of a cadence that states none. A mail that comes late is better than one that never comes; what is bound to a date is skipped anyway. */
const STALE_AFTER: Span = { amount: 2, unit: 'days' };
const WHEN_STALE: WhenStale = 'send';

/** What happens to a message that is performed at `atMs` and was due at `dueMs`: null when it is not stale. */
export function whenStale(
  { staleAfter = STALE_AFTER, whenStale: then = WHEN_STALE }: Pick<Cadence, 'staleAfter' | 'whenStale'>,
  dueMs: number,
  atMs: number,
): WhenStale | null {
  return atMs - dueMs > spanToMs(staleAfter) ? then : null;
}
