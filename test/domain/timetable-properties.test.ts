import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { type Hours, WEEKDAYS } from '../../src/domain/cadence.ts';
import { cappedBy, type RecentMessage } from '../../src/domain/caps.ts';
import type { Cap } from '../../src/domain/playbook.ts';
import { opensEver, spanToMs } from '../../src/domain/schedule.ts';
import { opening, spreadFrom, type Timetable, timetableOf } from '../../src/domain/timetable.ts';
import { isOpen } from '../../src/domain/window.ts';
import { window } from './windows.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A few hours of every night; some of them over midnight. */
const quiet: fc.Arbitrary<Hours> = fc
  .tuple(fc.integer({ min: 18, max: 23 }), fc.integer({ min: 1, max: 8 }))
  .map(([from, to]) => ({ days: [...WEEKDAYS], from: `${from}:00`, to: `0${to}:30` }));

// Changes of the clock in both directions, at midnight and by half an hour, leap days, the turn of the year.
const MOMENTS = [
  ['Europe/Berlin', '2026-03-29T02:00'],
  ['Europe/Berlin', '2026-10-25T02:30'],
  ['America/New_York', '2026-03-08T02:00'],
  ['Africa/Cairo', '2026-04-24T00:00'],
  ['Australia/Lord_Howe', '2026-04-05T02:00'],
  ['Pacific/Apia', '2028-02-29T12:00'],
  ['America/St_Johns', '2028-02-28T23:59'],
  ['Asia/Kathmandu', '2026-12-31T23:30'],
] as const;

interface Case {
  table: Timetable;
  atMs: number;
  holidays: readonly string[];
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    where: fc.constantFrom(...MOMENTS),
    minutes: fc.integer({ min: -36 * 60, max: 36 * 60 }),
    window,
    quietHours: fc.option(quiet),
    // Days of the two weeks that follow.
    off: fc.uniqueArray(fc.integer({ min: -1, max: 13 }), { maxLength: 4 }),
    spread: fc.integer({ min: 0, max: 10 * 60 }),
    lead: fc.string({ minLength: 1, maxLength: 12 }),
  })
  .map(({ where: [zone, local], minutes, off, lead, spread, quietHours, ...rest }) => {
    const from = DateTime.fromISO(local, { zone });
    const holidays = off.map((days) => from.plus({ days }).toISODate() ?? '');
    const table = timetableOf(
      {
        calendars: [{ calendar: 'own', holidays }],
        quietHours: quietHours === null ? [] : [quietHours],
        defaultTimeZone: zone,
      },
      { window: rest.window, calendar: 'own', spread: { amount: spread, unit: 'minutes' } },
      { id: lead, timeZone: zone, country: null, attributes: {} },
    );
    return { table, atMs: from.toMillis() + minutes * 60_000, holidays };
  })
  .filter(({ table }) => opensEver({ ...table.times, isHoliday: () => false }));

const isOpenAt = ({ times, zone }: Timetable, atMs: number): boolean =>
  isOpen(DateTime.fromMillis(atMs, { zone }) as DateTime<true>, times);

