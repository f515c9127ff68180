import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { isPast, restDueAtMs } from '../../src/domain/broadcast-times.ts';

const restIn = (zone: string, at: string, knownAt: string): string =>
  DateTime.fromMillis(restDueAtMs({ at }, zone, Date.parse(knownAt)), { zone }).toFormat("yyyy-MM-dd'T'HH:mm");

test.each([
  ['its own time has not come yet', 'America/Los_Angeles', '2026-12-01T09:00', '2026-12-01T12:00Z', '2026-12-01T09:00'],
  ['it is that time', 'UTC', '2026-12-01T09:00', '2026-12-01T09:00Z', '2026-12-01T09:00'],
  ['it is later in the day', 'Europe/Berlin', '2026-12-01T09:00', '2026-12-01T08:01Z', '2026-12-02T09:00'],
  ['it is early on a later day', 'Asia/Tokyo', '2026-12-01T09:00', '2026-12-01T21:05Z', '2026-12-02T09:00'],
  ['days passed', 'Europe/Berlin', '2026-12-01T09:00', '2026-12-05T12:00Z', '2026-12-06T09:00'],
  ['the clock is changed in between', 'Europe/Berlin', '2026-10-24T09:00', '2026-10-24T12:00Z', '2026-10-25T09:00'],
  ['the first was moved by the clock', 'Europe/Berlin', '2027-03-28T02:30', '2027-03-28T12:00Z', '2027-03-29T02:30'],
])('the rest of a trial, when %s (%s)', (_, zone, at, knownAt, due) => {
  expect(restIn(zone, at, knownAt)).toBe(due);
});

const NOW = Date.parse('2026-12-01T12:00:00Z');
test.each([
  ['as soon as it is started', { kind: 'now' }, false],
  ['to come', { kind: 'at', at: '2026-12-01T12:01:00Z' }, false],
  ['a few minutes ago', { kind: 'at', at: '2026-12-01T11:55:00Z' }, false],
  ['past', { kind: 'at', at: '2026-12-01T11:54:59Z' }, true],
  ['years ago', { kind: 'at', at: '2020-11-28T20:33:00Z' }, true],
  [
    'a local time to come in the last zone, which is twelve hours behind UTC',
    { kind: 'local', at: '2026-12-01T00:00' },
    false,
  ],
  ['a local time that has passed everywhere', { kind: 'local', at: '2026-11-30T23:54' }, true],
] as const)('a schedule %s', (_, schedule, past) => {
  expect(isPast(schedule, NOW)).toBe(past);
});
