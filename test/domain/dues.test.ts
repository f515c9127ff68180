import { describe, expect, test } from 'vitest';
import { duesOfHandOff, type HandOffTimes, whyNotSnoozed } from '../../src/domain/dues.ts';

const NOW = Date.parse('2026-11-28T09:00:00Z');
const at = (hours: number): Date => new Date(NOW + hours * 3_600_000);
const NONE: HandOffTimes = {
  status: 'accepted',
  dueAt: null,
  answerDueAt: null,
  firstContactAt: null,
  contactDueAt: null,
  nextStepAt: null,
};
const whyNot = (times: Partial<HandOffTimes>, until: Date): string | null =>
  whyNotSnoozed(duesOfHandOff({ ...NONE, ...times }, 'accepted', null), until, {
    nowMs: NOW,
    when: (one) => one.toISOString().slice(11, 16),
  });

describe('a lead is put off', () => {
  test.each([
    ['nothing is due', {}, at(99)],
    ['until what is due', { nextStepAt: at(4) }, at(4)],
    ['the first contact was made', { contactDueAt: at(1), firstContactAt: at(-1) }, at(99)],
    ['what was to be decided is', { dueAt: at(-9) }, at(99)],
    ['the hand-off is over', { status: 'rejected', nextStepAt: at(1) }, at(99)],
    [
      'what came along with an offer is',
      { status: 'offered', dueAt: at(4), answerDueAt: at(-9), nextStepAt: at(-1) },
      at(4),
    ],
  ] as const)('where %s', (_, times, until) => {
    expect(whyNot(times, until)).toBeNull();
  });
});

describe('a lead is not put off past', () => {
  test.each([
    [{ status: 'offered', dueAt: at(4) }, 'You must decide by 13:00: snooze until then at the latest.'],
    [{ contactDueAt: at(2) }, 'You must make the first contact by 11:00: snooze until then at the latest.'],
    [
      { answerDueAt: at(3), contactDueAt: at(5) },
      'You must answer the reply by 12:00: snooze until then at the latest.',
    ],
    [
      { nextStepAt: at(1) },
      'You must do what is planned by 10:00: snooze until then at the latest, or plan it for later.',
    ],
    [
      { nextStepAt: at(-1) },
      'You had to do what is planned by 08:00: do so first, or plan it for later, and snooze it then.',
    ],
    [{ contactDueAt: at(-1) }, 'You had to make the first contact by 08:00: do so first, and snooze it then.'],
  ] as const)('%j', (times, why) => {
    expect(whyNot(times, at(6))).toBe(why);
  });
});
