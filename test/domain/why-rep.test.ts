import { expect, test } from 'vitest';
import { chosenByTurn, whyChosenInWords } from '../../src/domain/why-rep.ts';

const rep = (id: string, turn: number | null, weight = 1, lastOfferedAtMs: number | null = turn) => ({
  id,
  turn,
  weight,
  lastOfferedAtMs,
});
const when = (at: Date): string => `at ${at.getTime()}`;

test('tells who was passed over and why, before who comes later, each in the turn order', () => {
  const [full, next, later, away, last] = [
    rep('full', 1),
    rep('next', 3, 2),
    rep('later', 4),
    rep('away', 0),
    rep('last', 9),
  ];
  const considered = [
    { rep: last, whyNot: null },
    { rep: full, whyNot: 'has 5 of at most 5 leads' },
    { rep: next, whyNot: null },
    { rep: later, whyNot: null },
    { rep: away, whyNot: 'is away' },
  ];
  const chosen = chosenByTurn(next, { considered, capable: [full, next, later, away, last] });
  expect(chosen.others.map(({ repId }) => repId)).toEqual(['away', 'full', 'later', 'last']);
  expect(whyChosenInWords(chosen, when)).toBe(
    'comes next in turn, with weight 2 of 6 in the team and the last offer at 3; later come later, last; passed over: away is away, full has 5 of at most 5 leads',
  );
});

test('of a large team names a dozen, and says how many more there are', () => {
  const reps = Array.from({ length: 20 }, (_, n) => rep(`r${n}`, n));
  const [first = rep('none', 0)] = reps;
  const chosen = chosenByTurn(first, { considered: reps.map((one) => ({ rep: one, whyNot: null })), capable: reps });
  expect(chosen.others).toHaveLength(12);
  expect(whyChosenInWords(chosen, when)).toMatch(/later come r1, .*, r12, 7 others$/);
});

test('alone in the team, at the first offer; and a deputy', () => {
  const only = rep('only', null);
  const chosen = chosenByTurn(only, { considered: [{ rep: only, whyNot: null }], capable: [only] });
  expect(whyChosenInWords(chosen, when)).toBe('comes next in turn, with weight 1 of 1 in the team and no offer before');
  expect(whyChosenInWords({ kind: 'deputy', insteadOf: 'ada' }, when)).toBe('in place of ada, who is away');
});
