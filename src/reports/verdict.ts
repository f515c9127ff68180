/** What can be said of an arm beside the one that did best otherwise. */
import { chanceThatLarger, moreNeeded, type Share } from '../domain/compare-shares.ts';
import { sureOfLift } from '../domain/lift.ts';

const SURE = 0.95;

/** As a lift's interval says it, of 95% as well: both are of one method, and agree. */
export function verdictByLift(share: Share, beside: Share, what: { arm: string; of: string }): string {
  const sure = sureOfLift(share, beside);
  if (sure !== null && sure >= SURE)
    return `${rateOf(share) > rateOf(beside) ? 'better' : 'worse'} than ${what.arm}, ${percent(sure)}`;
  return notKnownYet(share, beside, what.of);
}

/** "better than a, 97% sure". `what`: what the shares are of, "leads". */
export function verdictBeside(share: Share, others: readonly { arm: string; share: Share }[], what: string): string {
  const best = others.toSorted((a, b) => rateOf(b.share) - rateOf(a.share))[0];
  if (best === undefined) return 'no other arm yet';
  const sure = chanceThatLarger(share, best.share);
  if (sure >= SURE) return `better than ${best.arm}, ${percent(sure)}`;
  if (sure <= 1 - SURE) return `worse than ${best.arm}, ${percent(1 - sure)}`;
  return notKnownYet(share, best.share, what);
}

function percent(chance: number): string {
  return `${Math.min(99.9, Math.floor(chance * 1_000) / 10)}% sure`;
}

function notKnownYet(share: Share, beside: Share, what: string): string {
  const more = moreNeeded(share, beside);
  return more === null || more === 0
    ? 'not known yet'
    : `not known yet, about ${more.toLocaleString('en')} more ${what} on each side are needed`;
}

function rateOf({ cases, of }: Share): number {
  return of === 0 ? 0 : cases / of;
}
