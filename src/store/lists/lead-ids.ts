import { FILTER_FIELDS, type FilterValues } from '../../domain/fields/registry.ts';
import type { Scope } from '../../domain/policy.ts';
import { isInNurturePool, isWithSales, STAGES } from '../../domain/stage.ts';
import type { Tx } from '../db.ts';
import { POOL, type Walk, walksOf } from '../access/scope.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';

/** Values of fields that lists filter by, as columns have them. Null: leads that have none. */
export type FilterBy = { [N in keyof FilterValues]: FilterValues[N] | null } & {
  /** The whole address, in any case. */
  email?: string | undefined;
  /** Only leads in the nurture pool. */
  isInPool?: boolean;
  /** Conditions over leads `l` that are about no field. */
  match?: readonly Prisma.Sql[];
};

/** The ids of a page of leads, newest first. */
export async function leadIdsPage(
  tx: Tx,
  scope: Scope,
  filter: FilterBy,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const page = leadIdsSql(scope, filter, after, limit);
  if (page === null) return [];
  const rows = await planned<{ id: string }>(tx, page);
  return rows.map(({ id }) => id);
}

/**
 * The same as a statement; null: there can be none. In SQL of our own, as a page has to be read from an index in its order and cut
 * there: the cursor bounds every table that is walked, enum values are constants (no partial index holds for a parameter that
 * is cast), and each way in which a rep may see a lead is a walk of its own. `filter.owner` is an id.
 */
export function leadIdsSql(scope: Scope, filter: FilterBy, after: string | null, limit: number): Prisma.Sql | null {
  const walk: Walk = ({ from, leadIds }, where) => {
    const id = Prisma.raw(leadIds[0]);
    const cursor = after === null ? [] : leadIds.map((column) => Prisma.sql`${Prisma.raw(column)} < ${after}`);
    return Prisma.sql`
      SELECT ${id} AS id FROM ${from} ${enrollmentJoin(filter, id, after)}
      WHERE ${Prisma.join([where, ...cursor, ...conditionsOf(filter)], ' AND ')} ORDER BY ${id} DESC LIMIT ${limit}`;
  };
  const isInPool = filter.isInPool === true || STAGES.some((stage) => stage === filter.stage && isInNurturePool(stage));
  const wanted = { isOwned: filter.owner !== null, isInPool, isCommon: isCommon(filter) };
  const walks = walksOf(scope, wanted, walk);
  if (walks.length === 0) return null;
  return Prisma.sql`
    SELECT DISTINCT id FROM (${Prisma.join(walks, ' UNION ALL ')}) seen ORDER BY id DESC LIMIT ${limit}`;
}

/**
 * Whether one in a few of the leads that were handed over is in the list: every grade and source is as common there as elsewhere, and most of
 * them are with sales. Rarer ones are found by their index.
 */
function isCommon(filter: FilterBy): boolean {
  const asked = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [name],
  );
  if (asked.every((name) => name === 'grade' || name === 'source')) return true;
  const stage = STAGES.find((one) => one === filter.stage);
  return asked.length === 1 && stage !== undefined && (isWithSales(stage) || stage === 'customer');
}

/** Fields of the active enrollment are looked for where it is. */
export function enrollmentJoin(filter: FilterBy, leadId: Prisma.Sql, after: string | null): Prisma.Sql {
  const conditions = FILTER_FIELDS.filter(({ part }) => part === 'enrollment').flatMap((field) => equal(field, filter));
  if (conditions.length === 0) return Prisma.empty;
  const cursor = after === null ? Prisma.empty : Prisma.sql`AND e.lead_id < ${after}`;
  return Prisma.sql`JOIN enrollments e ON e.lead_id = ${leadId} AND ${Prisma.join(conditions, ' AND ')}
                    AND e.status = 'active' AND e.kind = 'main' ${cursor}`;
}

/** Conditions over leads `l`. */
export function conditionsOf(filter: FilterBy): Prisma.Sql[] {
  const { email, isInPool = false, match = [] } = filter;
  return [
    ...(isInPool ? [Prisma.sql`l.stage IN (${POOL})`] : []),
    ...FILTER_FIELDS.filter(({ part }) => part !== 'enrollment').flatMap((field) => equal(field, filter)),
    ...(email === undefined ? [] : [Prisma.sql`l.email = ${email.toLowerCase()}`]),
    ...match,
  ];
}

/** The column is compared without a function or cast, so that its index is used. */
function equal(field: (typeof FILTER_FIELDS)[number], filter: FilterBy): Prisma.Sql[] {
  const value = filter[field.name];
  if (value === undefined) return [];
  const column = Prisma.raw(field.filter);
  if (field.type === 'flag') return [value ? Prisma.sql`${column} IS NOT NULL` : Prisma.sql`${column} IS NULL`];
  if (value === null) return [Prisma.sql`${column} IS NULL`];
  const type =
    field.type === 'choice' && field.enumType !== undefined ? Prisma.raw(`::${field.enumType}`) : Prisma.empty;
  return [Prisma.sql`${column} = ${value}${type}`];
}
