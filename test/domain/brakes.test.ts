import { expect, test } from 'vitest';
import { DEFAULT_BRAKES, whyBrake } from '../../src/domain/brakes.ts';

const NONE = { bounces: 0, complaints: 0, errors: 0 };

test.each([
  [{ mails: 3, bounces: 3 }, null],
  [{ mails: 99, bounces: 99 }, null],
  [{ mails: 100, bounces: 9 }, null],
  [{ mails: 100, bounces: 10 }, 'stopped by itself: 10 of 100 mails bounced within 1 hour'],
  [{ mails: 1_000, bounces: 60 }, null],
  [{ mails: 1_000, complaints: 4 }, null],
  [{ mails: 1_000, complaints: 5 }, 'stopped by itself: 5 of 1000 mails were reported as spam within 1 hour'],
  [{ mails: 100, errors: 49 }, null],
  [{ mails: 100, errors: 50 }, 'stopped by itself: 50 of 100 mails were not taken by the mail server within 1 hour'],
])('%j: %s', (counts, because) => {
  expect(whyBrake(DEFAULT_BRAKES, { ...NONE, ...counts })).toBe(because);
});
