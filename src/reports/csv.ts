/**
 * A section of a report as CSV (RFC 4180): one line of titles, then the rows, then the total. The last columns say of which time, zone and
 * leads each row is, and of which instant: a spreadsheet, a pivot table and a program read columns, while a comment above the titles would move them.
 */
import { stringify } from 'csv-stringify/sync';
import { decimalsOf } from '../domain/currency.ts';
import { dayOf, lastDayOf } from './periods.ts';
import type { Asked, Cell, Section, Unit } from './report.ts';
import { instantIn, NOT_KNOWN } from './words.ts';

/** Numbers are written plain: shares from 0 to 1, money in whole units, lengths of time in seconds. */
export function toCsv({ columns, rows, total }: Section, currency: string, asked: Asked, asOf: Date): string {
  const titles = columns.map(
    ({ title, unit }) => `${title}${unit === 'money' ? ` (${currency})` : unit === 'seconds' ? ' (seconds)' : ''}`,
  );
  const lines = [...rows, ...(total === undefined ? [] : [total])].map(({ cells }) => [
    ...columns.map(({ key, unit }) => plain(cells[key] ?? null, unit, currency)),
    ...ofWhat(asked),
    instantIn(asOf, asked.zone),
  ]);
  // A spreadsheet runs a text that begins like a formula.
  return stringify([[...titles, ...OF_WHAT], ...lines], {
    escape_formulas: true,
    // Of any kind, not of the one that ends a line here.
    quoted_match: /[\r\n]/,
    record_delimiter: 'windows',
  });
}

const OF_WHAT = ['From', 'To', 'Time zone', 'Only', 'As of'];

function ofWhat(asked: Asked): string[] {
  return [dayOf(asked.since, asked.zone), lastDayOf(asked), asked.zone, narrowedBy(asked)];
}

/** "source=ebook; segment=hot"; empty: all leads. */
function narrowedBy({ filters, segment }: Asked): string {
  const words = Object.entries(filters).map(([key, value]) => `${key}=${value}`);
  return [...words, ...(segment === null ? [] : [`segment=${segment.segment}`])].join('; ');
}

/** Name of the file: the report, its section and its days; `-some` where it is of some leads only, which its last column names. */
export function csvName(report: string, section: string, asked: Asked): string {
  const some = narrowedBy(asked) === '' ? '' : '-some';
  return `${report}-${section}-${dayOf(asked.since, asked.zone)}-to-${lastDayOf(asked)}${some}.csv`;
}

function plain(value: Cell, unit: Unit, currency: string): string | number {
  if (value === null) return unit === 'text' ? NOT_KNOWN : '';
  if (unit === 'seconds' && typeof value === 'number') return Math.round(value);
  return unit === 'money' && typeof value === 'number' ? value / 10 ** decimalsOf(currency) : value;
}
