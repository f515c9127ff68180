/** A report in words, as a mail shows it. */
import type { DigestPart } from '../domain/digest.ts';
import type { Section } from './report.ts';
import { sparkline } from './sparkline.ts';
import { inWords } from './words.ts';

/** The page has the others. */
const MOST_ROWS = 25;
const LONGEST_BAR = 12;

export function sectionInWords({ title, columns, rows, total, chart, notes }: Section, currency: string): DigestPart {
  const shown = rows.slice(0, MOST_ROWS);
  const cells = (row: Section['rows'][number]) =>
    columns.map(({ key, unit }) => inWords(row.cells[key] ?? null, unit, currency));
  const drawn = chart === undefined ? [] : columns.filter(({ key }) => chart.columns.includes(key));
  const [first] = drawn;
  const values = rows.map((row) => Number(row.cells[first?.key ?? ''] ?? 0));
  const highest = Math.max(0, ...values);
  const isOverTime = chart?.kind === 'lines';
  // Bars of one figure stand in the table; over time each figure is a line of its own.
  const bar = (n: number): string[] =>
    first === undefined || isOverTime || highest <= 0
      ? []
      : ['█'.repeat(Math.max(0, Math.round(((values[n] ?? 0) / highest) * LONGEST_BAR)))];
  return {
    title,
    head: [...columns.map((column) => column.title), ...bar(0).map(() => first?.title ?? '')],
    rows: [
      ...shown.map((row, n) => [...cells(row), ...bar(n)]),
      ...(total === undefined || rows.length === 0 ? [] : [[...cells(total), ...bar(0).map(() => '')]]),
    ],
    hasTotal: total !== undefined && rows.length > 0,
    lines: isOverTime
      ? drawn.map((column) => `${column.title} ${sparkline(rows.map((row) => Number(row.cells[column.key] ?? 0)))}`)
      : [],
    notes: [...notes, ...(rows.length > shown.length ? [`The page has ${rows.length - shown.length} more rows.`] : [])],
  };
}
