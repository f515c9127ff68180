/** What filters give in HTML and in text, for readers of several languages and zones. */
import { describe, expect, it } from 'vitest';
import { FILTER_EXAMPLES } from '../../src/email/filters/filters.ts';
import { htmlLiquid, liquidProblem, textLiquid } from '../../src/email/liquid.ts';
import { formattingLanguage, LOCALE_VARIABLE, type Locale } from '../../src/email/locale.ts';

const BERLIN: Locale = { language: 'en', zone: 'Europe/Berlin', at: new Date('2026-11-27T23:30:00Z') };
const LEAD = { company: 'Vines & Sons', attributes: { note: 'Gate <2>\nRing twice' } };

function both(source: string, locale: Locale = BERLIN, more: object = {}): [html: string, text: string] {
  const values = { lead: LEAD, ...more, [LOCALE_VARIABLE]: locale };
  return [htmlLiquid.parseAndRenderSync(source, values), textLiquid.parseAndRenderSync(source, values)] as [
    string,
    string,
  ];
}

/** Spaces of Intl are narrow or do not break. */
const plain = (text: string): string => text.replaceAll(/[\u202f\u00a0]/g, ' ');

const unescaped = (html: string): string =>
  html
    .replaceAll('<br />', '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#34;', '"')
    .replaceAll('&amp;', '&');

describe('the examples of docs/templates.md', () => {
  it.each(FILTER_EXAMPLES)('$written', ({ written, shown }) => {
    const [html, text] = both(written);
    expect(plain(html)).toBe(shown);
    expect(plain(text)).toBe(unescaped(shown));
  });
});

describe('dates and times', () => {
  const tokyo: Locale = { ...BERLIN, language: 'de', zone: 'Asia/Tokyo' };
  it.each<[string, string]>([
    ['{{ "2026-12-01" | date }}', '1. Dezember 2026'],
    ['{{ "2026-12-01" | date: "%d %b %Y" }}', '01 Dez 2026'],
    ['{{ "2026-12-01" | date: "%A", "America/Los_Angeles" }}', 'Dienstag'],
    ['{{ "2026-12-01T09:00" | date: "%H:%M" }} {{ "2026-12-01 09:00" | time }}', '09:00 09:00'],
    ['{{ "2026-12-01T20:00:00Z" | date: "short" }}, {{ "2026-12-01T20:00:00Z" | time }}', '02.12.26, 05:00'],
    ['{{ "2026-12-01T20:00:00+02:00" | time: "short", "Europe/London" }}', '18:00'],
    ['{{ "1 December 2026" | date: "%Y-%m-%d" }} {{ "2026-12-01" | time }}|', '2026-12-01 |'],
    ['{{ "now" | date: "%d %H:%M" }} {{ "today" | date: "medium" }}', '28 08:30 28.11.2026'],
    ['{{ 1764579600 | date: "%H:%M" }}', '18:00'],
    ['{{ lead.nothing | date }}|{{ "soon" | date }}', '|soon'],
    ['{{ "2026-12-01" | date_to_string }}', '01 Dez 2026'],
  ])('%s', (written, shown) => {
    expect(both(written, tokyo).map(plain)).toEqual([shown, shown]);
  });

  it('do not know of the zone of the server', () => {
    const before = process.env['TZ'];
    try {
      for (const zone of ['America/Los_Angeles', 'Pacific/Kiritimati']) {
        process.env['TZ'] = zone;
        expect(both('{{ "2026-12-01" | date: "%d %b %Y" }}')[0]).toBe('01 Dec 2026');
        expect(both('{{ "2026-12-01T09:00:00Z" | date: "%H:%M" }}')[0]).toBe('10:00');
        expect(both('{{ "2026-12-01T09:00" | date: "%H:%M" }}')[0]).toBe('09:00');
      }
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });

  it('speak the language of the mail, and the reader’s form of it', () => {
    expect(formattingLanguage('en', 'en-GB')).toBe('en-GB');
    expect(formattingLanguage('en', 'fr')).toBe('en');
    expect(formattingLanguage(null, 'fr')).toBe('fr');
    expect(formattingLanguage('de', null)).toBe('de');
    expect(formattingLanguage(null, 'not a language')).toBe('en');
  });
});

describe('money and plurals', () => {
  const inGerman: Locale = { ...BERLIN, language: 'de' };
  it.each<[string, Locale, string]>([
    ['{{ 129900 | money: "EUR" }}', inGerman, '1.299,00 €'],
    ['{{ 500 | money: "jpy" }}', BERLIN, '¥500'],
    ['{{ price | money }}', BERLIN, '$12.50'],
    ['{{ lead.company | money: "EUR" | default: "a fair price" }}', BERLIN, 'a fair price'],
    ['{{ "1500" | plural: one: "# Platz", other: "# Plätze" }}', inGerman, '1.500 Plätze'],
    [
      '{{ 3 | plural: one: "# miejsce", few: "# miejsca", many: "# miejsc", other: "# miejsca" }}',
      { ...BERLIN, language: 'pl' },
      '3 miejsca',
    ],
    ['{{ lead.nothing | plural: "a", "b" }}|', BERLIN, '|'],
  ])('%s', (written, locale, shown) => {
    expect(both(written, locale, { price: { valueMinor: 1250, currency: 'USD' } }).map(plain)).toEqual([shown, shown]);
  });

  it.each([
    ['{{ 1 | money }}', 'money needs a currency'],
    ['{{ 1 | money: "EURO" }}', '"EURO" is no currency'],
    ['{{ 1 | plural: one: "x" }}', 'plural needs the words for all other numbers'],
    ['{{ 1 | plural: on: "x", other: "y" }}', 'plural has no "on"; did you mean "one"?'],
    ['{{ "2026-12-01" | date: "lang" }}', '"lang" is no style of date'],
  ])('%s is refused', (written, why) => {
    expect(() => both(written)).toThrow(why);
  });
});

describe('addresses and markup', () => {
  it.each<[string, string, string]>([
    [
      '{{ "https://x.example/?a=1#end" | link: q: lead.company, none: lead.nothing }}',
      'https://x.example/?a=1&amp;q=Vines%20%26%20Sons#end',
      'https://x.example/?a=1&q=Vines%20%26%20Sons#end',
    ],
    ['{{ lead.company | escape }}', 'Vines &amp; Sons', 'Vines & Sons'],
    ['{{ "<b>\n" | newline_to_br }}', '&lt;b&gt;<br />\n', '<b>\n'],
    ['{{ lead.attributes.note | newline_to_br | upcase }}', 'GATE &lt;2&gt;<br />\nRING TWICE', 'GATE <2>\nRING TWICE'],
  ])('%s', (written, html, text) => {
    expect(both(written)).toEqual([html, text]);
  });

  it.each([
    ['raw', /no filter makes markup of one but newline_to_br/],
    ['markdownify', /no filter makes markup/],
    ['upcse', /did you mean "upcase"\?/],
  ])('a filter %s is refused with what would be right', (filter, why) => {
    let message = '';
    try {
      htmlLiquid.parse(`{{ lead.company | ${filter} }}`);
    } catch (error) {
      message = liquidProblem(error)?.hint ?? '';
    }
    expect(message).toMatch(why);
  });
});
