import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aheadMs, fewOf, mostPlaces, stepMs, usableToday } from '../../src/domain/permits.ts';
import { isLimited, isWaitingForTurn, limitsOf, statedLimits, waitsForTurn } from '../../src/domain/sending-limits.ts';

const ZONE = 'Europe/Berlin';
const NEWS = {
  sender: 'news',
  atMost: { mails: 10, per: 's' },
  warmUp: { from: '2026-12-01', days: [50, 100] },
} as const;
const RULES = {
  defaultTimeZone: ZONE,
  senders: [NEWS],
  sending: {
    atMost: { mails: 50, per: 's' },
    domains: [
      { domains: ['gmail.com', 'googlemail.com'], atMost: { mails: 20, per: 's' } },
      { domains: ['*'], atMost: { mails: 300, per: 'min' } },
    ],
    warmUp: { from: '2026-11-29', days: [1_000, 1_500, 2_000] },
  },
} as const;
const AT = Date.parse('2026-12-01T12:00:00+01:00');

test('a mail needs room in all, for its sender, for the receiving domain, and for the day', () => {
  const words = (sender: typeof NEWS | undefined, domain: string, at = AT): string[] =>
    limitsOf(RULES, { sender, domain }, at).map((one) => one.words);
  expect(words(NEWS, 'googlemail.com')).toEqual([
    'no more than 50 mails a second',
    'no more than 10 mails a second from sender ‘news’',
    'no more than 20 mails a second to gmail.com, googlemail.com',
    '2,000 mails a day while warming up, day 3',
    '50 mails a day from sender ‘news’ while warming up, day 1',
  ]);
  expect(words(undefined, 'shop.example')).toEqual([
    'no more than 50 mails a second',
    'no more than 300 mails a minute to shop.example',
    '2,000 mails a day while warming up, day 3',
  ]);
  // The day begins by the clock of the playbook's zone; the warm-up is over after its last day, and has not begun before its first.
  expect(words(undefined, 'x.example', Date.parse('2026-12-02T00:00:00+01:00')).join()).not.toContain('warming');
  expect(words(undefined, 'x.example', Date.parse('2026-11-28T23:59:00+01:00')).join()).not.toContain('warming');
  expect(words(undefined, 'x.example', Date.parse('2026-11-29T00:00:00+01:00')).join()).toContain('day 1');
});

test('without limits nothing is asked; those of one day or sender are limits', () => {
  expect(isLimited({ defaultTimeZone: ZONE, senders: [{ sender: 'a' }] })).toBe(false);
  expect(isLimited({ defaultTimeZone: ZONE, senders: [NEWS] })).toBe(true);
  expect(statedLimits(RULES, AT).map(({ key }) => key)).toEqual([
    'all',
    'warm-up',
    'sender:news',
    'warm-up:news',
    'domain:gmail.com googlemail.com',
    'domain:*',
  ]);
});

test('why tells it in words, by which it is known again', () => {
  const because = waitsForTurn({ words: '2,000 mails a day while warming up, day 3' });
  expect(because).toBe('its turn has yet to come: 2,000 mails a day while warming up, day 3');
  expect([because, 'it is late', null].map(isWaitingForTurn)).toEqual([true, false, false]);
});

const day = {
  kind: 'day',
  key: 'd',
  words: '',
  day: '2026-12-01',
  mails: 2_000,
  startsMs: 0,
  endsMs: 86_400_000,
} as const;

test('of a day a tenth is kept for who has not waited, and given free until its end', () => {
  expect(usableToday(day, 'many', 0)).toBe(1_800);
  expect(usableToday(day, 'many', 43_200_000)).toBe(1_900);
  expect(usableToday(day, 'many', 86_400_000)).toBe(2_000);
  expect(usableToday(day, 'few', 0)).toBe(2_000);
  expect(usableToday(day, 'answer', 0)).toBeGreaterThan(1e9);
});

test('a higher rank always finds room where a lower one has used up its own; those that wait are never denser than the rate', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_600_000 }), fc.nat(5), (ms, others) => {
      const limit = { kind: 'rate', key: 'r', words: '', intervalMs: ms } as const;
      expect(aheadMs(ms, 'few') - aheadMs(ms, 'many')).toBeGreaterThanOrEqual(ms);
      expect(aheadMs(ms, 'answer') - aheadMs(ms, 'few')).toBeGreaterThanOrEqual(ms);
      expect(stepMs(limit, others)).toBeGreaterThan(ms * (others + 1));
      expect(aheadMs(ms, 'few')).toBeGreaterThan(aheadMs(ms, 'due'));
      // What a worker takes at once and does not need is no more than two seconds.
      const places = mostPlaces(limit);
      expect(places === 1 || places * stepMs(limit, 0) <= 2_000).toBe(true);
      expect(fewOf(limit).mails).toBeGreaterThanOrEqual(1);
    }),
  );
});
