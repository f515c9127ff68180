/** A report in words, as a mail shows it: the sections in which there is something. */
import type { DigestPart, DigestRow } from '../domain/digest.ts';
import type { Row, Section } from './report.ts';
import { sparkline } from './sparkline.ts';
import { cellInWords } from './words.ts';

/** The page has the others. */
const MOST_ROWS = 25;

/** The total of the period before, and what it is called. */
interface Before {
  title: string;
  section: Section | undefined;
}

/** @param before Stands beside the total of the section that it is of */
export function digestParts(sections: readonly Section[], currency: string, before: Before): DigestPart[] {
  return sections
    .filter((section) => hasFigures(section))
    .map((section) => sectionInWords(section, currency, section.key === before.section?.key ? before : null));
}

/** Whether any row has a figure that is not nothing. Weeks without a lead are rows, too. */
function hasFigures({ columns, rows }: Section): boolean {
  const figures = columns.slice(1).filter(({ unit }) => unit !== 'text');
  return rows.some(
    ({ cells }) =>
      figures.length === 0 ||
      figures.some(({ key }) => {
        const value = cells[key] ?? null;
        return value !== null && value !== 0;
      }),
  );
}

function sectionInWords(section: Section, currency: string, before: Before | null): DigestPart {
  const { title, columns, rows, total, chart, notes } = section;
  const shown = rows.slice(0, MOST_ROWS);
  const rowOf = (row: Row, isTotal: boolean): DigestRow => ({
    cells: columns.map((column, i) => {
      const value = row.cells[column.key] ?? null;
      return value === null && i > 0 ? null : cellInWords(row, column, currency);
    }),
    isTotal,
  });
  const totals = total === undefined ? [] : [rowOf(total, true)];
  const earlier = before?.section?.total;
  const [first] = columns;
  if (total !== undefined && earlier !== undefined && first !== undefined && before !== null)
    totals.push(rowOf({ cells: { ...earlier.cells, [first.key]: before.title } }, false));
  const drawn = chart?.kind === 'lines' ? columns.filter(({ key }) => chart.columns.includes(key)) : [];
  return {
    title,
    head: columns.map((column, i) => ({ title: column.title, isFigure: i > 0 && column.unit !== 'text' })),
    rows: [...shown.map((row) => rowOf(row, false)), ...totals],
    lines: drawn.map(
      (column) => `${column.title} ${sparkline(rows.map(({ cells }) => Number(cells[column.key] ?? 0)))}`,
    ),
    notes: [...notes, ...(rows.length > shown.length ? [`The page has ${rows.length - shown.length} more rows.`] : [])],
  };
}
