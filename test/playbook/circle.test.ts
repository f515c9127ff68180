import { expect, it } from 'vitest';
import { mistakes } from './folder.ts';

const AA = 'name: A\nsteps:\n  - email: hello\n  - move: bb\n';
const BB = 'name: B\nsteps:\n  - email: again\nwhenDone: { move: aa }\n';

it('refuses a circle of cadences without a wait: it would mail without end', () => {
  expect(mistakes({ 'cadences/aa.yaml': AA, 'cadences/bb.yaml': BB })).toEqual([
    expect.stringMatching(
      /^cadences\/aa\.yaml:4:11 .*"aa" leads back to itself without a wait on the way: aa, step ‘move-to-bb’ → bb, whenDone → aa; put a wait before one of these moves/,
    ),
  ]);
});

it('tells each of two circles once, and of a cadence that merely leads to a circle nothing', () => {
  const branch =
    'name: A\nsteps:\n  - branch:\n      - when: { score: { gte: 5 } }\n        steps: [{ id: up, move: bb }]\n      - else: [{ id: down, move: cc }]\n';
  const back = 'name: C\nsteps:\n  - email: hello\nwhenDone: { move: aa }\n';
  const before = 'name: X\nsteps:\n  - email: hello\nwhenDone: { move: aa }\n';
  const found = mistakes({
    'cadences/aa.yaml': branch,
    'cadences/bb.yaml': BB,
    'cadences/cc.yaml': back,
    'cadences/a-first.yaml': before,
  });
  expect(found).toEqual([
    expect.stringContaining('aa, step ‘up’ → bb, whenDone → aa'),
    expect.stringContaining('aa, step ‘down’ → cc, whenDone → aa'),
  ]);
});

it('allows the circle with a wait in it, wherever it stands', () => {
  const waiting = 'name: B\nsteps:\n  - email: again\n  - wait: 1 week\n  - email: hello\nwhenDone: { move: aa }\n';
  expect(mistakes({ 'cadences/aa.yaml': AA, 'cadences/bb.yaml': waiting })).toEqual([]);
});

it('refuses a cadence without a wait that starts itself again at its end', () => {
  expect(mistakes({ 'cadences/aa.yaml': 'name: A\nsteps:\n  - email: hello\nwhenDone: { move: aa }\n' })).toHaveLength(
    1,
  );
});

it('refuses a template for reps in a cadence', () => {
  expect(mistakes({ 'cadences/aa.yaml': 'name: A\nsteps:\n  - email: for-reps\n' })).toEqual([
    expect.stringContaining('"for-reps" is a mail to reps (kind: transactional), which no lead gets'),
  ]);
});
