/** How many leads are in each segment, day by day. */
import type { Db, Tx } from './db.ts';
import { Prisma } from './generated/client.ts';
import { type Asking, countLeadsWhere } from './lists/segments.ts';

/**
 * Counts the segments that were not counted on that day yet. Each has its row as soon as it is counted: after a crash the next run goes on
 * with the others, and no day has two rows of one segment. Returns how many it counted.
 */
export async function countSegments(db: Db, day: string, asking: Asking): Promise<number> {
  const counted = await db.$queryRaw<{ segment: string }[]>`
    SELECT segment FROM segment_counts WHERE day = ${day}::date`;
  const known = new Set(counted.map(({ segment }) => segment));
  const missing = asking.playbook.segments.filter(({ segment }) => !known.has(segment));
  if (missing.length === 0) return 0;
  for (const { segment, when } of missing) {
    const leads = await countLeadsWhere(db, when, asking);
    await db.$executeRaw`INSERT INTO segment_counts (day, segment, leads, counted_at)
      VALUES (${day}::date, ${segment}, ${leads}, ${new Date(asking.realNowMs)}) ON CONFLICT DO NOTHING`;
  }
  return missing.length;
}

export interface SegmentDay {
  day: string;
  /** Leads by segment; a segment that did not exist then is missing. */
  leads: Readonly<Record<string, number>>;
  countedAt: Date;
}

/** The newest days of a period that were counted, oldest first. Both days belong to it. */
export async function segmentDays(tx: Tx, since: string, until: string, limit: number): Promise<SegmentDay[]> {
  const rows = await tx.$queryRaw<SegmentDay[]>(Prisma.sql`
    SELECT to_char(day, 'YYYY-MM-DD') AS day, jsonb_object_agg(segment, leads) AS leads, max(counted_at) AS "countedAt"
    FROM segment_counts WHERE day BETWEEN ${since}::date AND ${until}::date GROUP BY segment_counts.day
    ORDER BY segment_counts.day DESC LIMIT ${limit}`);
  return rows.toReversed();
}
