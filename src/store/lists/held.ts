import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';

/** Open leads that a rep has of one team: they wait for the rep's decision, or the rep accepted them. */
export interface Held {
  repId: string;
  team: string;
  status: 'offered' | 'accepted';
  leads: number;
}

/** What every rep has; a rep without open leads is in none. A page reads it once. */
export function readHeld(db: Db): Promise<Held[]> {
  return planned<Held>(
    db,
    Prisma.sql`
    SELECT rep_id AS "repId", team, status::text AS status, count(*)::int AS leads FROM assignments
    WHERE status IN ('offered', 'accepted') AND closed_at IS NULL GROUP BY rep_id, team, status`,
  );
}

/** The number of leads in all of them. */
export function countHeld(held: readonly Held[]): number {
  return held.reduce((sum, { leads }) => sum + leads, 0);
}
