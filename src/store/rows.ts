/** Writes rows of the tables that steps and events use, any number of rows in one statement. */
import { columnName } from '../domain/fields/column.ts';
import { stated } from '../domain/stated.ts';
import type { Tx } from './db.ts';
import {
  type Answer,
  type Assignment,
  type Audit,
  type Enrollment,
  type FunnelChange,
  type Lead,
  type Need,
  type Outbox,
  Prisma,
  type Rep,
  type Send,
  type StageChange,
  type Task,
  type Touch,
} from './generated/client.ts';

interface Rows {
  answers: Answer;
  assignments: Assignment;
  audit: Audit;
  enrollments: Enrollment;
  funnel_changes: FunnelChange;
  leads: Lead;
  needs: Need;
  outbox: Outbox;
  reps: Rep;
  sends: Send;
  stage_changes: StageChange;
  tasks: Task;
  touches: Touch;
}

type Table = keyof Rows;

const FIELDS: { [T in Table]: Readonly<Record<keyof Rows[T], string>> } = {
  answers: Prisma.AnswerScalarFieldEnum,
  assignments: Prisma.AssignmentScalarFieldEnum,
  audit: Prisma.AuditScalarFieldEnum,
  enrollments: Prisma.EnrollmentScalarFieldEnum,
  funnel_changes: Prisma.FunnelChangeScalarFieldEnum,
  leads: Prisma.LeadScalarFieldEnum,
  needs: Prisma.NeedScalarFieldEnum,
  outbox: Prisma.OutboxScalarFieldEnum,
  reps: Prisma.RepScalarFieldEnum,
  sends: Prisma.SendScalarFieldEnum,
  stage_changes: Prisma.StageChangeScalarFieldEnum,
  tasks: Prisma.TaskScalarFieldEnum,
  touches: Prisma.TouchScalarFieldEnum,
};

/** Column list of a raw SELECT whose rows are those of the model. */
export function columnsOf(table: Table): Prisma.Sql {
  return COLUMNS[table];
}

/** The same without some fields, for a statement that reads very many rows. */
export function columnsWithout<T extends Table>(table: T, fields: readonly (keyof Rows[T] & string)[]): Prisma.Sql {
  const kept = Object.keys(FIELDS[table]).filter((field) => !(fields as readonly string[]).includes(field));
  return Prisma.raw(kept.map((field) => columnAs(table, field)).join(', '));
}

const COLUMNS = Object.fromEntries(
  Object.entries(FIELDS).map(([table, fields]) => [
    table,
    Prisma.raw(
      Object.keys(fields)
        .map((field) => columnAs(table as Table, field))
        .join(', '),
    ),
  ]),
) as Record<Table, Prisma.Sql>;

function columnAs(table: Table, field: string): string {
  return `${table}.${columnName(field)} AS "${field}"`;
}

/** Writes rows that have the same fields, in the given order. Other columns get their default. */
export async function insertRows<T extends Table>(tx: Tx, table: T, rows: readonly Partial<Rows[T]>[]): Promise<void> {
  if (rows.length > 0) await tx.$executeRaw(insertionOf(table, rows));
}

/** Writes one row and returns all of it, with defaults. */
export async function insertRow<T extends Table>(tx: Tx, table: T, row: Partial<Rows[T]>): Promise<Rows[T]> {
  const [written] = await tx.$queryRaw<Rows[T][]>`${insertionOf(table, [row])} RETURNING ${columnsOf(table)}`;
  if (written === undefined) throw new Error(`A row of ${table} was not written`);
  return written;
}

function insertionOf<T extends Table>(table: T, rows: readonly Partial<Rows[T]>[]): Prisma.Sql {
  const columns = Prisma.raw(
    Object.keys(stated(rows[0] ?? {}))
      .map(columnName)
      .join(', '),
  );
  return Prisma.sql`
    INSERT INTO ${Prisma.raw(table)} (${columns})
    SELECT ${columns} FROM jsonb_populate_recordset(NULL::${Prisma.raw(table)}, ${asJson(rows)}::jsonb)`;
}

/** Changes the given fields of one row. A field that is `undefined` stays as it is. */
export async function updateRow<T extends Table>(tx: Tx, table: T, id: string, patch: Partial<Rows[T]>): Promise<void> {
  // A field that is `undefined` is left out: as a column it would become NULL.
  const columns = Object.keys(stated(patch)).map(columnName);
  if (columns.length === 0) return;
  const sets = columns.map((column) => `${column} = u.${column}`);
  if ('updatedAt' in FIELDS[table]) sets.push('updated_at = now()');
  await tx.$executeRaw`
    UPDATE ${Prisma.raw(table)} SET ${Prisma.raw(sets.join(', '))}
    FROM jsonb_populate_record(NULL::${Prisma.raw(table)}, ${asJson(patch)}::jsonb) u
    WHERE ${Prisma.raw(table)}.id = ${id}`;
}

/** For jsonb_populate_record(set): with columns as names. Times are written in ISO 8601, whole numbers of 64 bits as text, which PostgreSQL reads as such. */
export function asJson(value: object | readonly object[]): string {
  const byColumn = (row: object): object =>
    Object.fromEntries(Object.entries(row).map(([field, cell]) => [columnName(field), cell as unknown]));
  return JSON.stringify(Array.isArray(value) ? value.map(byColumn) : byColumn(value), (_, cell: unknown) =>
    typeof cell === 'bigint' ? cell.toString() : cell,
  );
}
