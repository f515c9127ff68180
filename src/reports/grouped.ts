/** Rows of a statement with GROUPING SETS ((group), ()): those of the groups, and the one of all. */
import { Prisma } from '../store/generated/client.ts';
import { type Dimension, dimensionOf } from './dimensions.ts';
import { lastMomentOf } from './periods.ts';
import type { Asked, Cell, Column, Row, Section } from './report.ts';

/** The most groups that are shown; the total counts all. */
export const MOST_GROUPS = 200;

/** The column that names the group of a row. */
export function groupColumn(by: Dimension): Column {
  const { title, definition, period } = dimensionOf(by);
  return { key: 'group', title, definition, unit: period === undefined ? 'text' : 'day', ...(period && { period }) };
}

/** The group of a turn, as SQL over `turn`. */
export function groupOf({ by, zone, ends }: Pick<Asked, 'by' | 'zone' | 'ends'>): Prisma.Sql {
  return dimensionOf(by).sql(zone, lastMomentOf({ ends }));
}

/** Whether a row is of the group that `Report.leads` is asked for. `of`: the group of the row. */
export function inGroup(of: Prisma.Sql, group: string | null | undefined): Prisma.Sql {
  return group === undefined ? Prisma.sql`TRUE` : Prisma.sql`${of} IS NOT DISTINCT FROM ${group}`;
}

/** Rows by their groups, where these have an order of their own (grades, tiers, sizes); others stay in the order that they have. */
export function inGroupOrder<R extends { group?: string | null }>(
  rows: readonly R[],
  { by, playbook }: Pick<Asked, 'by' | 'playbook'>,
): R[] {
  const order = dimensionOf(by).order?.(playbook);
  if (order === undefined) return [...rows];
  const placeOf = ({ group }: R): number => {
    const place = order.indexOf(group ?? '');
    return place < 0 ? order.length : place;
  };
  return rows.toSorted((a, b) => placeOf(a) - placeOf(b));
}

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

/** A table of groups with its chart, in the order of the groups where they have one. */
export function groupTable(
  asked: Asked,
  { key, title, drawn }: { key: string; title: string; drawn: readonly string[] },
  columns: readonly Column[],
  rows: readonly Grouped[],
): Section {
  const { rows: ofGroups, ...more } = rowsOf(rows);
  const chart = { kind: 'bars' as const, columns: drawn };
  return { key, title, columns, ...more, rows: inGroupOrder(ofGroups, asked), chart, notes: [] };
}
