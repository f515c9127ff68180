import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import type { SendWindow } from '../../src/domain/cadence.ts';
import { addSpan, addWorkingTime, alignToWindow, NO_HOLIDAYS } from '../../src/domain/schedule.ts';
import { isOpen } from '../../src/domain/window.ts';
import { at } from './times.ts';
import { hours, window } from './windows.ts';

const MINUTE = 60_000;

// Zones with the days around their changes of 2026, among them one that changes at midnight and one by half an hour.
const CHANGES = [
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Africa/Cairo', '2026-04-24'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Asia/Kolkata', '2026-06-01'],
] as const;
const moment = fc
  .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -36 * 60, max: 36 * 60 }), fc.integer({ min: 0, max: 59_999 }))
  .map(([[zone, day], minutes, rest]) => ({ zone, ms: at(`${day}T12:00`, zone) + minutes * MINUTE + rest }));

const inside = (ms: number, one: SendWindow, zone: string): boolean =>
  isOpen(DateTime.fromMillis(ms, { zone }) as DateTime<true>, { window: one, isHoliday: NO_HOLIDAYS });

describe('alignToWindow', () => {
  it('gives the earliest instant inside the window, and leaves an instant inside as it is', () => {
    fc.assert(
      fc.property(window, moment, (one, { zone, ms }) => {
        const aligned = alignToWindow(ms, one, zone);
        expect(aligned).toBeGreaterThanOrEqual(ms);
        expect(inside(aligned, one, zone)).toBe(true);
        expect(alignToWindow(aligned, one, zone)).toBe(aligned);
        if (aligned === ms) return;
        // No minute before is inside: not the one given, not one in the last two days, not the one right before.
        const sooner = [ms, aligned - 1];
        for (let t = Math.max(ms, aligned - 2 * 24 * 60 * MINUTE); t < aligned; t += 5 * MINUTE) sooner.push(t);
        expect(sooner.filter((t) => inside(t, one, zone))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the order of two instants', () => {
    fc.assert(
      fc.property(window, moment, fc.nat({ max: 86_400_000 }), (one, { zone, ms }, later) => {
        expect(alignToWindow(ms + later, one, zone)).toBeGreaterThanOrEqual(alignToWindow(ms, one, zone));
      }),
    );
  });
});

describe('addSpan', () => {
  it('keeps the local time of day over a change of the clock, if that time exists on the day', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 30 }), ({ zone, ms }, amount) => {
        const from = DateTime.fromMillis(ms, { zone });
        const to = DateTime.fromMillis(addSpan(ms, { amount, unit: 'days' }, zone), { zone });
        expect(to.startOf('day').toISODate()).toBe(from.startOf('day').plus({ days: amount }).toISODate());
        const isThere = to.set({ hour: from.hour, minute: from.minute }).toFormat('HH:mm') === from.toFormat('HH:mm');
        if (isThere) expect(to.toFormat('HH:mm:ss.SSS')).toBe(from.toFormat('HH:mm:ss.SSS'));
      }),
    );
  });

  it('lands on a business day', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 12 }), ({ zone, ms }, amount) => {
        const due = addSpan(ms, { amount, unit: 'business days' }, zone);
        expect(DateTime.fromMillis(due, { zone }).weekday).toBeLessThanOrEqual(5);
      }),
    );
  });
});

describe('addWorkingTime', () => {
  it('lets exactly that much working time pass', () => {
    const quarter = 15 * MINUTE;
    fc.assert(
      fc.property(hours, moment, fc.integer({ min: 1, max: 40 }), (one, { zone, ms }, quarters) => {
        const from = ms - (ms % quarter);
        const due = addWorkingTime(from, { amount: quarters * 15, unit: 'minutes' }, one, zone);
        let worked = 0;
        for (let t = from; t < due; t += quarter) if (inside(t, [one], zone)) worked += quarter;
        expect(worked).toBe(quarters * quarter);
      }),
      { numRuns: 100 },
    );
  });
});
