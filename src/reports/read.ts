/** Reads a report: all its statements see the database as of one instant. */
import type { Db, Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { type AmountOrder, type LeadOrder, type LeadPlace, placesOfSql } from '../store/lists/lead-places.ts';
import { planned } from '../store/planned.ts';
import { type Counted, countErasures } from '../store/report-answers.ts';
import type { Asked, Report, Section } from './report.ts';

/** The longest that a report may take while somebody waits for it, and where nobody does. Milliseconds. */
const LONGEST_MS = 60_000;
const LONGEST_UNHURRIED_MS = 10 * 60_000;
/** Sorts and hashes of a report stay in memory: without it those of a million rows go through files. */
const WORK_MEM = '64MB';

/** A count took as long as it may. */
export class TookTooLong extends Error {}

/** A count that is under way, by its transaction. */
export interface Counting {
  pid: number;
  since: string;
}

/** Ends it, if it is still under way: whoever counts gets an error. */
export async function endCount(db: Db, { pid, since }: Counting): Promise<void> {
  await db.$queryRaw`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = ${pid} AND xact_start = ${since}::timestamptz`;
}

/**
 * Counts a report, or its first part alone.
 * @param extra.unhurried Nobody waits for it: it takes no second processor, and may take long. Told what is under way.
 * @param extra.withinMs The longest that it may take; a minute without it, ten for what nobody waits for
 * @throws TookTooLong
 */
export function countAnswer(
  db: Db,
  { parts }: Report,
  asked: Asked,
  extent: 'all' | 'first',
  {
    unhurried,
    withinMs = unhurried === undefined ? LONGEST_MS : LONGEST_UNHURRIED_MS,
  }: { unhurried?: ((counting: Counting) => void) | undefined; withinMs?: number | undefined } = {},
): Promise<Counted & { sections: Section[] }> {
  return inSnapshot(db, withinMs, unhurried, async (tx) => {
    const began = performance.now();
    // The first statement takes the snapshot: what is erased later is not counted here, and its answer is not shown then.
    const erasures = await countErasures(tx);
    const sections: Section[] = [];
    for (const part of extent === 'all' ? parts : parts.slice(0, 1)) sections.push(...[await part(tx, asked)].flat());
    const tookMs = Math.round(performance.now() - began);
    return { sections, asOf: new Date(asked.realNowMs), tookMs, erasures };
  });
}

export async function readReport(db: Db, report: Report, asked: Asked): Promise<Section[]> {
  return (await countAnswer(db, report, asked, 'all')).sections;
}

/** The first section alone; undefined when whoever asks may see none. */
export async function readFirst(db: Db, report: Report, asked: Asked): Promise<Section | undefined> {
  return (await countAnswer(db, report, asked, 'first')).sections[0];
}

async function inSnapshot<T>(
  db: Db,
  longest: number,
  unhurried: ((counting: Counting) => void) | undefined,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  let begunMs = Number.POSITIVE_INFINITY;
  const counted = db.$transaction(
    async (tx) => {
      begunMs = performance.now();
      await tx.$executeRawUnsafe('SET TRANSACTION READ ONLY');
      await tx.$executeRawUnsafe(`SET LOCAL statement_timeout = ${longest}; SET LOCAL work_mem = '${WORK_MEM}'`);
      if (unhurried !== undefined) {
        await tx.$executeRawUnsafe('SET LOCAL max_parallel_workers_per_gather = 0');
        const [counting] = await tx.$queryRaw<Counting[]>`SELECT pg_backend_pid() AS pid, now()::text AS since`;
        if (counting !== undefined) unhurried(counting);
      }
      return work(tx);
    },
    { isolationLevel: 'RepeatableRead', timeout: longest },
  );
  try {
    return await counted;
  } catch (error) {
    // The limit of the transaction began a little before.
    if (performance.now() - begunMs < longest * 0.95) throw error;
    throw new TookTooLong(`A report took longer than ${Math.round(longest / 1_000)} s`, { cause: error });
  }
}

/** How often the figure counts, and how many leads are behind it: a lead with several offers or mails counts once here. */
export interface Behind {
  counted: number;
  leads: number;
}

/** Null when the figure has no leads. */
export async function countBehind(
  db: Db,
  report: Report,
  asked: Asked,
  { figure, group }: { figure: string; group: string | null | undefined },
): Promise<Behind | null> {
  const leads = await report.leads(asked, figure, group, db);
  if (leads === null) return null;
  const [row] = await planned<Behind>(
    db,
    Prisma.sql`SELECT count(*)::int AS counted, count(DISTINCT behind.lead_id)::int AS leads FROM (${leads}) behind`,
  );
  return row ?? { counted: 0, leads: 0 };
}

/** Ids of the leads behind a figure, newest first. `after`: the last id of the page before. Null when the figure has none. */
export async function leadIdsBehind(
  db: Db,
  report: Report,
  asked: Asked,
  { figure, group }: { figure: string; group: string | null | undefined },
  after: string | null,
  limit: number,
): Promise<string[] | null> {
  const leads = await report.leads(asked, figure, group, db);
  if (leads === null) return null;
  const rows = await planned<{ id: string }>(
    db,
    Prisma.sql`SELECT DISTINCT behind.lead_id AS id FROM (${leads}) behind
      WHERE ${after === null ? Prisma.sql`TRUE` : Prisma.sql`behind.lead_id < ${after}`} ORDER BY 1 DESC LIMIT ${limit}`,
  );
  return rows.map(({ id }) => id);
}

/** The same in another order; `after` is the place of the last lead of the page before. */
export async function leadPlacesBehind(
  db: Db,
  report: Report,
  asked: Asked,
  { figure, group }: { figure: string; group: string | null | undefined },
  order: LeadOrder | AmountOrder,
  after: LeadPlace | null,
  limit: number,
): Promise<LeadPlace[] | null> {
  const leads = await report.leads(asked, figure, group, db);
  if (leads === null) return null;
  const ids = Prisma.sql`SELECT DISTINCT behind.lead_id AS id FROM (${leads}) behind`;
  return planned<LeadPlace>(db, placesOfSql(ids, order, after, limit));
}
