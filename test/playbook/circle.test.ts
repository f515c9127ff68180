import { expect, it } from 'vitest';
import { mistakes } from './folder.ts';

const AA = 'name: A\nsteps:\n  - email: hello\n  - move: bb\n';
const BB = 'name: B\nsteps:\n  - email: again\nwhenDone: { move: aa }\n';

it('refuses a circle of cadences without a wait: it would mail without end', () => {
  expect(mistakes({ 'cadences/aa.yaml': AA, 'cadences/bb.yaml': BB })).toEqual([
    expect.stringContaining('"aa" leads back to itself through "bb" without a wait on the way'),
    expect.stringContaining('"bb" leads back to itself through "aa" without a wait on the way'),
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
    expect.stringContaining('for-reps'),
  ]);
});
