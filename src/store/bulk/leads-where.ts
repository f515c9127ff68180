import { type Condition, explainCondition } from '../../domain/condition.ts';
import type { Rating } from '../../domain/readiness.ts';
import type { SegmentConditions } from '../../domain/segment.ts';
import { conditionSql } from '../conditions/to-sql.ts';
import type { Db, Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';

/** The leads that a bulk command is for. */
export interface Chosen {
  /** Holds for them. */
  when: Condition;
  /** Those that the condition can name. */
  segments: SegmentConditions;
  fading: Rating;
  atMs: number;
}

/** Ids of the next leads after `after` for which the condition holds, in their order, of those that were there at `atMs`. */
export async function leadsWhere(db: Db | Tx, chosen: Chosen, after: string | null, limit: number): Promise<string[]> {
  const { joins, truth } = sqlOf(chosen);
  const rows = await planned<{ id: string }>(
    db,
    Prisma.sql`SELECT l.id FROM leads l ${joins}
      WHERE ${truth} AND l.id > ${after ?? ''} AND l.created_at <= ${new Date(chosen.atMs)}
      ORDER BY l.id LIMIT ${limit}`,
  );
  return rows.map(({ id }) => id);
}

/** How many they are, and a few of them. */
export async function previewWhere(db: Db, chosen: Chosen, shown: number): Promise<{ count: number; ids: string[] }> {
  const { joins, truth } = sqlOf(chosen);
  const [[row], ids] = await Promise.all([
    planned<{ count: number }>(
      db,
      Prisma.sql`SELECT count(*)::int AS count FROM leads l ${joins}
        WHERE ${truth} AND l.created_at <= ${new Date(chosen.atMs)}`,
    ),
    leadsWhere(db, chosen, null, shown),
  ]);
  return { count: row?.count ?? 0, ids };
}

/** The condition in words. */
export function chosenInWords({ when }: Pick<Chosen, 'when'>): string {
  return explainCondition(when);
}

function sqlOf({ when, segments, atMs, fading }: Chosen) {
  return conditionSql(when, { atMs, clock: 'lead', fading }, segments);
}
