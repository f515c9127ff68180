/** The counts that all workers share of mails which may leave (src/domain/permits.ts). Each statement stands alone: no lock outlives it. */
import { idFrom } from '../domain/ids.ts';
import { againLane, aheadMs, ofLane, type Rank, stepMs, usableToday } from '../domain/permits.ts';
import type { Limit } from '../domain/sending-limits.ts';
import type { Db } from './db.ts';
import { Prisma } from './generated/client.ts';

/** What a lease found. Times in milliseconds from now by the database's clock; negative: in the past. */
export interface Leased {
  /** Mails that may leave. */
  granted: number;
  /** Of a rate: it is used up until then. */
  usedForMs: number;
  /** Of a day: mails counted. */
  usedToday: number;
  /** The last of the lane that waits does so until then. */
  laneForMs: number;
  /** The last of those who found no room in their turn does so until then. */
  againForMs: number;
}

/** Begins the count of a limit. Of a day it counts what has left on that day before the limit was published. */
export async function openLimit(db: Db, limit: Limit): Promise<void> {
  const { key } = limit;
  if (limit.kind === 'rate') {
    await db.$executeRaw`INSERT INTO mail_limits (limit_key, lane) VALUES (${key}, '') ON CONFLICT DO NOTHING`;
    return;
  }
  const { day, startsMs, topics = null } = limit;
  const ofTopics = topics === null ? Prisma.empty : Prisma.sql`AND topic = ANY(${[...topics]})`;
  // Ids are given in the order of time, so that no other rows are read.
  await db.$executeRaw`
    INSERT INTO mail_limits (limit_key, lane, day, used)
    SELECT ${key}, '', ${day}::date, count(*) FROM sends
    WHERE id >= ${idFrom('send', new Date(startsMs))} AND audience = 'lead' AND channel = 'email'
      AND status IN ('claimed', 'sent', 'in_doubt') ${ofTopics}
    ON CONFLICT DO NOTHING`;
}

/**
 * Takes room for up to `want` mails. Where it is used up, one of a higher rank may still go. While others wait in these lanes (`behind`), none is
 * taken: it is theirs. Of two workers the second counts on from what the first took. Null: the limit has no count yet.
 */
export async function leasePermits(
  db: Db,
  limit: Limit,
  { lane, behind, ...asked }: { lane: string; behind: readonly string[]; rank: Rank; want: number; nowMs: number },
): Promise<Leased | null> {
  const { key } = limit;
  const waitsFor = (of: string): Prisma.Sql => Prisma.sql`coalesce((
    SELECT extract(epoch FROM l.waiting_until - now()) * 1000 FROM mail_limits l
    WHERE l.limit_key = ${key} AND l.lane = ${of} AND l.waiting_until > now()), 0)::float8`;
  const told = Prisma.sql`granted, (extract(epoch FROM used_until - now()) * 1000)::float8 AS "usedForMs",
    used AS "usedToday", ${waitsFor(lane)} AS "laneForMs", ${waitsFor(againLane(lane))} AS "againForMs"`;
  const isBehind =
    behind.length === 0
      ? Prisma.sql`false`
      : Prisma.sql`EXISTS (SELECT FROM mail_limits b
          WHERE b.limit_key = ${key} AND b.lane = ANY(${[...behind]}) AND b.waiting_until > now())`;
  const [row] = await (limit.kind === 'rate'
    ? leaseOfRate(db, { key, limit, told, isBehind, ...asked })
    : leaseOfDay(db, { key, limit, told, isBehind, ...asked }));
  return row ?? null;
}

interface Lease<L extends Limit> {
  key: string;
  limit: L;
  rank: Rank;
  want: number;
  told: Prisma.Sql;
  isBehind: Prisma.Sql;
}

function leaseOfRate(
  db: Db,
  { key, limit: { intervalMs }, rank, want, told, isBehind }: Lease<Extract<Limit, { kind: 'rate' }>>,
): Promise<Leased[]> {
  const used = Prisma.sql`greatest(used_until, now())`;
  const room = (of: Rank): Prisma.Sql => Prisma.sql`floor((${aheadMs(intervalMs, of)}::float8
    - extract(epoch FROM ${used} - now())::float8 * 1000) / ${intervalMs}::float8 + 0.000001)`;
  const granted = Prisma.sql`(CASE WHEN ${isBehind} THEN 0 WHEN ${room('many')} >= 1 THEN least(${want}::float8, ${room('many')})
    WHEN ${room(rank)} >= 1 THEN 1 ELSE 0 END)::int`;
  return db.$queryRaw<Leased[]>`
    UPDATE mail_limits SET granted = ${granted}, used = CASE WHEN day = current_date THEN used ELSE 0 END + ${granted},
      day = current_date, used_until = ${used} + ${granted} * ${intervalMs}::float8 * interval '1 millisecond'
    WHERE limit_key = ${key} AND lane = '' RETURNING ${told}`;
}

