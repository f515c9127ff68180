/** Answers of reports that took long, kept for the next who asks the same. They have figures and labels of groups, and name no lead. */
import type { Db, Tx } from './db.ts';
import type { Prisma } from './generated/client.ts';

/** An answer older than this is not shown: it is counted anew. */
const SHOWN_MS = 60 * 60_000;
/** For so long after somebody waited in vain, nobody does: then it is tried again, in case that nothing renews answers. */
const REFUSED_MS = 60 * 60_000;
/** What nobody waits for takes no second processor, and this at least where somebody waited for a minute in vain. */
const LONG_MS = 2 * 60_000;
/** So old, an answer is renewed. */
const RENEWED_AFTER_MS = 5 * 60_000;
/** What nobody has asked for so long is not renewed any more, and goes; but for standing views. */
const WANTED_MS = 24 * 60 * 60_000;
/** After an answer that took a second nothing is renewed for nine: a tenth of the time at most is spent on it. */
const REST = 9;

/** What was asked, as it can be asked again. */
export interface AskedBefore {
  report: string;
  /** all: the whole report; first: its first part alone. */
  part: string;
  words: Prisma.InputJsonValue;
  scope: Prisma.InputJsonValue;
  /** One of the views that the console opens without being asked for more, of all leads: renewed though nobody asks. */
  isStanding: boolean;
}

export interface Counted {
  sections: unknown;
  asOf: Date;
  tookMs: number;
  /** Erased leads at that instant. */
  erasures: number;
}

/** How many leads were erased so far. Within a snapshot: before it. */
export async function countErasures(tx: Db | Tx): Promise<number> {
  const [row] = await tx.$queryRaw<{ erasures: number }[]>`SELECT count(*)::int AS erasures FROM erased_leads`;
  return row?.erasures ?? 0;
}

/** The kept answer, where one may be shown, and takes note that it was asked for, and how. `erasures`: as of now. `isRefused`: it takes longer than anybody waits. */
export async function findAnswer(
  db: Db,
  key: string,
  nowMs: number,
  isStanding: boolean,
): Promise<{ kept: Omit<Counted, 'erasures'> | null; erasures: number; isRefused: boolean }> {
  const [row] = await db.$queryRaw<
    { erasures: number; isRefused: boolean; sections: unknown; asOf: Date | null; tookMs: number | null }[]
  >`
    WITH gone AS (SELECT count(*)::int AS erasures FROM erased_leads),
    asked AS (
      UPDATE report_answers SET asked_at = greatest(asked_at, ${new Date(nowMs)}), standing = standing OR ${isStanding}
      WHERE key = ${key}
      RETURNING sections, as_of, took_ms, erasures, refused_at)
    SELECT gone.erasures, a.sections, a.as_of AS "asOf", a.took_ms AS "tookMs",
      EXISTS (SELECT FROM asked WHERE refused_at > ${new Date(nowMs - REFUSED_MS)}) AS "isRefused"
    FROM gone
    LEFT JOIN asked a ON a.erasures = gone.erasures AND a.sections IS NOT NULL AND a.as_of > ${new Date(nowMs - SHOWN_MS)}`;
  if (row === undefined) return { kept: null, erasures: 0, isRefused: false };
  const { sections, asOf, tookMs, erasures, isRefused } = row;
  return { kept: asOf === null || tookMs === null ? null : { sections, asOf, tookMs }, erasures, isRefused };
}

/** One that is newer stays. A standing view takes the place of the one that began on another day: "all time" may. */
export async function keepAnswer(
  db: Db,
  key: string,
  { report, part, words, scope, isStanding }: AskedBefore,
  { sections, asOf, tookMs, erasures }: Counted,
  askedAt: Date,
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO report_answers (key, report, part, words, scope, sections, as_of, took_ms, erasures, asked_at, standing)
    VALUES (${key}, ${report}, ${part}, ${JSON.stringify(words)}::jsonb, ${JSON.stringify(scope)}::jsonb,
      ${JSON.stringify(sections)}::jsonb, ${asOf}, ${tookMs}, ${erasures}, ${askedAt}, ${isStanding})
    ON CONFLICT (key) DO UPDATE SET sections = excluded.sections, as_of = excluded.as_of, took_ms = excluded.took_ms,
      erasures = excluded.erasures, asked_at = greatest(report_answers.asked_at, excluded.asked_at),
      standing = report_answers.standing OR excluded.standing, refused_at = NULL
    WHERE report_answers.as_of <= excluded.as_of OR report_answers.erasures <> excluded.erasures`;
  if (isStanding)
    await db.$executeRaw`
      UPDATE report_answers SET standing = false
      WHERE standing AND report = ${report} AND part = ${part} AND words <> ${JSON.stringify(words)}::jsonb
        AND words - 'since' = ${JSON.stringify(words)}::jsonb - 'since'`;
}

/** Takes note of what was asked and not answered: it is counted next, while nobody waits. What is kept already stays. */
export async function wantAnswer(
  db: Db,
  key: string,
  { report, part, words, scope, isStanding }: AskedBefore,
  askedAt: Date,
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO report_answers (key, report, part, words, scope, as_of, took_ms, erasures, asked_at, standing, refused_at)
    VALUES (${key}, ${report}, ${part}, ${JSON.stringify(words)}::jsonb, ${JSON.stringify(scope)}::jsonb, ${new Date(0)}, 0, 0, ${askedAt},
      ${isStanding}, ${askedAt})
    ON CONFLICT (key) DO UPDATE SET asked_at = greatest(report_answers.asked_at, excluded.asked_at),
      standing = report_answers.standing OR excluded.standing, refused_at = excluded.refused_at`;
}

