import { describe, expect, it, test } from 'vitest';
import fc from 'fast-check';
import { returnDateIn } from '../../src/domain/absence.ts';
import { asksForRemoval, ownWords } from '../../src/domain/reply-words.ts';

const NOW = Date.parse('2026-11-27T10:00:00Z');
const day = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString().slice(0, 10));

describe('the day of return', () => {
  it.each([
    ['I am out of the office until December 4, 2026 with limited access.', '2026-12-05'],
    ['I will be back on Monday, 7 December.', '2026-12-07'],
    ['I am away from 23 November through 4th December and will return on 7 December 2026.', '2026-12-07'],
    ['Out of office till 2026-12-03', '2026-12-04'],
    ['I return 12/14/2026.', '2026-12-14'],
    ['Ich bin bis einschließlich 04.12.2026 nicht im Büro.', '2026-12-05'],
    ['Ich bin bis zum 4. Dezember im Urlaub.', '2026-12-05'],
    ['Ab dem 07.12. bin ich wieder erreichbar. Ich bin wieder am Montag, den 7.12. im Büro.', '2026-12-07'],
    ['Vielen Dank. Zurück am 2. Januar', '2027-01-02'],
    // What cannot be told, is past, or too far away postpones nothing.
    ['I am out of the office until 12/07/2026.', null],
    ['I was away until 3 November 2026.', null],
    ['I am on parental leave until 1 June 2027.', null],
    ['I am out of office.', null],
    ['Ich bin bis zum 31.11.2026 weg', null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(day(returnDateIn(text, NOW))).toBe(expected);
  });

  it('is never past nor more than 60 days away, and is found fast in any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3_000 }), fc.date({ noInvalidDate: true }), (text, date) => {
        const words = `${text} until ${date.toISOString().slice(0, 10)} bis back ${text}`;
        const ms = returnDateIn(words, NOW);
        expect(ms === null || (ms > NOW && ms <= NOW + 60 * 86_400_000)).toBe(true);
      }),
    );
  });
});

test.each([
  ['Please remove me from your list.', true],
  ['Take me off this list!', true],
  ['Stop emailing me', true],
  ['Bitte nehmen Sie mich aus Ihrem Verteiler.', true],
  ['Ich möchte keine weiteren E-Mails erhalten', true],
  ['Bitte melden Sie mich vom Newsletter ab.', true],
  ['Great, please call me on Monday.', false],
  [
    'Thanks!\n\nOn Fri, Nov 27, 2026 at 9:00 AM Shop <hi@shop.example> wrote:\n> Unsubscribe: https://shop.example/u/1',
    false,
  ],
  ['Passt.\n\nAm 27.11.2026 um 09:00 schrieb Shop:\n> Hier abmelden', false],
  ['> Unsubscribe here\nSounds good', false],
])('%j asks for removal: %s', (text, expected) => {
  expect(asksForRemoval(text)).toBe(expected);
});

test('an answer below the quotation is read, too', () => {
  expect(ownWords('> When can we talk?\nOn Monday.')).toBe('On Monday.');
});
