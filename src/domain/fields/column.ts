import type { Scalar } from '../condition-parts.ts';
import type { Row, Sources } from './field.ts';

/** Fields that are a column of a row, read as it stands. The row need not be named elsewhere: the column is read once a condition asks. */

interface ColumnOf<P extends 'need' | TouchPart> {
  part: P;
  /** The field of the row in memory; the column has its name in snake case. */
  column: string;
  read: (sources: Sources) => Scalar | null;
  sql: string;
}

export function ofNeed(column: string): ColumnOf<'need'> {
  return { part: 'need', column, read: ({ need }) => valueOf(need, column), sql: `n.${columnName(column)}` };
}

type TouchPart = keyof typeof TOUCHES;

/** The touches that fields are read from, with their alias in SQL. */
const TOUCHES = { touch: 't', firstTouch: 'f', lastTouch: 'z' } as const;

export function ofTouch<P extends TouchPart>(column: string, part: P): ColumnOf<P> {
  return {
    part,
    column,
    read: (sources) => valueOf(sources[part], column),
    sql: `${TOUCHES[part]}.${columnName(column)}`,
  };
}

/** Every column is its field's name in snake case (prisma/schema.prisma). */
export function columnName(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function valueOf(row: Row | null | undefined, column: string): Scalar | null {
  const value = row?.[column];
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