/** How long a refused answer takes until it is there, in milliseconds: the rest that is due, what is counted before it, and itself. */
export async function waitForAnswer(db: Db, key: string, nowMs: number): Promise<number> {
  const now = new Date(nowMs);
  const [row] = await db.$queryRaw<{ waitMs: number }[]>`
    WITH mine AS (SELECT key, report, part, as_of FROM report_answers WHERE key = ${key}),
    rest AS (
      SELECT max(extract(epoch FROM as_of - ${now}::timestamptz) * 1000 + took_ms * ${REST + 1}) AS ms FROM report_answers
      WHERE as_of <= ${now}),
    ahead AS (
      SELECT sum(greatest(a.took_ms, CASE WHEN a.refused_at IS NULL THEN 0 ELSE ${LONG_MS} END)) * ${REST + 1} AS ms
      FROM report_answers a, mine
      WHERE (a.sections IS NULL OR a.refused_at IS NOT NULL) AND (a.as_of, a.key) < (mine.as_of, mine.key)),
    own AS (
      SELECT max(a.took_ms) AS ms FROM report_answers a, mine WHERE a.report = mine.report AND a.part = mine.part)
    SELECT (greatest(rest.ms, 0) + coalesce(ahead.ms, 0) + greatest(own.ms, ${LONG_MS}))::float8 AS "waitMs" FROM rest, ahead, own`;
  return row?.waitMs ?? LONG_MS;
}

/** The longest that kept answers of the part of a report took, in milliseconds; 0: none is kept. */
export async function lastTook(db: Db, report: string, part: string): Promise<number> {
  const [row] = await db.$queryRaw<{ tookMs: number | null }[]>`
    SELECT max(took_ms)::float8 AS "tookMs" FROM report_answers WHERE report = ${report} AND part = ${part}`;
  return row?.tookMs ?? 0;
}

export async function forgetAnswer(db: Db, key: string): Promise<void> {
  await db.$executeRaw`DELETE FROM report_answers WHERE key = ${key}`;
}

interface Due {
  key: string;
  report: string;
  part: string;
  words: unknown;
  scope: unknown;
  askedAt: Date;
  isStanding: boolean;
}

/** The answer to renew next; null: none, or the database had its share of reports for now. */
export async function nextToRenew(db: Db, nowMs: number): Promise<Due | null> {
  const now = new Date(nowMs);
  const [row] = await db.$queryRaw<Due[]>`
    SELECT key, report, part, words, scope, asked_at AS "askedAt", standing AS "isStanding" FROM report_answers
    WHERE (sections IS NULL OR refused_at IS NOT NULL OR as_of < ${new Date(nowMs - RENEWED_AFTER_MS)})
      AND (standing OR asked_at > ${new Date(nowMs - WANTED_MS)})
      AND NOT EXISTS (SELECT FROM report_answers a WHERE a.as_of + a.took_ms * ${REST + 1} * interval '1 millisecond' > ${now}
        AND a.as_of <= ${now})
    ORDER BY (sections IS NULL OR refused_at IS NOT NULL) DESC, as_of, key LIMIT 1`;
  return row ?? null;
}

/** Deletes what nobody asks for any more, and the figures that an erasure has made unfit to be shown. */
export async function tidyAnswers(db: Db, nowMs: number): Promise<void> {
  await db.$executeRaw`DELETE FROM report_answers WHERE NOT standing AND asked_at <= ${new Date(nowMs - WANTED_MS)}`;
  await db.$executeRaw`
    UPDATE report_answers SET sections = NULL
    WHERE sections IS NOT NULL AND erasures <> (SELECT count(*) FROM erased_leads)`;
}

/**
 * When a lead is erased. What was asked stays, so that it is counted again, where it has no word that a lead may have brought: those by
 * which it is narrowed may be anybody's.
 */
export async function clearAnswers(tx: Tx): Promise<void> {
  await tx.$executeRaw`DELETE FROM report_answers WHERE words - ${[...OF_TIME]}::text[] <> '{}'`;
  await tx.$executeRaw`UPDATE report_answers SET sections = NULL WHERE sections IS NOT NULL`;
}

/** Words of what is asked that are of the playbook or the calendar. */
const OF_TIME = ['since', 'until', 'by', 'segment'] as const;
