/** Tests of a playbook: their files, and what is as expected. simulate.test.ts runs them. */
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAppError } from '../../src/domain/errors.ts';
import type { Simulation } from '../../src/simulate/result.ts';
import { check } from '../../src/simulate/tests/check.ts';
import { readTests } from '../../src/simulate/tests/read-tests.ts';
import type { Expectation } from '../../src/simulate/tests/test-schema.ts';
import { fileWith } from './support.ts';

const PLAYBOOK = path.join(import.meta.dirname, '..', '..', 'playbook');

const moment = (day: number, at: string) => ({
  at,
  day,
  when: at,
  weekday: new Date(at).getUTCDay() || 7,
  time: at.slice(11, 16),
});
const mail = (template: string, day: number, at: string) => ({ ...moment(day, at), to: 'lead', template });

/** A life with two mails, the second on a Saturday, that was with sales on day 6. */
const LIFE = {
  startedAt: '2026-11-30T09:00:00Z',
  mails: [mail('welcome', 0, '2026-11-30T09:30:00Z'), mail('offer', 5, '2026-12-05T08:15:00Z')],
  notSent: [{ ...moment(8, '2026-12-08T09:00:00Z'), template: 'news', why: 'the lead has unsubscribed' }],
  stages: [
    { ...moment(0, '2026-11-30T09:00:00Z'), from: null, to: 'nurturing' },
    { ...moment(6, '2026-12-06T09:00:00Z'), from: 'nurturing', to: 'assigned' },
    { ...moment(7, '2026-12-07T09:00:00Z'), from: 'assigned', to: 'nurturing' },
  ],
  scores: [
    { at: '2026-11-30T09:00:00Z', day: 0, score: 0 },
    { at: '2026-12-06T09:00:00Z', day: 6, score: 30 },
  ],
  handOffs: [moment(6, '2026-12-06T09:00:00Z')],
  tasks: [{ ...moment(6, '2026-12-06T09:00:00Z'), kind: 'call', step: 'ring' }],
  arms: [{ ...moment(4, '2026-12-04T09:00:00Z'), cadence: 'tour', step: 'pause', arm: 'short' }],
  left: [{ ...moment(6, '2026-12-06T09:00:00Z'), cadence: 'tour', because: 'registered' }],
} as unknown as Simulation;

const failing = (expectation: Expectation): string[] => check(LIFE, expectation).map(({ message }) => message);

describe('an expectation', () => {
  test.each<Expectation>([
    { byDay: 10, emails: 2 },
    { byDay: 4, emails: { lte: 1 }, noneOn: ['sat', 'sun'], stage: 'nurturing' },
    { got: ['welcome'], within: { amount: 1, unit: 'hours' } },
    { never: ['news'], notSent: ['news'] },
    { order: ['welcome', 'offer'] },
    { reached: 'assigned', handOffs: 1, score: { gte: 30 } },
    { hours: { from: '08:00', to: '10:00' } },
    { tasks: 1, arms: { pause: 'short' }, left: { cadence: 'tour', because: 'registered' } },
    { byDay: 5, tasks: 0 },
    { left: { cadence: 'tour' } },
  ])('that holds says nothing: %j', (expectation) => {
    expect(failing(expectation)).toEqual([]);
  });

  test.each<[Expectation, string]>([
    [{ byDay: 3, emails: 3 }, 'expected 3 emails by day 3, got 1: welcome (day 0'],
    [{ noneOn: ['sat', 'sun'] }, 'expected no email on sat, sun, got offer (day 5'],
    [{ got: ['offer'], within: { amount: 1, unit: 'days' } }, 'expected ‘offer’ within 1 day, it came on day 5'],
    [{ got: ['news'] }, 'expected ‘news’, it was not sent: the lead has unsubscribed'],
    [{ never: ['offer'] }, 'expected no ‘offer’, it came on offer (day 5'],
    [{ order: ['offer', 'welcome'] }, 'expected the order offer, welcome, got welcome, offer'],
    [{ notSent: ['offer'] }, 'expected that ‘offer’ is held back, it was sent'],
    [{ stage: 'assigned' }, 'found nurturing; it was there on day 6: write "reached" if that is meant'],
    [
      { reached: 'customer' },
      'expected that stage customer is reached, the stages were nurturing, assigned, nurturing',
    ],
    [{ byDay: 2, score: { gte: 10, lte: 20 } }, 'expected a score of 10 to 20 by day 2, found 0'],
    [{ handOffs: { gte: 2 } }, 'expected at least 2 hand-offs, there were 1'],
    [{ tasks: 0 }, 'expected 0 tasks, got 1, call ‘ring’ (day 6'],
    [{ arms: { pause: 'long' } }, 'expected arm long at split ‘pause’, got short (day 4)'],
    [{ byDay: 3, arms: { pause: 'short' } }, 'expected arm short at split ‘pause’ by day 3, it did not come there'],
    [
      { left: { cadence: 'tour', because: 'goal: demo' } },
      'expected that it leaves ‘tour’: goal: demo; it left on day 6: registered',
    ],
    [{ left: { cadence: 'walk' } }, 'expected that it leaves ‘walk’; it did not leave it'],
    [{ hours: { from: '09:00', to: '17:00' } }, 'expected emails from 09:00 to 17:00, got offer (day 5'],
  ])('that does not hold says what was expected and what happened: %j', (expectation, message) => {
    expect(failing(expectation).join('\n')).toContain(message);
  });
});

test('every mistake in a test is told with its place', () => {
  const file = fileWith(`persona: ebook-raeder
expect:
  - { byDay: 10 }
  - { emails: three }
  - { within: 1 hour, emails: 1 }
  - { stage: qualifyed }
`);
  let found = '';
  try {
    readTests(PLAYBOOK, [file]);
  } catch (error) {
    if (!isAppError(error)) throw error;
    found = error.message;
  }
  expect(found).toContain('somebody.yaml:3:5');
  expect(found).toContain('says nothing that could be so or not');
  expect(found).toContain('expected a number such as 3, or bounds');
  expect(found).toContain('goes with "got"');
  expect(found).toMatch(/"qualifyed"; did you mean "qualified"/);

  const unknown = fileWith('persona: ebook-raeder\nexpect: [{ emails: 1 }]\n');
  expect(() => readTests(PLAYBOOK, [unknown])).toThrow(
    /1:10 .*unknown persona "ebook-raeder"; did you mean "ebook-reader"/,
  );
});
