import type { DueKind } from '../../domain/dues.ts';
import type { FilterValues } from '../../domain/fields/registry.ts';
import type { Scope } from '../../domain/policy.ts';
import type { Db } from '../db.ts';
import { type Lead, Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';
import { columnsOf } from '../rows.ts';
import { duesSql } from './dues.ts';
import { leadIdsPage, type FilterBy } from './lead-ids.ts';
import { type LeadOrder, type LeadPlace, placesSql } from './lead-places.ts';
import { type LeadMatch, matchSql } from './lead-match.ts';
import { repIdOf } from './reps.ts';

/** As asked: `owner` is a rep's id or key, or `none` for leads that nobody owns. */
export type LeadFilter = FilterValues & Pick<FilterBy, 'email'> & { match?: LeadMatch };

export interface ListedLead extends Lead {
  owner: { id: string; key: string; name: string } | null;
  /** The active one. */
  enrollments: { cadence: string }[];
  /** When it came into its stage, as far as is known. */
  stageSince: Date;
  /** What its current need is worth, in minor units. */
  valueMinor: bigint | null;
  currency: string | null;
  /** Who is to decide on it; null: nobody is. */
  offeredTo: string | null;
  /** What its rep has to do next; null: nothing that is known. */
  due: DueKind | null;
  dueAt: Date | null;
}

/** Newest first, by id; `after` is the last id of the page before. */
export async function listLeads(
  db: Db,
  scope: Scope,
  filter: LeadFilter,
  after: string | null,
  limit: number,
): Promise<ListedLead[]> {
  const by = await resolved(db, scope, filter);
  return by === null ? [] : readListedLeads(db, await leadIdsPage(db, scope, by, after, limit));
}

/** In another order; `after` is the place of the last lead of the page before. */
export async function listLeadsInOrder(
  db: Db,
  scope: Scope,
  filter: LeadFilter,
  order: LeadOrder,
  after: LeadPlace | null,
  limit: number,
): Promise<(ListedLead & LeadPlace)[]> {
  const by = await resolved(db, scope, filter);
  const statement = by && placesSql(scope, by, order, after, limit);
  if (statement === null) return [];
  const places = await planned<LeadPlace>(db, statement);
  const leads = await readListedLeads(
    db,
    places.map(({ id }) => id),
  );
  const byId = new Map(leads.map((lead) => [lead.id, lead]));
  return places.flatMap(({ id, value }) => {
    const lead = byId.get(id);
    return lead === undefined ? [] : [{ ...lead, value }];
  });
}

/** The filter as columns have it; null: no lead can match it. */
async function resolved(db: Db, scope: Scope, filter: LeadFilter): Promise<FilterBy | null> {
  const owner = await resolveOwner(db, filter);
  if (owner === null) return null;
  const isInPool = scope.kind !== 'all' && filter.cadence !== undefined && (await isOfPool(db, filter.cadence));
  const { match, ...fields } = filter;
  const conditions = match === undefined ? [] : matchSql(match, scope);
  return { ...fields, ...owner, isInPool, ...(conditions.length === 0 ? {} : { match: conditions }) };
}

/** Null when there is no such rep, and so no lead of theirs: asking all leads for one would read them all. */
async function resolveOwner(db: Db, { owner }: LeadFilter): Promise<{ owner?: string | null } | null> {
  if (owner === undefined) return {};
  if (owner === 'none') return { owner: null };
  const id = await repIdOf(db, owner);
  return id === null ? null : { owner: id };
}

/**
 * Whether only leads in the nurture pool can be in the cadence: no revision of it is for customers. Those who have a lead otherwise than
 * as its owner have it outside of the pool, so most ways to look for it can be left out.
 */
async function isOfPool(db: Db, cadence: string): Promise<boolean> {
  const [found] = await db.$queryRaw<[{ isOfPool: boolean }]>`
    SELECT NOT EXISTS (SELECT 1 FROM cadence_revisions
                       WHERE cadence = ${cadence} AND definition->>'purpose' IS DISTINCT FROM 'nurture') AS "isOfPool"`;
  return found.isOfPool;
}

/** Leads as lists show them, newest first. */
export async function readListedLeads(db: Db, ids: readonly string[]): Promise<ListedLead[]> {
  if (ids.length === 0) return [];
  type Row = Omit<ListedLead, 'enrollments'> & { cadence: string | null };
  const rows = await planned<Row>(
    db,
    Prisma.sql`
    SELECT ${columnsOf('leads')}, e.cadence, coalesce(n.stage_since, n.opened_at, leads.created_at) AS "stageSince",
      n.value_minor AS "valueMinor", n.currency, CASE WHEN a.status = 'offered' THEN a.rep END AS "offeredTo", a.due, a.due_at AS "dueAt",
      CASE WHEN o.id IS NOT NULL THEN jsonb_build_object('id', o.id, 'key', o.key, 'name', o.name) END AS owner
    FROM leads LEFT JOIN reps o ON o.id = leads.owner_id LEFT JOIN needs n ON n.id = leads.need_id
    LEFT JOIN enrollments e ON e.lead_id = leads.id AND e.status = 'active' AND e.kind = 'main'
    LEFT JOIN LATERAL (
      SELECT h.status, r.name AS rep, d.due, d.due_at FROM assignments h JOIN reps r ON r.id = h.rep_id
      LEFT JOIN LATERAL (${duesSql(Prisma.sql`leads.stage`)} LIMIT 1) d ON TRUE
      WHERE h.need_id = leads.need_id AND h.status IN ('offered', 'accepted') AND h.closed_at IS NULL
      ORDER BY h.created_at DESC, h.id DESC LIMIT 1) a ON TRUE
    WHERE leads.id = ANY(${[...ids]}) ORDER BY leads.id DESC`,
  );
  return rows.map(({ cadence, ...lead }) => ({ ...lead, enrollments: cadence === null ? [] : [{ cadence }] }));
}
