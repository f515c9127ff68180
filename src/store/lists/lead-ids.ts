import type { Scope } from '../../domain/policy.ts';
import type { Tx } from '../db.ts';
import { walksOf } from '../access/scope.ts';
import { type Grade, Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';

export interface LeadFilter {
  stage?: string | undefined;
  source?: string | undefined;
  /** A rep's id or key; `none` for leads that nobody owns. */
  owner?: string | undefined;
  grade?: Grade | undefined;
  cadence?: string | undefined;
  /** The whole address, in any case. */
  email?: string | undefined;
  held?: boolean | undefined;
  paused?: boolean | undefined;
}

/**
 * The ids of a page of leads, newest first. In SQL of our own, as a page has to be read from an index in its order and cut
 * there: the cursor bounds every table that is walked, enum values are constants (no partial index holds for a parameter that
 * is cast), and each way in which a rep may see a lead is a walk of its own. `filter.owner` is an id or `none`.
 */
export async function leadIdsPage(
  tx: Tx,
  scope: Scope,
  filter: LeadFilter,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const walk = (join: Prisma.Sql, where: Prisma.Sql): Prisma.Sql => Prisma.sql`
    SELECT l.id FROM leads l ${join} ${cadenceOf(filter, after)}
    WHERE ${Prisma.join([where, ...conditionsOf(filter, after)], ' AND ')} ORDER BY l.id DESC LIMIT ${limit}`;
  const walks = walksOf(scope, filter.owner !== 'none', walk, (column) => before(column, after));
  if (walks.length === 0) return [];
  const page = Prisma.sql`
    SELECT DISTINCT id FROM (${Prisma.join(walks, ' UNION ALL ')}) seen ORDER BY id DESC LIMIT ${limit}`;
  const rows = await planned<{ id: string }>(tx, page);
  return rows.map(({ id }) => id);
}

function cadenceOf({ cadence }: LeadFilter, after: string | null): Prisma.Sql {
  if (cadence === undefined) return Prisma.empty;
  return Prisma.sql`JOIN enrollments e ON e.lead_id = l.id AND e.cadence = ${cadence} AND e.status = 'active'
                    ${before('e.lead_id', after)}`;
}

function before(column: string, after: string | null): Prisma.Sql {
  return after === null ? Prisma.empty : Prisma.sql`AND ${Prisma.raw(column)} < ${after}`;
}

function conditionsOf(filter: LeadFilter, after: string | null): Prisma.Sql[] {
  const { stage, source, owner, grade, email, held, paused } = filter;
  return [
    ...(after === null ? [] : [Prisma.sql`l.id < ${after}`]),
    ...(stage === undefined ? [] : [Prisma.sql`l.stage = ${stage}`]),
    ...(source === undefined ? [] : [Prisma.sql`l.source = ${source}`]),
    ...(owner === undefined
      ? []
      : [owner === 'none' ? Prisma.sql`l.owner_id IS NULL` : Prisma.sql`l.owner_id = ${owner}`]),
    ...(grade === undefined ? [] : [Prisma.sql`l.fit_grade = ${grade}::grade`]),
    ...(email === undefined ? [] : [Prisma.sql`l.email = ${email.toLowerCase()}`]),
    ...(held === undefined ? [] : [Prisma.sql`l.held_at IS ${held ? Prisma.sql`NOT NULL` : Prisma.sql`NULL`}`]),
    ...(paused === undefined ? [] : [Prisma.sql`l.paused_at IS ${paused ? Prisma.sql`NOT NULL` : Prisma.sql`NULL`}`]),
  ];
}