function leaseOfDay(
  db: Db,
  { key, limit, rank, want, told, isBehind, nowMs }: Lease<Extract<Limit, { kind: 'day' }>> & { nowMs: number },
): Promise<Leased[]> {
  // At midnight the clocks of two workers may differ: the later day stands.
  const before = Prisma.sql`(CASE WHEN day >= ${limit.day}::date THEN used ELSE 0 END)`;
  const room = (of: Rank): Prisma.Sql => Prisma.sql`(${usableToday(limit, of, nowMs)}::float8 - ${before})`;
  const granted = Prisma.sql`(CASE WHEN ${isBehind} THEN 0 WHEN ${room('many')} >= 1 THEN least(${want}::float8, ${room('many')})
    WHEN ${room(rank)} >= 1 THEN 1 ELSE 0 END)::int`;
  return db.$queryRaw<Leased[]>`
    UPDATE mail_limits SET granted = ${granted}, used = ${before} + ${granted},
      day = greatest(day, ${limit.day}::date) WHERE limit_key = ${key} AND lane = '' RETURNING ${told}`;
}

/**
 * Takes the next places among those of a lane that wait. Answers when the last of them has its turn, in milliseconds from now, and the time
 * between two. `fromMs`: not before then, in milliseconds from now.
 */
export async function takePlaces(
  db: Db,
  limit: Limit,
  { lane, places, fromMs }: { lane: string; places: number; fromMs: number },
): Promise<{ lastMs: number; stepMs: number }> {
  // Of the same kind: who found no room in its turn has a queue of its own.
  const isAgain = ofLane(lane) !== lane;
  const others = await db.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM mail_limits
    WHERE limit_key = ${limit.key} AND lane NOT IN ('', ${lane}) AND starts_with(lane, ${againLane('')}) = ${isAgain}
      AND waiting_until > now()`;
  const step = stepMs(limit, others[0]?.n ?? 0);
  const add = Prisma.sql`${places * step}::float8 * interval '1 millisecond'`;
  const from = Prisma.sql`now() + ${Math.max(0, fromMs)}::float8 * interval '1 millisecond'`;
  const [row] = await db.$queryRaw<{ lastMs: number }[]>`
    INSERT INTO mail_limits AS m (limit_key, lane, waiting_until) VALUES (${limit.key}, ${lane}, ${from} + ${add})
    ON CONFLICT (limit_key, lane) DO UPDATE SET waiting_until = greatest(m.waiting_until, ${from}) + ${add}
    RETURNING (extract(epoch FROM waiting_until - now()) * 1000)::float8 AS "lastMs"`;
  return { lastMs: row?.lastMs ?? 0, stepMs: step };
}

/** Notes that a mail of a lane waits, in a limit that has no places: it comes at a time of its own, in so many milliseconds. */
export async function noteWaiting(
  db: Db,
  { key }: Limit,
  { lane, forMs }: { lane: string; forMs: number },
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO mail_limits AS m (limit_key, lane, waiting_until)
    VALUES (${key}, ${lane}, now() + ${forMs}::float8 * interval '1 millisecond')
    ON CONFLICT (limit_key, lane) DO UPDATE SET waiting_until = greatest(m.waiting_until, excluded.waiting_until)`;
}

/** Mails that a day has counted. */
export async function readUsed(db: Db, { key, day }: Extract<Limit, { kind: 'day' }>): Promise<number> {
  const [row] = await db.$queryRaw<{ used: number }[]>`
    SELECT used FROM mail_limits WHERE limit_key = ${key} AND lane = '' AND day = ${day}::date`;
  return row?.used ?? 0;
}

export interface LimitRow {
  limitKey: string;
  /** The cadence or broadcast that waits; empty: the limit itself. */
  lane: string;
  usedToday: number;
  /** ISO date that `usedToday` counts; null: none yet. */
  day: string | null;
  waitingUntil: Date | null;
}

/** The counts as they are, those that wait first, then the most used; a lane once, with all of it that waits. */
export async function readLimits(db: Db): Promise<LimitRow[]> {
  return db.$queryRaw<LimitRow[]>`
    SELECT limit_key AS "limitKey", of AS lane, max(used)::int AS "usedToday", max(day)::text AS day,
      max(waiting_until) FILTER (WHERE waiting_until > now()) AS "waitingUntil"
    FROM (SELECT *, CASE WHEN starts_with(lane, ${againLane('')}) THEN substr(lane, ${againLane('').length + 1}) ELSE lane END AS of
      FROM mail_limits) limits
    GROUP BY limit_key, of ORDER BY max(waiting_until) > now() DESC, max(used) DESC, limit_key, of LIMIT 500`;
}

/** Deletes what no mail was counted by for a week: receiving domains are many. */
export async function sweepLimits(db: Db): Promise<number> {
  return db.$executeRaw`DELETE FROM mail_limits WHERE greatest(used_until, waiting_until) < now() - interval '7 days'
    AND coalesce(day, '1970-01-01') < current_date - 7`;
}
