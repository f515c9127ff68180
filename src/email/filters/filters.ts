/** The filters of mails beside those of LiquidJS, in the order of docs/templates.md, which lists them from here. */
import type { Liquid } from 'liquidjs';
import { DATE_FILTERS } from './dates.ts';
import type { MailFilter } from './filter.ts';
import { keepLineBreaks, markLineBreaks } from './line-breaks.ts';
import { link, urlEncode } from './link.ts';
import { money } from './money.ts';
import { plural } from './plural.ts';

/** What follows is the same in HTML and in plain text. */
const FILTERS: Readonly<Record<string, MailFilter>> = {
  ...DATE_FILTERS,
  money,
  plural,
  link,
  url_encode: urlEncode,
};

/** Every value is escaped where HTML needs it, once: these do nothing more. */
const ESCAPING = ['escape', 'escape_once', 'xml_escape'];

export function registerFilters(liquid: Liquid, { html }: { html: boolean }): void {
  for (const [name, filter] of Object.entries(FILTERS)) liquid.registerFilter(name, filter);
  for (const name of ESCAPING) liquid.registerFilter(name, (value: unknown) => value);
  liquid.registerFilter('newline_to_br', html ? markLineBreaks : keepLineBreaks);
}

/** A filter with an example, for docs/templates.md. A test renders each. */
export interface FilterExample {
  filter: string;
  does: string;
  written: string;
  /** For a lead in Berlin who reads English, and in HTML. */
  shown: string;
}

export const FILTER_EXAMPLES: readonly FilterExample[] = [
  {
    filter: 'date',
    does: 'a date in words: `short`, `medium`, `long` (also without an argument) or `full`',
    written: '{{ "2026-12-01" | date }}',
    shown: 'December 1, 2026',
  },
  {
    filter: 'date',
    does: 'a date by a pattern, with names of months and days in the language of the mail',
    written: '{{ "2026-12-01" | date: "%d %b %Y" }}',
    shown: '01 Dec 2026',
  },
  {
    filter: 'date',
    does: 'in a zone of your choice',
    written: '{{ "2026-12-01T23:30:00Z" | date: "full", "America/New_York" }}',
    shown: 'Tuesday, December 1, 2026',
  },
  {
    filter: 'time',
    does: 'the time of day; `short` (also without an argument), `medium`, `long` or `full`. Nothing for a date without a time',
    written: '{{ "2026-12-01T09:00:00Z" | time }}',
    shown: '10:00 AM',
  },
  {
    filter: 'money',
    does: 'an amount in minor units (cents) and its currency; nothing for what is no amount',
    written: '{{ 129900 | money: "EUR" }}',
    shown: '€1,299.00',
  },
  {
    filter: 'plural',
    does: 'the words that fit the number, by the rules of the language: `one`, `other`, and where the language has them `zero`, `two`, `few`, `many`. `#` is the number',
    written: '{{ 3 | plural: one: "# place", other: "# places" }}',
    shown: '3 places',
  },
  {
    filter: 'plural',
    does: 'the same in short, for languages with two forms',
    written: '{{ 1 | plural: "place", "places" }}',
    shown: 'place',
  },
  {
    filter: 'link',
    does: 'an address with parameters, each encoded; one that is not known is left out',
    written: '{{ "https://shop.example/search" | link: q: "Vines & Sons", page: 2 }}',
    shown: 'https://shop.example/search?q=Vines%20%26%20Sons&amp;page=2',
  },
  {
    filter: 'url_encode',
    does: 'one value, encoded for an address',
    written: 'mailto:a@b.example?subject={{ "Vines & Sons" | url_encode }}',
    shown: 'mailto:a@b.example?subject=Vines%20%26%20Sons',
  },
  {
    filter: 'newline_to_br',
    does: 'keeps the line breaks of a text; in plain text they are there anyway',
    written: '{{ lead.attributes.note | newline_to_br }}',
    shown: 'Gate &lt;2&gt;<br />\nRing twice',
  },
];

/** The table of docs/templates.md. */
export function filtersTable(): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const rows = FILTER_EXAMPLES.map(
    ({ filter, does, written, shown }) => `| \`${filter}\` | ${does} | \`${cell(written)}\` | \`${cell(shown)}\` |`,
  );
  return ['| filter | what it gives | written | in HTML |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
