import { expect, test } from 'vitest';
import { NO_HOLIDAYS } from '../../src/domain/schedule.ts';
import { workingMorning } from '../../src/domain/working-morning.ts';

const hours = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' } as const;
const berlin = { hours, zone: 'Europe/Berlin', isHoliday: NO_HOLIDAYS };
const at = (iso: string): number => Date.parse(iso);

test('the day begins with the working hours, in their zone, on working days', () => {
  expect(workingMorning(at('2026-11-27T07:59:00Z'), berlin)).toBe(null);
  const friday = { day: '2026-11-27', beginsAtMs: at('2026-11-27T08:00:00Z') };
  expect(workingMorning(at('2026-11-27T08:00:00Z'), berlin)).toEqual(friday);
  expect(workingMorning(at('2026-11-27T21:00:00Z'), berlin)).toEqual(friday);
  expect(workingMorning(at('2026-11-28T09:00:00Z'), berlin)).toBe(null);
  const isHoliday = (date: string): boolean => date === '2026-11-27';
  expect(workingMorning(at('2026-11-27T10:00:00Z'), { ...berlin, isHoliday })).toBe(null);
  const west = { ...berlin, zone: 'America/Los_Angeles' };
  expect(workingMorning(at('2026-11-28T01:00:00Z'), west)?.day).toBe('2026-11-27');
});
