import { expect, test } from 'vitest';
import { isKey, ourPartOf } from '../../src/domain/history-words.ts';

test.each([
  ['ebook', true],
  ['fair-2026-10', true],
  ['google-ads', true],
  ['Anna Schmidt', false],
  ['anna@alder.example', false],
  ['anna＠alder.example', false],
  ['anna.schmidt', false],
  ['491701234567', false],
  ['call-0170-12-34-567', false],
  ['a'.repeat(41), false],
  ['', false],
])('%s is a key: %s', (word, expected) => {
  expect(isKey(word)).toBe(expected);
});

test.each([
  ['SMTP refuses our mail: 550 5.7.1 Anna Schmidt <address>: not here', 'SMTP refuses our mail: 550 5.7.1'],
  [
    'SMTP did not take the mail in 8 attempts: Message failed: 421 Anna is away',
    'SMTP did not take the mail in 8 attempts: 421',
  ],
  ['TEMPLATE_BROKEN: undefined variable: Anna', 'TEMPLATE_BROKEN'],
  [
    'What rep-1 is to know could not be mailed in 6 attempts.',
    'What rep-1 is to know could not be mailed in 6 attempts.',
  ],
])('%s', (reason, expected) => {
  expect(ourPartOf(reason)).toBe(expected);
});
