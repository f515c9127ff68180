/** What a stranger states in a form may be read by others, and is never a link, a trick of characters, or a text of ours. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { cleanJson, lines, singleLine } from '../../src/domain/clean-text.ts';
import { holdsAddress, holdsAddressOrDomain, withoutLinks } from '../../src/domain/page-address.ts';
import { inTheirWords, listed, presentable } from '../../src/domain/stated-words.ts';

const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/u;
const oddCharacter = fc.constantFrom(
  '\u202e',
  '\u200b',
  '\u2066',
  '\ufeff',
  '\u00ad',
  '\u3164',
  '\u{e0041}',
  '\0',
  '\r\n',
  '\u2028',
  '\u0085',
  '\ud800',
  'e\u0301',
);
const odd = fc
  .array(fc.oneof(oddCharacter, fc.string({ unit: 'binary', maxLength: 5 }), fc.constant('Ada ')), { maxLength: 12 })
  .map((parts) => parts.join(''));

describe('a text of one line', () => {
  it('has no control characters, no line breaks and nothing that nobody sees, and is the same when it is cleaned again', () => {
    fc.assert(
      fc.property(odd, (text) => {
        const clean = singleLine(text, 40);
        expect(clean).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(clean).not.toMatch(UNSEEN);
        expect(clean.isWellFormed()).toBe(true);
        expect(clean.length).toBeLessThanOrEqual(40);
        expect(clean).toBe(clean.normalize('NFC').trim());
        expect(singleLine(clean, 40)).toBe(clean);
      }),
    );
  });

  it.each([
    ['Ada\r\nBcc: all@x.example', 'Ada Bcc: all@x.example'],
    ['gpj.\u202eecilA', 'gpj.ecilA'],
    ['A\u200bd\u00ada', 'Ada'],
    ['Zoe\u0308', 'Zoë'],
    ['  O’Brien-Müller  李 ', 'O’Brien-Müller 李'],
  ])('%j becomes %j', (given, clean) => {
    expect(singleLine(given)).toBe(clean);
  });

  it('of several lines keeps its line breaks', () => {
    expect(lines('one\r\ntwo\u2028three\u0007\u202e!')).toBe('one\ntwo\nthree !');
    expect(cleanJson({ 'a\u200b': ['x\0y', { b: '\u202ez' }, 1, null] })).toEqual({ a: ['x y', { b: 'z' }, 1, null] });
  });
});

describe('an address of a page', () => {
  it.each([
    'Win 500 EUR now http://evil.example',
    'HTTPS://EVIL.EXAMPLE',
    'ｈｔｔｐ：／／evil.example',
    'see www.evil.example',
    'evil.example/win',
    'evil.example:8080',
    'evil.example?x=1',
    '10.0.0.1/x',
    'mailto:me@evil.example',
    'me@evil.example',
    'javascript:alert(1)',
    'evil。example/win',
  ])('is found in %j, and is no link any more without its links', (text) => {
    expect(holdsAddress(text)).toBe(true);
    expect(holdsAddress(withoutLinks(text))).toBe(false);
  });

  it.each([
    'Booking.com',
    'Dr. Smith',
    'J.R.R.',
    'Vines & Sons Inc./Ltd',
    'R&D / QA',
    'AC/DC',
    'St.John',
    '3.5 ha',
    'Mr.',
  ])('is not in %j', (text) => {
    expect(holdsAddress(text)).toBe(false);
  });

  it('is also a domain alone, where no honest person writes one', () => {
    expect(holdsAddressOrDomain('Accept here: evil.com')).toBe(true);
    expect(holdsAddressOrDomain('Dr. Smith, J.R.')).toBe(false);
    expect(withoutLinks('go to evil.com now')).toBe('go to evil[.]com now');
  });
});

const url = fc.constantFrom(
  'http://evil.example',
  'https://evil.example/a?b',
  'www.evil.example',
  'evil.example/x',
  'me@evil.com',
);
const field = fc.tuple(odd, url, odd).map(([before, address, after]) => singleLine(`${before} ${address} ${after}`));

test('nothing that people of ours read has an address of a stranger’s as a link', () => {
  fc.assert(
    fc.property(field, (text) => {
      const person = { firstName: text, lastName: text, company: text, jobTitle: text };
      expect(presentable(person)).toEqual({ firstName: null, lastName: null, company: null, jobTitle: null });
      const stated = { ...person, phone: text, productLine: text, needType: text, campaign: text };
      const words = inTheirWords(stated, { productLines: ['vineyard'], needTypes: [], campaigns: [] });
      expect(words.map(({ what }) => what)).toEqual([
        'Name',
        'Company',
        'Role',
        'Phone',
        'Product line',
        'Need',
        'Campaign',
      ]);
      for (const one of words) {
        expect(holdsAddress(one.words)).toBe(false);
        expect(one.words).not.toMatch(UNSEEN);
      }
    }),
  );
});

test('a word is listed whatever its case, and is written as the playbook writes it', () => {
  expect(listed(['GreenTech Expo'], ' greentech  EXPO')).toBe('GreenTech Expo');
  expect(listed(['vineyard'], 'vineyards')).toBeNull();
  expect(listed(['vineyard'], null)).toBeNull();
});
