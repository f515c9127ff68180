import { expect, test } from 'vitest';
import { type RecipientFacts, recipientVerdict } from '../../src/domain/broadcast-verdict.ts';
import type { Cap } from '../../src/domain/playbook.ts';
import { NO_HOLIDAYS } from '../../src/domain/schedule.ts';

const AT = Date.UTC(2026, 11, 1, 12);
const DAY = 86_400_000;
const YES: RecipientFacts = {
  email: 'ann@vines.example',
  suppressions: [],
  words: [{ topic: 'marketing', granted: true, atMs: AT - DAY, id: 'cns-1' }],
  stage: 'customer',
  isPaused: false,
  isHeld: false,
  isSunset: false,
  isOfControl: false,
  snoozedUntilMs: null,
  frequency: null,
  hasGot: false,
  recent: [],
};
const table = { drawnAs: 'lead-1', zone: 'UTC', times: { isHoliday: NO_HOLIDAYS }, spreadMs: 0 };
const asked = (more: { caps?: readonly Cap[]; again?: boolean; quiet?: boolean } = {}) => ({
  topic: 'news',
  again: more.again ?? false,
  caps: more.caps ?? [],
  table:
    more.quiet === true
      ? { ...table, times: { ...table.times, quietHours: [{ days: ['tue'] as const, from: '11:00', to: '14:00' }] } }
      : table,
  atMs: AT,
});

test.each([
  [{}, { kind: 'send' }],
  [{ stage: 'disqualified' }, { kind: 'skip', reason: 'stage-disqualified' }],
  [{ words: [] }, { kind: 'skip', reason: 'no-consent' }],
  [{ suppressions: ['unsubscribed'] }, { kind: 'skip', reason: 'unsubscribed' }],
  [{ email: null }, { kind: 'skip', reason: 'no-email' }],
  [{ isPaused: true }, { kind: 'skip', reason: 'paused' }],
  [{ isHeld: true }, { kind: 'skip', reason: 'held' }],
  [{ isSunset: true }, { kind: 'skip', reason: 'sunset' }],
  [{ isOfControl: true }, { kind: 'skip', reason: 'control-group' }],
  [{ hasGot: true }, { kind: 'skip', reason: 'already-got' }],
  [{ snoozedUntilMs: AT + DAY }, { kind: 'later', atMs: AT + DAY, because: 'snoozed' }],
  [
    { frequency: 'weekly', recent: [{ topic: 'tips', atMs: AT - DAY }] },
    { kind: 'later', atMs: AT + 6 * DAY, because: 'cap: 1 message in 1 week' },
  ],
] as const)('%j: %j', (facts, verdict) => {
  expect(recipientVerdict({ ...YES, ...facts }, asked())).toEqual(verdict);
});

test('quiet hours and caps put it off; `again` sends what the lead has', () => {
  expect(recipientVerdict(YES, asked({ quiet: true }))).toMatchObject({ kind: 'later', atMs: AT + 2 * 3_600_000 });
  const caps = [{ messages: 1, per: { amount: 2, unit: 'days' } }] as const;
  const recent = [{ topic: 'news', atMs: AT - DAY }];
  expect(recipientVerdict({ ...YES, recent }, asked({ caps }))).toMatchObject({ kind: 'later', atMs: AT + DAY });
  expect(recipientVerdict({ ...YES, hasGot: true }, asked({ again: true }))).toEqual({ kind: 'send' });
});
