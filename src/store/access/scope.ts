import { type RepScope, type Scope, type Tie, TIES } from '../../domain/policy.ts';
import { isInNurturePool, STAGES } from '../../domain/stage.ts';
import { Prisma } from '../generated/client.ts';

/** The policy's scope as SQL, said once: single leads are looked up and pages are walked by the same parts. */

/** The stages of the nurture pool. */
export const POOL = Prisma.raw(
  STAGES.filter(isInNurturePool)
    .map((stage) => `'${stage}'`)
    .join(', '),
);

/**
 * Assignment `a` is what the policy calls the hand-off of lead `l`: the latest of its current need, outside of the nurture pool.
 * It is a subquery that runs for each row. For a join PostgreSQL would expect hardly any rows, and would read all leads instead of
 * walking an index until the page is full.
 */
export const handOffIsCurrent = Prisma.sql`
  l.stage NOT IN (${POOL}) AND (SELECT a.id = (SELECT latest.id FROM assignments latest WHERE latest.need_id = l.need_id
                                               ORDER BY latest.created_at DESC, latest.id DESC LIMIT 1))`;

/** One kind of tie between a rep or team and leads `l`. */
interface TieSql {
  /** What is gone through one by one, each with its leads in their order: reps, or teams. */
  each: Prisma.Sql;
  /** What is joined to a lead. */
  join: 'assignments' | null;
  where: Prisma.Sql;
}

const TIES_SQL: Readonly<Record<Tie, (scope: RepScope) => TieSql>> = {
  owner: ({ repId, teams }) => ({
    each: Prisma.sql`(SELECT id FROM reps WHERE id = ${repId} OR teams && ${[...teams]}::text[]) AS r`,
    join: null,
    where: Prisma.sql`l.owner_id = r.id`,
  }),
  // Only the latest assignment of a need can be live, so no check for the latest is needed here. It would cost a lookup for each.
  offered: ({ repId }) => ({
    each: Prisma.sql`(SELECT 1) AS once`,
    join: 'assignments',
    where: Prisma.sql`a.rep_id = ${repId} AND a.status IN ('offered', 'accepted')
                      AND l.stage NOT IN (${POOL}) AND (SELECT a.need_id = l.need_id)`,
  }),
  team: ({ teams }) => ({
    each: Prisma.sql`unnest(${[...teams]}::text[]) AS t(team)`,
    join: 'assignments',
    where: Prisma.sql`a.team = t.team AND ${handOffIsCurrent}`,
  }),
  waits: ({ teams }) => ({
    each: Prisma.sql`unnest(${[...teams]}::text[]) AS t(team)`,
    join: null,
    where: Prisma.sql`l.stage = 'qualified' AND (SELECT n.waiting_team = t.team FROM needs n WHERE n.id = l.need_id)`,
  }),
};

const NAMES_WITHIN = new Set(['l', 'a', 'r', 't', 'once', 'latest', 'n']);

/** The kinds of ties that can match this scope. Ties of teams count only for a manager of teams. */
function tiesFor(scope: RepScope): Tie[] {
  return (Object.keys(TIES) as Tie[]).filter((tie) => (tie !== 'team' && tie !== 'waits') || scope.teams.length > 0);
}

/**
 * SQL that is true when the lead with the id in a column is in scope. It says the ties once more, for one lead at hand: its row, the latest
 * hand-off of its need, and what the need waits for, each looked up once. `OFFSET 0` makes PostgreSQL look up each lead by itself.
 * Otherwise it would first read all leads that the caller may see, which are many for a manager, though a page needs few.
 *
 * @param leadId The column. Its table must not be called by a name that is used in here: the comparison would be with itself, and
 * hold for every lead.
 * @throws Error when it is
 */
export function leadInScope(scope: Scope, leadId: string): Prisma.Sql {
  if (NAMES_WITHIN.has(leadId.split('.')[0] ?? '')) throw new Error(`${leadId} is a name within the scope's own SQL`);
  if (scope.kind === 'all') return Prisma.sql`TRUE`;
  const { repId } = scope;
  const teams = Prisma.sql`${[...scope.teams]}::text[]`;
  // Only the latest hand-off of a need can be live.
  return Prisma.sql`EXISTS (
    SELECT 1 FROM leads l WHERE l.id = ${Prisma.raw(leadId)} AND (
      l.owner_id = ANY (ARRAY(SELECT r.id FROM reps r WHERE r.id = ${repId} OR r.teams && ${teams}))
      OR l.stage NOT IN (${POOL}) AND (
        SELECT a.team = ANY (${teams}) OR a.rep_id = ${repId} AND a.status IN ('offered', 'accepted')
        FROM assignments a WHERE a.need_id = l.need_id ORDER BY a.created_at DESC, a.id DESC LIMIT 1)
      OR l.stage = 'qualified' AND (SELECT n.waiting_team = ANY (${teams}) FROM needs n WHERE n.id = l.need_id)) OFFSET 0)`;
}

