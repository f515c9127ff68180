import { expect, test } from 'vitest';
import { DEFAULT_BRAKES, whyBrake } from '../../src/domain/brakes.ts';

const NONE = { accepted: 0, refused: 0, returned: 0, complaints: 0, inDoubt: 0, failures: 0 };

test.each([
  [{ refused: 3 }, null],
  [{ refused: 99 }, null],
  [{ accepted: 91, refused: 9 }, null],
  [{ accepted: 90, refused: 10 }, 'stopped by itself: 10 of 100 mails bounced within 1 hour'],
  [{ accepted: 100, returned: 9 }, null],
  [{ accepted: 95, refused: 5, returned: 5 }, 'stopped by itself: 10 of 100 mails bounced within 1 hour'],
  [{ accepted: 940, refused: 60 }, null],
  [{ accepted: 99, complaints: 5 }, null],
  [{ accepted: 1_000, complaints: 4 }, null],
  [{ accepted: 1_000, complaints: 5 }, 'stopped by itself: 5 of 1000 mails were reported as spam within 1 hour'],
  [{ accepted: 51, failures: 49 }, null],
  [{ accepted: 50, failures: 50 }, 'stopped by itself: 50 of 100 attempts to hand over a mail failed within 1 hour'],
  [{ accepted: 50, inDoubt: 50 }, 'stopped by itself: 50 of 100 attempts to hand over a mail failed within 1 hour'],
])('%j: %s', (counts, because) => {
  expect(whyBrake(DEFAULT_BRAKES, { ...NONE, ...counts })).toBe(because);
});

test('attempts that failed make complaints and bounces no rarer', () => {
  const outage = { ...NONE, failures: 900 };
  const brakes = { ...DEFAULT_BRAKES, errors: 1 };
  expect(whyBrake(brakes, { ...outage, accepted: 1_000, complaints: 5 })).toBe(
    'stopped by itself: 5 of 1000 mails were reported as spam within 1 hour',
  );
  expect(whyBrake(brakes, { ...outage, accepted: 90, refused: 10 })).toBe(
    'stopped by itself: 10 of 100 mails bounced within 1 hour',
  );
});
