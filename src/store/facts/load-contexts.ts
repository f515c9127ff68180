import type { Asked } from '../../domain/fields/asked.ts';
import type { NeedRow, Part, Sources, TouchRow } from '../../domain/fields/field.ts';
import { ROW_FIELDS } from '../../domain/fields/registry.ts';
import { behaviorSql, type SqlMoment } from '../conditions/bind.ts';
import type { Tx } from '../db.ts';
import { type Lead, Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';
import { joinsOf } from './parts.ts';

/** The rows, besides the lead's own, that fields are read from. Rows that no condition asks about are missing. */
export type LeadContext = Omit<Sources, 'lead'> & { behaviors?: Readonly<Record<string, number>> };

const NEED = {
  type: 'type',
  productLine: 'product_line',
  maturity: 'maturity::text',
  budget: 'budget::text',
  authority: 'authority::text',
  needKnown: 'need_known::text',
  timing: 'timing::text',
  valueMinor: 'value_minor',
  currency: 'currency',
  recycleCount: 'recycle_count',
} as const satisfies Record<keyof NeedRow, string>;
const TOUCH = {
  source: 'source',
  medium: 'medium',
  campaign: 'campaign',
  content: 'content',
  landingPage: 'landing_page',
} as const satisfies Record<keyof TouchRow, string>;

/** The owner named by a row in memory, which may not be written yet. */
export async function readOwner(tx: Tx, ownerId: string | null): Promise<{ key: string } | null> {
  if (ownerId === null) return null;
  const [owner] = await tx.$queryRaw<{ key: string }[]>`SELECT key FROM reps WHERE id = ${ownerId}`;
  return owner ?? null;
}

/** The columns that tell of a part. */
const COLUMNS: Readonly<Record<Exclude<Part, 'lead'>, readonly string[]>> = {
  need: ['n.id AS "needId"', ...columnsOf('n', NEED, 'need')],
  touch: ['t.id AS "touchId"', ...columnsOf('t', TOUCH, 'touch')],
  consent: [`${ROW_FIELDS.find(({ name }) => name === 'consented')?.sql} AS "consent"`],
  enrollment: ['e.cadence AS "cadence"'],
  owner: ['o.key AS "owner"'],
};

function columnsOf(alias: string, columns: Readonly<Record<string, string>>, prefix: string): string[] {
  return Object.entries(columns).map(([field, column]) => `${alias}.${column} AS "${prefix}_${field}"`);
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
    ...(parts.has('need') ? { need: row['needId'] === null ? null : partOf<NeedRow>(row, NEED, 'need') } : {}),
    ...(parts.has('touch') ? { touch: row['touchId'] === null ? null : partOf<TouchRow>(row, TOUCH, 'touch') } : {}),
    ...(parts.has('consent') ? { consent: row['consent'] === true } : {}),
    ...(parts.has('enrollment') ? { enrollment: keyed('cadence', row['cadence']) } : {}),
    ...(parts.has('owner') ? { owner: keyed('key', row['owner']) } : {}),
    behaviors: Object.fromEntries(
      behaviors.flatMap((key, i) => (row[`behavior_${i}`] === null ? [] : [[key, Number(row[`behavior_${i}`])]])),
    ),
  };
}

function partOf<T>(row: ContextRow, columns: Readonly<Record<keyof T & string, string>>, prefix: string): T {
  return Object.fromEntries(Object.keys(columns).map((field) => [field, row[`${prefix}_${field}`]])) as T;
}

function keyed<K extends string>(name: K, value: unknown): Record<K, string> | null {
  return typeof value === 'string' ? ({ [name]: value } as Record<K, string>) : null;
}
