import { expect, test } from 'vitest';
import { pauseBecause, pauseCausesOf } from '../../src/domain/pause-on.ts';

const QUIET = { repliedAtMs: null, bouncedAtMs: null, hasTicket: false, accountHasOpportunity: false };
const DAY = 86_400_000;
const ALL = pauseCausesOf({ purpose: 'nurture' });

test('a mail waits three days after a reply, and looks each day whether a ticket is still open', () => {
  expect(pauseBecause(ALL, QUIET, 10 * DAY)).toBeNull();
  expect(pauseBecause(ALL, { ...QUIET, repliedAtMs: 9 * DAY }, 10 * DAY)).toEqual({
    cause: 'reply',
    untilMs: 12 * DAY,
  });
  expect(pauseBecause(ALL, { ...QUIET, repliedAtMs: 7 * DAY }, 10 * DAY)).toBeNull();
  const both = { ...QUIET, bouncedAtMs: 9 * DAY, hasTicket: true };
  expect(pauseBecause(ALL, both, 10 * DAY)).toEqual({ cause: 'bounce', untilMs: 12 * DAY });
  expect(pauseBecause(['ticket'], both, 10 * DAY)).toEqual({ cause: 'ticket', untilMs: 11 * DAY });
  expect(pauseBecause([], both, 10 * DAY)).toBeNull();
});

test('only what nurtures waits, unless the cadence names causes', () => {
  expect(ALL).toContain('account-opportunity');
  expect(pauseCausesOf({ purpose: 'nurture', kind: 'reminder' })).toEqual([]);
  expect(pauseCausesOf({ purpose: 'customer', pauseOn: ['ticket'] })).toEqual(['ticket']);
});
