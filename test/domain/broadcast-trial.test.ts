import { expect, test } from 'vitest';
import { placeInTrial, winnerOf } from '../../src/domain/broadcast-trial.ts';

const VARIANTS = ['a', 'b'].map((key) => ({ key, template: 'news', hash: key }));
const TRIAL = { share: 0.2, forMs: 1, by: 'clicks', ifUnclear: 'first' } as const;

test('a share of the leads gets one of the variants, about evenly, and always the same', () => {
  const leads = Array.from({ length: 10_000 }, (_, n) => `lead-${n}`);
  const places = leads.map((lead) => placeInTrial('bcast-1', lead, VARIANTS, TRIAL));
  const of = (variant: string | null): number => places.filter((place) => place.variant === variant).length;
  expect(Math.abs(of('a') - 1_000)).toBeLessThan(150);
  expect(Math.abs(of('b') - 1_000)).toBeLessThan(150);
  expect(places.every(({ wave, variant }) => (wave === 0) === (variant !== null))).toBe(true);
  expect(leads.map((lead) => placeInTrial('bcast-1', lead, VARIANTS, TRIAL))).toEqual(places);
});

test('without a trial everybody gets the one variant', () => {
  expect(placeInTrial('bcast-1', 'lead-1', VARIANTS.slice(0, 1), null)).toEqual({ wave: 0, variant: 'a' });
});

test.each([
  // Clear.
  [{ a: [500, 10], b: [500, 40] }, 'first', 'b'],
  [{ a: [500, 40], b: [500, 10] }, 'person', 'a'],
  // A difference that chance makes: plainly said.
  [{ a: [500, 12], b: [500, 15] }, 'first', 'a'],
  [{ a: [500, 12], b: [500, 15] }, 'person', null],
  // Too few.
  [{ a: [10, 0], b: [10, 4] }, 'person', null],
  [{ a: [0, 0], b: [0, 0] }, 'first', 'a'],
] as const)('%j, if unclear %s: %s', (figures, ifUnclear, winner) => {
  const results = Object.entries(figures).map(([variant, [sent, reacted]]) => ({ variant, sent, reacted }));
  const found = winnerOf(results, { by: 'clicks', ifUnclear });
  expect(found.winner).toBe(winner);
  expect(found.because).toContain(`a: ${figures.a[1]} of ${figures.a[0]} clicked`);
});
