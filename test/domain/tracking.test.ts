import { expect, test } from 'vitest';
import { latestWord } from '../../src/domain/consent.ts';
import { maySeeReading, TRACKING, untrackedOf } from '../../src/domain/tracking.ts';

const said = (topic: string, granted: boolean, atMs = 0) => ({ topic, granted, atMs, id: `cns-${atMs}` });
const reader = (country: string | null, ...words: ReturnType<typeof said>[]) => ({ country, words });
const NO = said(TRACKING, false, 5);
const YES = said(TRACKING, true, 7);

test('who says nothing is tracked, unless the rules want a word where the person is', () => {
  expect(maySeeReading(undefined, reader('DE'))).toBe(true);
  const rules = { consentIn: ['DE', 'AT'] };
  expect(['DE', 'FR', null].map((country) => maySeeReading(rules, reader(country)))).toEqual([false, true, false]);
  expect(maySeeReading({ consentIn: 'all' }, reader('FR'))).toBe(false);
  expect(maySeeReading(rules, reader('DE', YES))).toBe(true);
});

test('the latest word on tracking decides; one on mails says nothing about it, and the other way round', () => {
  expect(maySeeReading({}, reader('DE', NO))).toBe(false);
  expect(maySeeReading({}, reader('DE', YES, NO))).toBe(true);
  expect(maySeeReading({ consentIn: 'all' }, reader('DE', said('marketing', true)))).toBe(false);
  expect(latestWord([NO, said('marketing', true)])?.granted).toBe(true);
  expect(latestWord([YES])).toBeNull();
});

test('what is not recorded: by the playbook, by the template, by the reader', () => {
  const ann = reader('FR');
  expect(untrackedOf(undefined, {}, ann)).toBeNull();
  expect(untrackedOf({ off: true }, {}, ann)).toBe('all');
  expect(untrackedOf({ opens: 'off' }, {}, ann)).toBe('opens');
  expect(untrackedOf({}, { opens: 'off' }, ann)).toBe('opens');
  expect(untrackedOf({ opens: 'off' }, { tracking: 'off' }, ann)).toBe('all');
  expect(untrackedOf({ opens: 'off' }, {}, reader('FR', NO))).toBe('all');
});
