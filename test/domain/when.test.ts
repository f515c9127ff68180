import { expect, test } from 'vitest';
import { dayAndTime, whenInStory, whenInWords, whenOfLead } from '../../src/domain/when.ts';

const NOW = Date.parse('2026-12-29T10:00:00Z');

test.each([
  ['2026-12-29T22:59:00Z', 'today 23:59'],
  ['2026-12-29T23:00:00Z', 'tomorrow 00:00'],
  ['2026-12-28T08:00:00Z', 'yesterday 09:00'],
  ['2026-12-23T08:00:00Z', 'Wed 23 Dec 09:00'],
  ['2026-12-22T08:00:00Z', '22 Dec 09:00'],
  ['2026-07-01T08:00:00Z', '1 Jul 10:00'],
  ['2027-01-02T08:00:00Z', 'Sat 2 Jan 2027 09:00'],
  ['2025-12-29T08:00:00Z', '29 Dec 2025 09:00'],
])('%s is shown as %s', (at, words) => {
  expect(whenInWords(Date.parse(at), NOW, 'Europe/Berlin')).toBe(words);
});

test('the day after the clocks change is tomorrow', () => {
  const night = Date.parse('2026-03-28T12:00:00Z');
  expect(whenInWords(Date.parse('2026-03-29T12:00:00Z'), night, 'Europe/Berlin')).toBe('tomorrow 14:00');
});

test('a line of a story has the year where it is not that of its beginning', () => {
  const shown = (at: string): string => whenInStory(Date.parse(at), NOW, 'Europe/Berlin');
  expect([shown('2026-12-30T08:00:00Z'), shown('2026-12-31T23:30:00Z')]).toEqual([
    'Wed 30 Dec 09:00',
    'Fri 1 Jan 2027 00:30',
  ]);
});

test('a time in a column has its year, and days are as wide as each other', () => {
  expect(dayAndTime('2026-12-01T23:30:00.000Z', 'Europe/Berlin')).toBe('Wed 02 Dec 2026 00:30');
  expect(dayAndTime('2026-12-21T09:00:00Z', 'UTC')).toBe('Mon 21 Dec 2026 09:00');
});

test('times of a lead whose clock is ahead have their dates: today is another day for it', () => {
  const ahead = { clockOffsetMs: BigInt(2 * 86_400_000) };
  const shown = (at: string, lead = ahead): string => whenOfLead(Date.parse(at), lead, NOW, 'Europe/Berlin');
  expect([
    shown('2026-12-29T08:00:00Z'),
    shown('2026-12-31T08:00:00Z'),
    shown('2027-01-02T08:00:00Z'),
    shown('2027-03-31T09:20:00Z'),
  ]).toEqual(['Tue 29 Dec 09:00', 'Thu 31 Dec 09:00', 'Sat 2 Jan 2027 09:00', '31 Mar 2027 11:20']);
  // A fast-forward leaves some seconds at times: that is no other day.
  expect(shown('2026-12-29T08:00:00Z', { clockOffsetMs: 3_000n })).toBe('today 09:00');
});
