import { expect, test } from 'vitest';
import { conversionOf } from '../../src/steps/conversion.ts';

const email = (id: string) => ({ id, kind: 'email', template: id });
const wait = (id: string) => ({ id, kind: 'wait', for: { value: 2, unit: 'd' } });
const STEPS = [email('welcome'), wait('two-days'), email('guide'), email('offer')];

const gone = (from: string | null, to: string | null, times: number) => ({
  from,
  recorded: null,
  to,
  times,
  fate: null,
});

test('a way over a step that leaves no trace counts for each arrow on it, and who ended counts for what was left', () => {
  const { taken, came, on, left } = conversionOf({ steps: STEPS as never }, [
    gone(null, 'welcome', 11),
    gone('welcome', 'guide', 6),
    { ...gone('welcome', 'two-days', 4), fate: 'left' },
    { ...gone('welcome', 'welcome', 1), fate: 'here' },
    gone('guide', 'offer', 3),
    // Of an earlier revision, in which the guide came last.
    gone('offer', 'guide', 1),
    gone('gone', 'guide', 2),
    // The last mail ends a run that was sent to the wait before it.
    { ...gone('offer', 'two-days', 2), fate: 'done' },
  ]);
  expect(Object.fromEntries(taken)).toEqual({ 'welcome>two-days': 10, 'two-days>guide': 6, 'guide>offer': 3 });
  expect(Object.fromEntries(came)).toEqual({ welcome: 11, 'two-days': 10, guide: 9, offer: 3 });
  expect(Object.fromEntries(on)).toEqual({ welcome: 10, 'two-days': 6, guide: 3, offer: 3, gone: 2 });
  expect(Object.fromEntries(left)).toEqual({ welcome: 10, 'two-days': 10, guide: 3, offer: 3, gone: 2 });
});

test('the arm of a split, a branch and what a wait for an event came to say which way was taken, also where it ended there', () => {
  const steps = [
    {
      id: 'asked',
      kind: 'waitFor',
      event: 'email.clicked',
      within: { value: 2, unit: 'd' },
      then: 'fork',
      otherwise: 'offer',
    },
    {
      id: 'fork',
      kind: 'split',
      arms: [
        { arm: 'a', weight: 1, go: 'wait-a' },
        { arm: 'b', weight: 1, go: 'wait-b' },
      ],
    },
    { ...wait('wait-a'), next: 'offer' },
    { ...wait('wait-b'), next: 'offer' },
    email('offer'),
  ];
  const { taken } = conversionOf({ steps: steps as never }, [
    { ...gone('asked', 'offer', 1), recorded: 'came: email.clicked' },
    { ...gone('asked', 'offer', 2), recorded: 'the event did not come in time' },
    { ...gone('fork', 'offer', 4), recorded: 'b' },
    { ...gone('fork', 'wait-b', 8), recorded: 'b', fate: 'left' },
    { ...gone('fork', 'offer', 16), recorded: 'a' },
  ]);
  expect(Object.fromEntries(taken)).toEqual({
    'asked>fork': 1,
    'fork>wait-a': 17,
    'wait-a>offer': 17,
    'asked>offer': 2,
    'fork>wait-b': 12,
    'wait-b>offer': 4,
  });
});
