import { describe, expect, it } from 'vitest';
import type { Span } from '../../src/domain/cadence.ts';
import {
  addSpan,
  addWorkingTime,
  alignToWindow,
  formatForPeople,
  holidaysOf,
  parseSpan,
  spanToMs,
  spanToText,
  zoneOf,
} from '../../src/domain/schedule.ts';
import { parseMilliseconds } from '../../src/domain/span.ts';
import { at, text } from './times.ts';

const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';
const isChristmas = holidaysOf([{ calendar: 'de', holidays: ['2026-12-25'] }], 'de');

describe('addSpan', () => {
  const table: [string, string, Span, string][] = [
    [BERLIN, '2026-03-28T09:00', { amount: 2, unit: 'days' }, '2026-03-30T09:00'],
    [BERLIN, '2026-10-24T09:00', { amount: 2, unit: 'days' }, '2026-10-26T09:00'],
    [NEW_YORK, '2026-03-07T09:00', { amount: 1, unit: 'weeks' }, '2026-03-14T09:00'],
    [BERLIN, '2026-03-28T02:30', { amount: 1, unit: 'days' }, '2026-03-29T03:30'],
    [BERLIN, '2026-03-28T02:30', { amount: 2, unit: 'days' }, '2026-03-30T02:30'],
    [BERLIN, '2026-03-28T23:00', { amount: 4, unit: 'hours' }, '2026-03-29T04:00'],
    [BERLIN, '2026-12-01T09:00', { amount: 30, unit: 'minutes' }, '2026-12-01T09:30'],
    [BERLIN, '2026-12-24T09:00', { amount: 1, unit: 'business days' }, '2026-12-28T09:00'],
    [BERLIN, '2026-12-05T09:00', { amount: 1, unit: 'business days' }, '2026-12-07T09:00'],
    [BERLIN, '2026-12-01T09:00', { amount: 3, unit: 'business days' }, '2026-12-04T09:00'],
    [BERLIN, '2026-03-27T02:30', { amount: 1, unit: 'business days' }, '2026-03-30T02:30'],
  ];
  it.each(table)('in %s, %s and %j', (zone, from, span, due) => {
    expect(text(addSpan(at(from, zone), span, zone, isChristmas), zone)).toBe(due);
  });
});

describe('alignToWindow', () => {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
  const office = { days, from: '09:00', to: '17:00' };
  const night = { days, from: '22:00', to: '02:30' };
  it.each([
    [office, '2026-12-01T08:00', '2026-12-01T09:00'],
    [office, '2026-12-01T09:00', '2026-12-01T09:00'],
    [office, '2026-12-01T16:59', '2026-12-01T16:59'],
    [office, '2026-12-01T17:00', '2026-12-02T09:00'],
    [office, '2026-12-04T18:00', '2026-12-07T09:00'],
    [office, '2026-12-24T18:00', '2026-12-28T09:00'],
    // A window over midnight belongs to the day it begins on: Friday's lasts into Saturday, Sunday has none.
    [night, '2026-12-05T01:00', '2026-12-05T01:00'],
    [night, '2026-12-05T02:30', '2026-12-07T22:00'],
    [night, '2026-12-07T01:00', '2026-12-07T22:00'],
    // The whole day.
    [{ days, from: '00:00', to: '00:00' }, '2026-12-05T12:00', '2026-12-07T00:00'],
    [{ days, from: '00:00', to: '24:00' }, '2026-12-05T12:00', '2026-12-07T00:00'],
    // 02:15 is left out on 29 March: the window opens at 03:00.
    [{ days: ['sun'], from: '02:15', to: '05:00' } as const, '2026-03-29T00:00', '2026-03-29T03:00'],
    // A window that is left out as a whole is the next week's.
    [{ days: ['sun'], from: '02:15', to: '02:45' } as const, '2026-03-29T00:00', '2026-04-05T02:15'],
  ])('%j at %s', (window, from, due) => {
    expect(text(alignToWindow(at(from, BERLIN), [window], BERLIN, isChristmas), BERLIN)).toBe(due);
  });

  it('opens at the first of two equal times', () => {
    const window = [{ days: ['sun'], from: '02:30', to: '05:00' }] as const;
    const opened = alignToWindow(at('2026-10-25T00:00', BERLIN), window, BERLIN);
    expect(new Date(opened).toISOString()).toBe('2026-10-25T00:30:00.000Z');
  });

  it('throws when a window never opens', () => {
    expect(() => alignToWindow(0, [{ days: [], from: '09:00', to: '17:00' }], BERLIN)).toThrow(/never opens/);
    expect(() => alignToWindow(0, [office], BERLIN, () => true)).toThrow(/never opens/);
  });
});

