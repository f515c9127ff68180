import { describe, expect, it } from 'vitest';
import { datePointOf, endOf, momentAt, nextTimeOfDay, type Offset } from '../../src/domain/moment.ts';
import { NO_HOLIDAYS } from '../../src/domain/schedule.ts';
import { at, text } from './times.ts';

const BERLIN = 'Europe/Berlin';
const before = (amount: number, unit: Offset['span']['unit']): Offset => ({
  span: { amount, unit },
  direction: 'before',
});

describe('a date in a text', () => {
  it('is a day, or an instant, which is local where it names no offset', () => {
    expect(datePointOf('2026-12-31', BERLIN)).toEqual({ kind: 'day', date: '2026-12-31' });
    expect(datePointOf('2026-12-31 17:00', BERLIN)).toEqual({ kind: 'instant', atMs: at('2026-12-31T17:00', BERLIN) });
    expect(datePointOf('2026-12-31T17:00:00Z', BERLIN)).toEqual({ kind: 'instant', atMs: Date.UTC(2026, 11, 31, 17) });
  });

  it.each(['soon', '', '31.12.2026', '2026-02-30', '2026-13-01T00:00', 20261231, null, undefined, {}])(
    '%j is none',
    (value) => expect(datePointOf(value, BERLIN)).toBeNull(),
  );
});

describe('the moment before or after a date', () => {
  const of = (date: string, offset?: Offset, time?: string): string => {
    const point = datePointOf(date, BERLIN);
    if (point === null) throw new Error('no date');
    return text(momentAt(point, { offset, at: time }, BERLIN, NO_HOLIDAYS), BERLIN);
  };
  it.each([
    ['2026-12-31', undefined, undefined, '2026-12-31T00:00'],
    ['2026-12-31', before(1, 'days'), undefined, '2026-12-30T00:00'],
    ['2026-12-31', before(1, 'days'), '09:00', '2026-12-30T09:00'],
    ['2026-12-10T17:00', before(1, 'hours'), undefined, '2026-12-10T16:00'],
    ['2026-12-10T17:00', before(1, 'days'), undefined, '2026-12-09T17:00'],
    // One business day before a Monday is Friday.
    ['2026-12-14T17:00', before(1, 'business days'), '10:00', '2026-12-11T10:00'],
    [
      '2026-12-10T17:00',
      { span: { amount: 1, unit: 'weeks' }, direction: 'after' } as Offset,
      undefined,
      '2026-12-17T17:00',
    ],
    // Over a change of the clock a day keeps the time on the wall.
    ['2026-03-30T09:00', before(2, 'days'), undefined, '2026-03-28T09:00'],
    ['2028-03-01', before(1, 'days'), '08:00', '2028-02-29T08:00'],
  ])('%s, %j, at %s: %s', (date, offset, time, moment) => {
    expect(of(date, offset, time)).toBe(moment);
  });

  it('a day is over at its end, an instant at once', () => {
    expect(text(endOf({ kind: 'day', date: '2026-03-29' }, BERLIN), BERLIN)).toBe('2026-03-30T00:00');
    expect(endOf({ kind: 'instant', atMs: 5 }, BERLIN)).toBe(5);
  });
});

it.each([
  ['2026-12-01T08:59', ['tue'], '2026-12-01T09:00'],
  ['2026-12-01T09:00', ['tue'], '2026-12-08T09:00'],
  ['2026-12-04T10:00', ['mon', 'fri'], '2026-12-07T09:00'],
] as const)('after %s the next %j at 09:00 is %s', (from, days, due) => {
  expect(text(nextTimeOfDay(at(from, BERLIN), days, '09:00', BERLIN), BERLIN)).toBe(due);
});
