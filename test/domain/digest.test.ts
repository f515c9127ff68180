import { expect, test } from 'vitest';
import { digestPeriod } from '../../src/domain/digest.ts';

const ZONE = 'Europe/Berlin';
const at = (instant: string) => Date.parse(instant);

test('a daily report is of the day before, from 7 in the zone of the organization on', () => {
  expect(digestPeriod('daily', at('2026-11-27T06:30:00+01:00'), ZONE)).toMatchObject({
    period: '2026-11-26',
    since: '2026-11-25',
    until: '2026-11-25',
  });
  expect(digestPeriod('daily', at('2026-11-27T07:00:00+01:00'), ZONE)).toEqual({
    period: '2026-11-27',
    dueAtMs: at('2026-11-27T07:00:00+01:00'),
    since: '2026-11-26',
    until: '2026-11-26',
  });
});

test('a weekly report is of the last full week, also over a change of the clocks and when it is late', () => {
  const week = {
    period: '2026-03-30',
    since: '2026-03-23',
    until: '2026-03-29',
    dueAtMs: at('2026-03-30T07:00:00+02:00'),
  };
  expect(digestPeriod('weekly', at('2026-03-30T07:00:00+02:00'), ZONE)).toEqual(week);
  expect(digestPeriod('weekly', at('2026-04-05T23:59:00+02:00'), ZONE)).toEqual(week);
  expect(digestPeriod('weekly', at('2026-03-30T06:59:00+02:00'), ZONE).period).toBe('2026-03-23');
});