describe('addWorkingTime', () => {
  const hours = { days: ['mon', 'tue', 'wed', 'thu', 'fri'] as const, from: '09:00', to: '17:00' };
  const table: [string, Span, string][] = [
    ['2026-12-01T10:00', { amount: 4, unit: 'hours' }, '2026-12-01T14:00'],
    ['2026-12-01T16:00', { amount: 4, unit: 'hours' }, '2026-12-02T12:00'],
    ['2026-12-01T13:00', { amount: 4, unit: 'hours' }, '2026-12-01T17:00'],
    // A Friday: the offer ends some milliseconds or seconds after 13:00, and is still due in the same week.
    ['2026-12-04T13:00:00.058', { amount: 4, unit: 'hours' }, '2026-12-04T17:00'],
    ['2026-12-04T13:00:59.999', { amount: 4, unit: 'hours' }, '2026-12-04T17:00'],
    ['2026-12-04T13:01', { amount: 4, unit: 'hours' }, '2026-12-07T09:01'],
    ['2026-12-04T17:00:00.058', { amount: 30, unit: 'minutes' }, '2026-12-07T09:30'],
    ['2026-12-05T13:00', { amount: 30, unit: 'minutes' }, '2026-12-07T09:30'],
    ['2026-12-24T16:00', { amount: 2, unit: 'hours' }, '2026-12-28T10:00'],
    ['2026-12-01T10:00', { amount: 40, unit: 'hours' }, '2026-12-08T10:00'],
    ['2026-12-04T10:00', { amount: 2, unit: 'days' }, '2026-12-08T10:00'],
    ['2026-12-05T10:00', { amount: 1, unit: 'business days' }, '2026-12-08T09:00'],
    ['2026-12-01T10:00', { amount: 1, unit: 'weeks' }, '2026-12-08T10:00'],
  ];
  it.each(table)('%s and %j', (from, span, due) => {
    expect(text(addWorkingTime(at(from, BERLIN), span, hours, BERLIN, isChristmas), BERLIN)).toBe(due);
  });

  it('counts every hour for a team that works around the clock', () => {
    const always = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const, from: '00:00', to: '24:00' };
    const due = addWorkingTime(at('2026-12-04T10:00', BERLIN), { amount: 100, unit: 'hours' }, always, BERLIN);
    expect(text(due, BERLIN)).toBe('2026-12-08T14:00');
    const overHoliday = addWorkingTime(
      at('2026-12-24T12:00', BERLIN),
      { amount: 24, unit: 'hours' },
      always,
      BERLIN,
      isChristmas,
    );
    expect(text(overHoliday, BERLIN)).toBe('2026-12-26T12:00');
  });

  it('counts the minutes that pass, also where the clock is changed meanwhile', () => {
    const nights = { days: ['sat', 'sun'] as const, from: '22:00', to: '06:00' };
    // From 22:00 on 28 March the clock jumps an hour: seven hours until 06:00.
    const due = addWorkingTime(at('2026-03-28T22:00', BERLIN), { amount: 7, unit: 'hours' }, nights, BERLIN);
    expect(text(due, BERLIN)).toBe('2026-03-29T06:00');
  });
});

describe('spans', () => {
  it.each<[string, Span | null]>([
    ['2 days', { amount: 2, unit: 'days' }],
    ['1 day', { amount: 1, unit: 'days' }],
    ['3 Business  Days', { amount: 3, unit: 'business days' }],
    ['30 minutes', { amount: 30, unit: 'minutes' }],
    ['1 week', { amount: 1, unit: 'weeks' }],
    ['1.5 hours', { amount: 1.5, unit: 'hours' }],
    ['P2D', { amount: 2, unit: 'days' }],
    ['PT4H', { amount: 4, unit: 'hours' }],
    ['PT1H30M', { amount: 90, unit: 'minutes' }],
    ['P1W', { amount: 1, unit: 'weeks' }],
    ['P1W2D', { amount: 9, unit: 'days' }],
    ['2 dayz', null],
    ['1.5 days', null],
    ['P1M', null],
    ['P1DT12H', null],
    ['PT', null],
    ['-1 days', null],
    ['P-1D', null],
    ['days', null],
    ['', null],
    ['2 constructor', null],
  ])('%s', (written, span) => {
    expect(parseSpan(written)).toEqual(span);
  });

  it.each([
    ['4 days', 4 * 86_400_000],
    ['1 week', 7 * 86_400_000],
    ['1.5 hours', 5_400_000],
    ['P4D', 4 * 86_400_000],
    ['P1DT12H', 36 * 3_600_000],
    ['PT90S', 90_000],
    ['P0D', 0],
    ['P1M', null],
    ['P1.5D', null],
    ['P1DT-1H', null],
    ['2 business days', null],
    ['4', null],
    ['PT', null],
  ])('%s in milliseconds', (written, ms) => {
    expect(parseMilliseconds(written)).toBe(ms);
  });

  it('are written as they are read', () => {
    for (const span of [
      { amount: 1, unit: 'days' },
      { amount: 3, unit: 'business days' },
      { amount: 1, unit: 'business days' },
      { amount: 90, unit: 'minutes' },
    ] as const) {
      expect(parseSpan(spanToText(span))).toEqual(span);
    }
    expect(spanToMs({ amount: 2, unit: 'weeks' })).toBe(14 * 86_400_000);
  });
});

describe('for people', () => {
  it('says when', () => {
    const now = at('2026-11-27T10:00', BERLIN);
    expect(formatForPeople(at('2026-12-01T09:00', BERLIN), BERLIN, now)).toBe('Tue 1 Dec 09:00 Europe/Berlin');
    expect(formatForPeople(at('2026-09-01T21:05', NEW_YORK), NEW_YORK, now)).toBe('Tue 1 Sep 21:05 America/New_York');
    expect(formatForPeople(at('2027-01-12T09:00', BERLIN), BERLIN, now)).toBe('Tue 12 Jan 2027 09:00 Europe/Berlin');
  });

  it('takes a zone that is one', () => {
    expect(zoneOf(NEW_YORK, BERLIN)).toBe(NEW_YORK);
    expect(zoneOf('Mars/Base', BERLIN)).toBe(BERLIN);
    expect(zoneOf(null, BERLIN)).toBe(BERLIN);
  });
});
