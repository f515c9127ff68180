/** What can be said of an arm beside the one that did best otherwise. */
import { chanceThatLarger, moreNeeded, type Share } from '../domain/compare-shares.ts';

const SURE = 0.95;

/** "better than a, 97% sure". `what`: what the shares are of, "leads". */
export function verdictBeside(share: Share, others: readonly { arm: string; share: Share }[], what: string): string {
  const best = others.toSorted((a, b) => rateOf(b.share) - rateOf(a.share))[0];
  if (best === undefined) return 'no other arm yet';
  const sure = chanceThatLarger(share, best.share);
  const percent = (chance: number): string => `${Math.min(99.9, Math.floor(chance * 1_000) / 10)}% sure`;
  if (sure >= SURE) return `better than ${best.arm}, ${percent(sure)}`;
  if (sure <= 1 - SURE) return `worse than ${best.arm}, ${percent(1 - sure)}`;
  const more = moreNeeded(share, best.share);
  return more === null || more === 0
    ? 'not known yet'
    : `not known yet, about ${more.toLocaleString('en')} more ${what} on each side are needed`;
}

function rateOf({ cases, of }: Share): number {
  return of === 0 ? 0 : cases / of;
}
