import type { Asked } from '../../domain/fields/asked.ts';
import type { NeedRow, Part, Row, Sources, TouchRow } from '../../domain/fields/field.ts';
import { columnName } from '../../domain/fields/column.ts';
import { CONSENTED_SQL } from '../../domain/fields/of-lead.ts';
import { ROW_FIELDS } from '../../domain/fields/registry.ts';
import { behaviorSql, type SqlMoment } from '../conditions/bind.ts';
import type { Tx } from '../db.ts';
import { type Lead, Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';
import { joinsOf } from './parts.ts';

/** The rows, besides the lead's own, that fields are read from. Rows that no condition asks about are missing. */
export type LeadContext = Omit<Sources, 'lead'> & { behaviors?: Readonly<Record<string, number>> };

/** The columns of a part's row that fields are read from, each once. */
function columnsRead(part: Part): readonly Column[] {
  const fields = ROW_FIELDS.flatMap(({ part: of, column, ...field }) =>
    of === part && column !== undefined
      ? [[column, { field: column, isEnum: 'enumType' in field && field.enumType !== undefined }] as const]
      : [],
  );
  return [...new Map(fields).values()];
}
interface Column {
  field: string;
  isEnum: boolean;
}

const NEED = columnsRead('need');
const TOUCHES = {
  touch: columnsRead('touch'),
  firstTouch: columnsRead('firstTouch'),
  lastTouch: columnsRead('lastTouch'),
};
type TouchPart = keyof typeof TOUCHES;

/** The owner named by a row in memory, which may not be written yet. */
export async function readOwner(tx: Tx, ownerId: string | null): Promise<{ key: string } | null> {
  if (ownerId === null) return null;
  const [owner] = await tx.$queryRaw<{ key: string }[]>`SELECT key FROM reps WHERE id = ${ownerId}`;
  return owner ?? null;
}

/** The columns that tell of a part. */
const COLUMNS: Readonly<Record<Exclude<Part, 'lead'>, readonly string[]>> = {
  need: ['n.id AS "needId"', ...columnsAs('n', NEED, 'need')],
  touch: touchColumns('touch', 't'),
  firstTouch: touchColumns('firstTouch', 'f'),
  lastTouch: touchColumns('lastTouch', 'z'),
  consent: [`${CONSENTED_SQL} AS "consent"`],
  enrollment: ['e.cadence AS "cadence"'],
  owner: ['o.key AS "owner"'],
};

function touchColumns(part: TouchPart, alias: string): string[] {
  return [`${alias}.id AS "${part}Id"`, ...columnsAs(alias, TOUCHES[part], part)];
}

function columnsAs(alias: string, columns: readonly Column[], prefix: string): string[] {
  return columns.map(
    ({ field, isEnum }) => `${alias}.${columnName(field)}${isEnum ? '::text' : ''} AS "${prefix}_${field}"`,
  );
}

type ContextRow = Readonly<Record<string, unknown>> & { leadId: string };

/** Reads what conditions ask about, for any number of leads, in one statement. Reads nothing when the leads' own rows are enough. */
export async function loadContexts(
  tx: Tx,
  leads: readonly Pick<Lead, 'id'>[],
  { parts, behaviors }: Asked,
  moment: SqlMoment,
): Promise<Map<string, LeadContext>> {
  const beyond = [...parts].filter((part) => part !== 'lead');
  if (leads.length === 0 || (beyond.length === 0 && behaviors.size === 0)) return new Map();
  const asked = [...behaviors.values()].map(
    (ask, i) => Prisma.sql`${behaviorSql(ask, moment)} AS ${Prisma.raw(`"behavior_${i}"`)}`,
  );
  const columns = [
    Prisma.raw('l.id AS "leadId"'),
    ...beyond.flatMap((part) => COLUMNS[part].map(Prisma.raw)),
    ...asked,
  ];
  const rows = await planned<ContextRow>(
    tx,
    Prisma.sql`SELECT ${Prisma.join(columns)} FROM leads l ${joinsOf(beyond)} WHERE l.id = ANY(${leads.map(({ id }) => id)})`,
  );
  return new Map(rows.map((row) => [row.leadId, contextOf(row, new Set(beyond), [...behaviors.keys()])]));
}

function contextOf(row: ContextRow, parts: ReadonlySet<Part>, behaviors: readonly string[]): LeadContext {
  return {
    ...(parts.has('need') ? { need: row['needId'] === null ? null : (partOf(row, NEED, 'need') as NeedRow) } : {}),
    ...touchOf(row, parts, 'touch'),
    ...touchOf(row, parts, 'firstTouch'),
    ...touchOf(row, parts, 'lastTouch'),
    ...(parts.has('consent') ? { consent: row['consent'] === true } : {}),
    ...(parts.has('enrollment') ? { enrollment: keyed('cadence', row['cadence']) } : {}),
    ...(parts.has('owner') ? { owner: keyed('key', row['owner']) } : {}),
    behaviors: Object.fromEntries(
      behaviors.flatMap((key, i) => (row[`behavior_${i}`] === null ? [] : [[key, Number(row[`behavior_${i}`])]])),
    ),
  };
}

function touchOf(
  row: ContextRow,
  parts: ReadonlySet<Part>,
  part: TouchPart,
): Partial<Record<TouchPart, TouchRow | null>> {
  if (!parts.has(part)) return {};
  return { [part]: row[`${part}Id`] === null ? null : (partOf(row, TOUCHES[part], part) as TouchRow) };
}

function partOf(row: ContextRow, columns: readonly Column[], prefix: string): Row {
  return Object.fromEntries(columns.map(({ field }) => [field, row[`${prefix}_${field}`]]));
}

function keyed<K extends string>(name: K, value: unknown): Record<K, string> | null {
  return typeof value === 'string' ? ({ [name]: value } as Record<K, string>) : null;
}
