/** Leads in another order than the newest first: by how long each is in its stage, by score, or by an amount. */
import { SCORE_SQL } from '../../domain/fields/of-score.ts';
import type { Scope } from '../../domain/policy.ts';
import type { Fading } from '../../domain/score.ts';
import { STAGES } from '../../domain/stage.ts';
import { idInScope } from '../access/scope.ts';
import { bound } from '../conditions/bind.ts';
import { Prisma } from '../generated/client.ts';
import { conditionsOf, enrollmentJoin, type FilterBy, leadIdsSql } from './lead-ids.ts';

export const LEAD_ORDERS = ['since', 'score'] as const;

export interface LeadOrder {
  /** `since`: since when it is in its stage. `score`: its score now. */
  by: (typeof LEAD_ORDERS)[number];
  /** The latest, or the largest, first. */
  down: boolean;
  /** Now, in real time. Pages that belong together have the same: scores fade. */
  atMs: number;
  fading: Fading;
}

/** Of leads that are given. */
export interface AmountOrder {
  /** A number of the lead `l`, or of its current need `n`; NULL counts as 0. */
  amount: Prisma.Sql;
  /** The largest first. */
  down: boolean;
}

/** Where a lead stands in an order. */
export interface LeadPlace {
  id: string;
  /** The instant (epoch milliseconds), the score, or the amount. */
  value: number;
}

/** The score fades with time, so that no index has its order: of so many leads, the newest, it is made anew. */
export const MOST_SCORED = 10_000;

/** A page of `LeadPlace`, as a statement; null: there can be none. */
export function placesSql(
  scope: Scope,
  filter: FilterBy,
  order: LeadOrder,
  after: LeadPlace | null,
  limit: number,
): Prisma.Sql | null {
  if (order.by === 'since') return bySince(scope, filter, order, after, limit);
  const newest = leadIdsSql(scope, filter, null, MOST_SCORED);
  return newest && byScore(newest, order, after, limit);
}

/** The same of given leads. @param ids Selects `id`, each once */
export function placesOfSql(
  ids: Prisma.Sql,
  order: LeadOrder | AmountOrder,
  after: LeadPlace | null,
  limit: number,
): Prisma.Sql {
  if ('amount' in order) return byAmount(ids, order, after, limit);
  if (order.by === 'score')
    return byScore(
      Prisma.sql`SELECT id FROM (${ids}) given ORDER BY id DESC LIMIT ${MOST_SCORED}`,
      order,
      after,
      limit,
    );
  const { down } = order;
  return Prisma.sql`
    SELECT id, (extract(epoch FROM since) * 1000)::float8 AS value FROM (
      SELECT l.id, coalesce(n.stage_since, n.opened_at, l.created_at) AS since
      FROM (${ids}) given JOIN leads l ON l.id = given.id LEFT JOIN needs n ON n.id = l.need_id) seen
    WHERE ${beyond(after, down, Prisma.sql`since`, Prisma.sql`${new Date(after?.value ?? 0)}::timestamptz`, Prisma.sql`id`)}
    ORDER BY since ${way(down)}, id ${way(down)} LIMIT ${limit}`;
}

function byAmount(ids: Prisma.Sql, { amount, down }: AmountOrder, after: LeadPlace | null, limit: number): Prisma.Sql {
  return Prisma.sql`
    SELECT id, value FROM (
      SELECT l.id, coalesce(${amount}, 0)::float8 AS value
      FROM (${ids}) given JOIN leads l ON l.id = given.id LEFT JOIN needs n ON n.id = l.need_id) seen
    WHERE ${beyond(after, down, Prisma.sql`value`, Prisma.sql`${after?.value ?? 0}::float8`, Prisma.sql`id`)}
    ORDER BY value ${way(down)}, id ${way(down)} LIMIT ${limit}`;
}

function byScore(
  newest: Prisma.Sql,
  { down, atMs, fading }: LeadOrder,
  after: LeadPlace | null,
  limit: number,
): Prisma.Sql {
  const score = bound(SCORE_SQL, { atMs, clock: 'lead', fading });
  return Prisma.sql`
    WITH newest AS MATERIALIZED (${newest}),
    scored AS MATERIALIZED (SELECT l.id, (${score})::float8 AS value FROM newest JOIN leads l ON l.id = newest.id)
    SELECT id, value FROM scored WHERE ${beyond(after, down, Prisma.sql`value`, Prisma.sql`${after?.value ?? 0}::float8`, Prisma.sql`id`)}
    ORDER BY value ${way(down)}, id ${way(down)} LIMIT ${limit}`;
}

/**
 * Who sees all leads reads each stage from an index in its order, as far as the page goes. Others read all that they may see, as for a
 * count: how long these are there, no index knows.
 */
function bySince(
  scope: Scope,
  filter: FilterBy,
  { down }: LeadOrder,
  after: LeadPlace | null,
  limit: number,
): Prisma.Sql {
  const page = (at: Prisma.Sql, id: Prisma.Sql, from: Prisma.Sql, where: Prisma.Sql): Prisma.Sql => Prisma.sql`
    SELECT l.id, ${at} AS since FROM ${from} ${enrollmentJoin(filter, Prisma.sql`l.id`, null)}
    WHERE ${Prisma.join([where, ...conditionsOf(filter)], ' AND ')} AND ${beyond(after, down, at, Prisma.sql`${new Date(after?.value ?? 0)}::timestamptz`, id)}
    ORDER BY ${at} ${way(down)}, ${id} ${way(down)} LIMIT ${limit}`;
  const ofNeed = Prisma.sql`coalesce(n.stage_since, n.opened_at)`;
  const stages = filter.stage === undefined || filter.stage === null ? [...STAGES] : [filter.stage];
  const places =
    scope.kind === 'all'
      ? Prisma.sql`
        SELECT w.* FROM unnest(${stages}::text[]) s(stage) CROSS JOIN LATERAL (
          ${page(ofNeed, Prisma.sql`n.lead_id`, Prisma.sql`needs n JOIN leads l ON l.need_id = n.id`, Prisma.sql`n.stage = s.stage`)}) w
        UNION ALL (${page(Prisma.sql`l.created_at`, Prisma.sql`l.id`, Prisma.sql`leads l`, Prisma.sql`l.need_id IS NULL`)})`
      : page(
          Prisma.sql`coalesce(n.stage_since, n.opened_at, l.created_at)`,
          Prisma.sql`l.id`,
          Prisma.sql`leads l LEFT JOIN needs n ON n.id = l.need_id`,
          idInScope(scope, 'l.id'),
        );
  return Prisma.sql`
    SELECT id, (extract(epoch FROM since) * 1000)::float8 AS value FROM (${places}) seen
    ORDER BY since ${way(down)}, id ${way(down)} LIMIT ${limit}`;
}

function way(down: boolean): Prisma.Sql {
  return down ? Prisma.sql`DESC` : Prisma.sql`ASC`;
}

/** What comes after the end of a page. The bound on the value alone lets an index be used; the pair says exactly where it ended. */
function beyond(
  after: LeadPlace | null,
  down: boolean,
  value: Prisma.Sql,
  end: Prisma.Sql,
  id: Prisma.Sql,
): Prisma.Sql {
  if (after === null) return Prisma.sql`TRUE`;
  return down
    ? Prisma.sql`${value} <= ${end} AND (${value}, ${id}) < (${end}, ${after.id})`
    : Prisma.sql`${value} >= ${end} AND (${value}, ${id}) > (${end}, ${after.id})`;
}
