import type { Tx } from '../db.ts';
import { type Grade, Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';
import type { Scope } from './scope.ts';

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
    SELECT DISTINCT l.id FROM leads l ${join} ${cadenceOf(filter, after)}
    WHERE ${Prisma.join([where, ...conditionsOf(filter, after)], ' AND ')} ORDER BY l.id DESC LIMIT ${limit}`;
  const walks = scope.kind === 'all' ? [walk(Prisma.empty, Prisma.sql`TRUE`)] : inScope(scope, filter, walk, after);
  if (walks.length === 0) return [];
  const page = Prisma.sql`
    SELECT DISTINCT id FROM (${Prisma.join(walks, ' UNION ALL ')}) seen ORDER BY id DESC LIMIT ${limit}`;
  const rows = await planned<{ id: string }>(tx, page);
  return rows.map(({ id }) => id);
}

type Walk = (join: Prisma.Sql, where: Prisma.Sql) => Prisma.Sql;

/**
 * The same as `leadsInScope`. Who has been offered a lead or has accepted it is its owner, so nobody's leads are found by their
 * team alone: among their own a rep would look in vain, through all of them.
 */
function inScope(
  scope: Extract<Scope, { kind: 'rep' }>,
  { owner }: LeadFilter,
  walk: Walk,
  after: string | null,
): Prisma.Sql[] {
  const teams = [...scope.teams];
  const handed = Prisma.sql`JOIN assignments a ON a.lead_id = l.id ${before('a.lead_id', after)}`;
  const owned = Prisma.sql`
    SELECT w.id FROM reps r CROSS JOIN LATERAL (${walk(Prisma.empty, Prisma.sql`l.owner_id = r.id`)}) w
    WHERE r.id = ${scope.repId} OR r.teams && ${teams}::text[]`;
  const live = Prisma.sql`
    SELECT w.id FROM (${walk(handed, Prisma.sql`a.rep_id = ${scope.repId} AND a.status IN ('offered', 'accepted')`)}) w`;
  const ofTeam = Prisma.sql`
    SELECT w.id FROM unnest(${teams}::text[]) AS t(team)
    CROSS JOIN LATERAL (${walk(handed, Prisma.sql`a.team = t.team`)}) w`;
  return [...(owner === 'none' ? [] : [owned, live]), ...(teams.length === 0 ? [] : [ofTeam])];
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
