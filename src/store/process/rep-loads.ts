/** What reps have and were offered lately, by which they have room or not. */
import { hasLimits, type RepLoad } from '../../domain/room.ts';
import type { Tx } from '../db.ts';
import { Prisma, type Rep } from '../generated/client.ts';
import { lockReps } from './reps.ts';

/**
 * What the reps with limits have, and were offered around this instant; no statement where nobody has limits. Exact while the reps are locked.
 *
 * Offers are counted on the clocks of their leads: `at` is now on the clock of the lead that is to be offered. An offer at a later instant counts
 * too: of two leads that race, the later one may be first, and a lead that was forwarded is ahead.
 */
export async function loadsOf(tx: Tx, reps: readonly Rep[], at: Date): Promise<Loads> {
  const limited = reps.filter(hasLimits).map(({ id }) => id);
  return limited.length === 0 ? new Map() : readLoads(tx, Prisma.sql`r.id = ANY(${limited})`, at);
}

/**
 * The active reps of a team, locked until the transaction ends, and their loads. The loads are read in the same round trip, once the reps are
 * locked: each other lead of the team waits for it.
 */
export async function lockWithLoads(tx: Tx, team: string, at: Date): Promise<{ reps: Rep[]; loads: Loads }> {
  const hasLimit = Prisma.sql`(r.max_open IS NOT NULL OR r.max_per_day IS NOT NULL OR r.max_per_hour IS NOT NULL)`;
  const ofTeam = Prisma.sql`${team} = ANY(r.teams) AND r.active AND r.in_playbook AND ${hasLimit}`;
  const [reps, loads] = await Promise.all([lockReps(tx, team), readLoads(tx, ofTeam, at)]);
  return { reps, loads };
}

type Loads = ReadonlyMap<string, RepLoad>;

async function readLoads(tx: Tx, which: Prisma.Sql, at: Date): Promise<Loads> {
  const rows = await tx.$queryRaw<(RepLoad & { id: string })[]>`
    SELECT r.id,
      ((SELECT count(*) FROM assignments a WHERE a.rep_id = r.id AND a.status = 'offered')
       + (SELECT count(*) FROM needs n WHERE n.owner_id = r.id AND n.closed_at IS NULL
          AND n.stage IN ('qualifying', 'accepted', 'opportunity')))::int AS open,
      ${mostWithin('24 hours', at)} AS "lastDay", ${mostWithin('1 hour', at)} AS "lastHour"
    FROM reps r WHERE ${which}`;
  return new Map(rows.map(({ id, ...load }) => [id, load]));
}

/** The most offers of the rep `r` in any so long a time that has the instant in it. Each is counted with those before it. */
function mostWithin(span: '24 hours' | '1 hour', at: Date): Prisma.Sql {
  const length = Prisma.sql`${span}::interval`;
  const now = Prisma.sql`${at}::timestamptz`;
  return Prisma.sql`(
    SELECT (max(c.offers) - 1)::int FROM (
      SELECT o.offered_at, count(*) OVER (ORDER BY o.offered_at RANGE ${length} - interval '1 millisecond' PRECEDING) AS offers
      FROM (SELECT a.offered_at FROM assignments a
            WHERE a.rep_id = r.id AND a.offered_at > ${now} - ${length} AND a.offered_at < ${now} + ${length}
            UNION ALL SELECT ${now}) o) c
    WHERE c.offered_at >= ${now})`;
}
