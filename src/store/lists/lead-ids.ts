import { FILTER_FIELDS, type FilterValues } from '../../domain/fields/registry.ts';
import type { Scope } from '../../domain/policy.ts';
import { isInNurturePool, STAGES } from '../../domain/stage.ts';
import type { Tx } from '../db.ts';
import { POOL, walksOf } from '../access/scope.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';

/** Values of fields that lists filter by, as columns have them. Null: leads that have none. */
export type FilterBy = { [N in keyof FilterValues]: FilterValues[N] | null } & {
  /** The whole address, in any case. */
  email?: string | undefined;
  /** Only leads in the nurture pool. */
  isInPool?: boolean;
};

/**
 * The ids of a page of leads, newest first. In SQL of our own, as a page has to be read from an index in its order and cut
 * there: the cursor bounds every table that is walked, enum values are constants (no partial index holds for a parameter that
 * is cast), and each way in which a rep may see a lead is a walk of its own. `filter.owner` is an id.
 */
export async function leadIdsPage(
  tx: Tx,
  scope: Scope,
  filter: FilterBy,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const walk = (join: Prisma.Sql, where: Prisma.Sql): Prisma.Sql => Prisma.sql`
    SELECT l.id FROM leads l ${join} ${enrollmentJoin(filter, after)}
    WHERE ${Prisma.join([where, ...conditionsOf(filter, after)], ' AND ')} ORDER BY l.id DESC LIMIT ${limit}`;
  const isInPool = filter.isInPool === true || STAGES.some((stage) => stage === filter.stage && isInNurturePool(stage));
  const walks = walksOf(scope, { isOwned: filter.owner !== null, isInPool }, walk, (column) => before(column, after));
  if (walks.length === 0) return [];
  const page = Prisma.sql`
    SELECT DISTINCT id FROM (${Prisma.join(walks, ' UNION ALL ')}) seen ORDER BY id DESC LIMIT ${limit}`;
  const rows = await planned<{ id: string }>(tx, page);
  return rows.map(({ id }) => id);
}

/** Fields of the active enrollment are looked for where it is. */
function enrollmentJoin(filter: FilterBy, after: string | null): Prisma.Sql {
  const conditions = FILTER_FIELDS.filter(({ part }) => part === 'enrollment').flatMap((field) => equal(field, filter));
  if (conditions.length === 0) return Prisma.empty;
  return Prisma.sql`JOIN enrollments e ON e.lead_id = l.id AND ${Prisma.join(conditions, ' AND ')} AND e.status = 'active' AND e.kind = 'main'
                    ${before('e.lead_id', after)}`;
}

function before(column: string, after: string | null): Prisma.Sql {
  return after === null ? Prisma.empty : Prisma.sql`AND ${Prisma.raw(column)} < ${after}`;
}

function conditionsOf(filter: FilterBy, after: string | null): Prisma.Sql[] {
  const { email, isInPool = false } = filter;
  return [
    ...(isInPool ? [Prisma.sql`l.stage IN (${POOL})`] : []),
    ...(after === null ? [] : [Prisma.sql`l.id < ${after}`]),
    ...FILTER_FIELDS.filter(({ part }) => part !== 'enrollment').flatMap((field) => equal(field, filter)),
    ...(email === undefined ? [] : [Prisma.sql`l.email = ${email.toLowerCase()}`]),
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
