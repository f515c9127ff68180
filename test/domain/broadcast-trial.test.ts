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
  const results = Object.entries(figures).map(([variant, [sent, reacted]]) => ({
    variant,
    sent,
    measured: sent,
    reacted,
  }));
  const found = winnerOf(results, { by: 'clicks', ifUnclear });
  expect(found.winner).toBe(winner);
  expect(found.because).toContain(`a: ${figures.a[1]} of ${figures.a[0]} clicked`);
});

test('a mail that is not tracked is none of which it is known that nobody clicked', () => {
  const rules = { by: 'clicks', ifUnclear: 'person' } as const;
  const a = { variant: 'a', sent: 500, measured: 100, reacted: 20 };
  const b = { variant: 'b', sent: 500, measured: 499, reacted: 40 };
  expect(winnerOf([a, b], rules)).toEqual({
    winner: 'a',
    because:
      'a did best (a: 20 of 100 clicked, 400 more were not tracked; b: 40 of 499 clicked, 1 more was not tracked)',
  });
  // A variant of which nothing is known has not lost.
  expect(winnerOf([{ ...a, measured: 0, reacted: 0 }, b], rules).winner).toBe(null);
});
