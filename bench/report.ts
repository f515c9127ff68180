/** The table at the end. */
import Table from 'cli-table3';
import type { Row } from './bench.ts';

export function tableOf(rows: readonly Row[]): string {
  const head = ['benchmark', 'floor', 'engine', '', 'to the floor', 'wanted'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const row of rows) {
    table.push([
      row.what,
      row.floor === undefined ? '' : figure(row.floor),
      figure(row.engine),
      row.unit,
      row.ratio === undefined ? '' : row.ratio.toFixed(2),
      row.want ?? '',
    ]);
  }
  return table.toString();
}

/** Rounds to three significant digits. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