describe('a step that is due', () => {
  it('is performed inside the window, outside quiet hours and holidays, and never before it is due', () => {
    fc.assert(
      fc.property(cases, ({ table, atMs }) => {
        const due = opening(table, atMs, 'step');
        expect(due).toBeGreaterThanOrEqual(atMs);
        expect(isOpenAt(table, due)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('is late by no more than a week, a week for holidays and one for hours that a change of the clock leaves out', () => {
    fc.assert(
      fc.property(cases, ({ table, atMs, holidays }) => {
        const weeks = 1 + holidays.length + 1;
        expect(opening({ ...table, spreadMs: 0 }, atMs, 'step') - atMs).toBeLessThanOrEqual(weeks * 7 * DAY + HOUR);
      }),
      { numRuns: 400 },
    );
  });

  it('leaves at once where it is open, and within the spread of the same opening where it was closed', () => {
    fc.assert(
      fc.property(cases, ({ table, atMs }) => {
        const opens = opening({ ...table, spreadMs: 0 }, atMs, 'step');
        const due = opening(table, atMs, 'step');
        if (opens === atMs) {
          expect(due).toBe(atMs);
          return;
        }
        expect(due - opens).toBeGreaterThanOrEqual(0);
        expect(due - opens).toBeLessThan(Math.max(1, table.spreadMs));
        for (let t = opens; t < due; t += HOUR / 4) expect(isOpenAt(table, t)).toBe(true);
        expect(opening(table, atMs, 'step')).toBe(due);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps its place after the step before it', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 0, max: 40 * 60 }), ({ table, atMs }, minutes) => {
        const first = opening(table, atMs, 'first');
        expect(opening(table, first + minutes * 60_000, 'second')).toBeGreaterThanOrEqual(first);
      }),
      { numRuns: 200 },
    );
  });
});

it('an opening is used by many leads evenly', () => {
  const [zone, ms] = ['Europe/Berlin', Date.UTC(2026, 11, 1, 3)];
  const office: Hours = { days: ['tue'], from: '09:00', to: '10:00' };
  const quarters = [0, 0, 0, 0];
  for (let lead = 0; lead < 4000; lead += 1) {
    const table: Timetable = {
      drawnAs: `lead_${lead}`,
      zone,
      times: { window: [office], isHoliday: () => false },
      spreadMs: 8 * HOUR,
    };
    const minute = DateTime.fromMillis(opening(table, ms, 'step'), { zone }).minute;
    quarters[Math.floor(minute / 15)] = (quarters[Math.floor(minute / 15)] ?? 0) + 1;
  }
  for (const count of quarters) expect(Math.abs(count - 1000)).toBeLessThan(150);
  const whole = { times: { window: [office], isHoliday: () => false }, zone, drawnAs: 'l', spreadMs: 0 };
  expect(spreadFrom(whole, Date.UTC(2026, 11, 1, 8, 59, 59, 999), 'step', HOUR)).toBe(
    Date.UTC(2026, 11, 1, 8, 59, 59, 999),
  );
});

describe('caps', () => {
  const cap: fc.Arbitrary<Cap> = fc.record(
    {
      topic: fc.constantFrom('news', 'offers'),
      messages: fc.integer({ min: 1, max: 4 }),
      per: fc.record({ amount: fc.integer({ min: 1, max: 7 }), unit: fc.constantFrom('hours', 'days', 'weeks') }),
    },
    { requiredKeys: ['messages', 'per'] },
  );
  const wishes = fc.array(
    fc.record({ topic: fc.constantFrom('news', 'offers'), afterHours: fc.integer({ min: 0, max: 30 }) }),
    { minLength: 1, maxLength: 25 },
  );

  it('are never exceeded in any period, and hold nothing back for longer than they must', () => {
    fc.assert(
      fc.property(fc.array(cap, { minLength: 1, maxLength: 3 }), wishes, (caps, wanted) => {
        const sent: RecentMessage[] = [];
        let now = 0;
        for (const { topic, afterHours } of wanted) {
          now += afterHours * HOUR;
          for (
            let capped = cappedBy(caps, sent, topic, now);
            capped !== null;
            capped = cappedBy(caps, sent, topic, now)
          ) {
            expect(capped.untilMs).toBeGreaterThan(now);
            expect(cappedBy(caps, sent, topic, capped.untilMs - 1)).not.toBeNull();
            now = capped.untilMs;
          }
          sent.push({ topic, atMs: now });
        }
        for (const { topic, messages, per } of caps) {
          const counted = sent.filter((one) => topic === undefined || one.topic === topic);
          for (const { atMs } of counted)
            expect(
              counted.filter((one) => one.atMs <= atMs && one.atMs > atMs - spanToMs(per)).length,
            ).toBeLessThanOrEqual(messages);
        }
      }),
      { numRuns: 300 },
    );
  });
});
