import { expect, test } from 'vitest';
import { workingDayIn } from '../../src/domain/next-step.ts';

test('the working day after a Friday is Monday, or the first day after a holiday', () => {
  const isHoliday = new Set(['2026-12-04']);
  const given = {
    nowMs: Date.parse('2026-11-27T15:00:00Z'),
    zone: 'Europe/Berlin',
    isWorkingDay: (day: { weekday: number; toISODate(): string }) => day.weekday < 6 && !isHoliday.has(day.toISODate()),
  };
  expect(workingDayIn(1, given)).toEqual(new Date('2026-11-30T08:00:00Z'));
  expect(workingDayIn(7, given)).toEqual(new Date('2026-12-07T08:00:00Z'));
  // Nobody waits for who works on no day.
  expect(workingDayIn(1, { ...given, isWorkingDay: () => false })).toEqual(new Date('2026-11-28T08:00:00Z'));
});
