/** Rows of a statement with GROUPING SETS ((group), ()): those of the groups, and the one of all. */
import type { Cell, Row } from './report.ts';

/** `isTotal`: grouping() of the column, 1 for the row of all. */
export type Grouped = Record<string, Cell> & { group: string | null; isTotal: number };

export function splitTotal<R extends Grouped>(rows: readonly R[]): { groups: R[]; total: R | undefined } {
  return { groups: rows.filter(({ isTotal }) => isTotal === 0), total: rows.find(({ isTotal }) => isTotal === 1) };
}

/** Rows as a section shows them. `more`: what a row has besides, by the row. */
export function rowsOf<R extends Grouped>(
  rows: readonly R[],
  more: (row: R) => Omit<Row, 'cells' | 'group'> & { cells?: Row['cells'] } = () => ({}),
): { rows: Row[]; total?: Row } {
  const { groups, total } = splitTotal(rows);
  const shown = (row: R): Omit<Row, 'group'> => {
    const { isTotal: _total, ...cells } = row;
    const { cells: others, ...rest } = more(row);
    return { ...rest, cells: { ...cells, ...others } };
  };
  const all = total && shown(total);
  return {
    rows: groups.map((row) => ({ ...shown(row), group: row.group })),
    ...(all && { total: { ...all, cells: { ...all.cells, group: 'All' } } }),
  };
}
