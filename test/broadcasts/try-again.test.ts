/** When a recipient whose message did not leave comes again, in injected time. */
import { expect, test } from 'vitest';
import { triedAgain } from '../../src/activities/broadcast/try-again.ts';
import type { Outcome } from '../../src/domain/effect.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BEGUN = Date.UTC(2027, 0, 1);

const REFUSES_US: Outcome = { kind: 'released', reason: '421 4.7.0 too many', refusesUs: true };
const DOWN: Outcome = { kind: 'released', reason: 'connect ECONNREFUSED' };

/** The hours after its own time at which it is tried, where each attempt has the same outcome. */
function attemptsOf(outcome: Outcome): number[] {
  const hours: number[] = [];
  let again: ReturnType<typeof triedAgain> = { dueAt: new Date(BEGUN), attempts: 0 };
  while (again !== null && hours.length < 100) {
    const nowMs = again.dueAt.getTime();
    hours.push((nowMs - BEGUN) / HOUR);
    again = triedAgain(
      { outcome, isOutdated: false },
      { firstDueAt: new Date(BEGUN), attempts: again.attempts },
      nowMs,
    );
  }
  return hours;
}

test('one that its receiver refuses is tried for three days, the last time at their end', () => {
  const hours = attemptsOf(REFUSES_US);
  expect(hours.at(-1)).toBe(72);
  expect(
    hours
      .slice(1)
      .map((hour, n) => hour - (hours[n] ?? 0))
      .every((pause) => pause > 0 && pause <= 16),
  ).toBe(true);
});

test('one that a broken mail server does not take is tried by the pauses alone: eight times in some 29 hours', () => {
  const hours = attemptsOf(DOWN);
  expect(hours).toHaveLength(8);
  expect(hours.at(-1)).toBeCloseTo(29.35, 2);
});

test('one whose refusal a person lifted meanwhile comes at once, however old it is, and no attempt is counted', () => {
  const times = { firstDueAt: new Date(BEGUN), attempts: 7 };
  const nowMs = BEGUN + 4 * DAY;
  expect(triedAgain({ outcome: REFUSES_US, isOutdated: true }, times, nowMs)).toEqual({
    dueAt: new Date(nowMs),
    attempts: 7,
  });
  expect(triedAgain({ outcome: REFUSES_US, isOutdated: false }, times, nowMs)).toBeNull();
});