/** The table that a walk follows in the order of its leads, with the leads `l`. */
export interface WalkedTable {
  from: Prisma.Sql;
  /** Its columns with the lead's id, each to be bounded by a cursor. The first is followed in the order of an index. */
  leadIds: readonly [string, ...string[]];
}

const LEADS: WalkedTable = { from: Prisma.sql`leads l`, leadIds: ['l.id'] };

/**
 * `OFFSET 0` makes PostgreSQL look up the lead of each hand-off until the page is full. Without it PostgreSQL expects that few of a rep's
 * leads have the grade that is asked for, and reads all leads.
 */
const EACH_HANDED_OFF: WalkedTable = {
  from: Prisma.sql`assignments a CROSS JOIN LATERAL (SELECT * FROM leads WHERE leads.id = a.lead_id OFFSET 0) l`,
  leadIds: ['a.lead_id'],
};

/** PostgreSQL begins where it expects less: with the hand-offs, or with an index that finds the leads asked for. */
const HANDED_OFF: WalkedTable = {
  from: Prisma.sql`leads l JOIN assignments a ON a.lead_id = l.id`,
  leadIds: ['l.id', 'a.lead_id'],
};

/** A page of leads out of those that `where` tells, cut to the page's size. */
export type Walk = (table: WalkedTable, where: Prisma.Sql) => Prisma.Sql;

/** What a filter says of the leads that are looked for, as far as it decides by which ties they can be found. */
export interface Wanted {
  /** `false`: only leads without an owner. */
  isOwned: boolean;
  /** Only leads in the nurture pool: they are nobody's but their owner's. */
  isInPool: boolean;
  /** One in a few of the leads that were handed over is looked for, so that a page is full soon. */
  isCommon: boolean;
}

/**
 * Ids of the leads in scope, one statement for each way in which they can be: each is read from an index in its order and cut. A
 * lead may come twice.
 */
export function walksOf(scope: Scope, { isOwned, isInPool, isCommon }: Wanted, walk: Walk): Prisma.Sql[] {
  if (scope.kind === 'all') return [walk(LEADS, Prisma.sql`TRUE`)];
  const ties = tiesFor(scope).filter((tie) => tie === 'owner' || !isInPool);
  // A rep with an offer owns the lead. So leads without an owner are found by their team alone. They are few, and have an index.
  if (!isOwned)
    return ties.includes('team')
      ? [walk(LEADS, Prisma.sql`l.stage NOT IN (${POOL}) AND (${heldBy('team', scope)} OR ${waitsFor(scope)})`)]
      : [];
  const handedOff = isCommon ? EACH_HANDED_OFF : HANDED_OFF;
  return ties.map((tie) => {
    const { each, join, where } = TIES_SQL[tie](scope);
    return Prisma.sql`SELECT w.id FROM ${each} CROSS JOIN LATERAL (${walk(join === null ? LEADS : handedOff, where)}) w`;
  });
}

/**
 * SQL that is true when the id of a lead in a column is in scope, for a count: all leads in scope are read first. A count can be of half of
 * all leads, and to ask of each of them whether it is the rep's (`leadInScope`) takes several times as long.
 */
export function idInScope(scope: Scope, leadId: string): Prisma.Sql {
  if (scope.kind === 'all') return Prisma.sql`TRUE`;
  const walks = walksOf(
    scope,
    { isOwned: true, isInPool: false, isCommon: false },
    ({ from, leadIds: [id] }, where) => Prisma.sql`SELECT ${Prisma.raw(id)} AS id FROM ${from} WHERE ${where}`,
  );
  return Prisma.sql`${Prisma.raw(leadId)} IN (${Prisma.join(walks, ' UNION ')})`;
}

/** Whether the lead `l` at hand is somebody's by a tie of a hand-off. */
function heldBy(tie: 'team', scope: RepScope): Prisma.Sql {
  const { each, where } = TIES_SQL[tie](scope);
  return Prisma.sql`EXISTS (
    SELECT 1 FROM ${each} CROSS JOIN assignments a WHERE a.lead_id = l.id AND ${where} OFFSET 0)`;
}

/** Whether the lead `l` at hand waits for one of the teams. */
function waitsFor(scope: RepScope): Prisma.Sql {
  const { each, where } = TIES_SQL.waits(scope);
  return Prisma.sql`EXISTS (SELECT 1 FROM ${each} WHERE ${where} OFFSET 0)`;
}

/** What is given to a rep of a team, an assignment or a task, belongs to both, also when it is over. */
export function givenInScope(scope: Scope) {
  if (scope.kind === 'all') return {};
  // oxlint-disable-next-line nurture/no-list-of-any-length -- a rep is in a few teams: there are as many lengths as that
  return { OR: [{ repId: scope.repId }, { team: { in: [...scope.teams] } }] };
}
