/** A section of a report as CSV (RFC 4180): one line of titles, then the rows, then the total. */
import { stringify } from 'csv-stringify/sync';
import { decimalsOf } from '../domain/currency.ts';
import type { Cell, Section, Unit } from './report.ts';
import { NOT_KNOWN } from './words.ts';

/** Numbers are written plain: shares from 0 to 1, money in whole units, lengths of time in seconds. */
export function toCsv({ columns, rows, total }: Section, currency: string): string {
  const titles = columns.map(
    ({ title, unit }) => `${title}${unit === 'money' ? ` (${currency})` : unit === 'seconds' ? ' (seconds)' : ''}`,
  );
  const lines = [...rows, ...(total === undefined ? [] : [total])].map(({ cells }) =>
    columns.map(({ key, unit }) => plain(cells[key] ?? null, unit, currency)),
  );
  // A spreadsheet runs a text that begins like a formula.
  return stringify([titles, ...lines], { escape_formulas: true, record_delimiter: 'windows' });
}

function plain(value: Cell, unit: Unit, currency: string): string | number {
  if (value === null) return unit === 'text' ? NOT_KNOWN : '';
  if (unit === 'seconds' && typeof value === 'number') return Math.round(value);
  return unit === 'money' && typeof value === 'number' ? value / 10 ** decimalsOf(currency) : value;
}
