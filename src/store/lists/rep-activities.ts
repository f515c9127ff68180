import type { Tx } from '../db.ts';
import type { RepActivity } from '../generated/client.ts';
import { Prisma } from '../generated/client.ts';
import { beyond, type PageEnd } from './page-end.ts';

/** What a rep did or noted, as it is shown. */
export type ListedActivity = Pick<
  RepActivity,
  'id' | 'kind' | 'body' | 'result' | 'dueAt' | 'repId' | 'actor' | 'occurredAt'
>;

/** Of one lead, newest first. */
export async function listRepActivities(
  tx: Tx,
  leadId: string,
  after: PageEnd | null,
  limit: number,
): Promise<ListedActivity[]> {
  return tx.$queryRaw<ListedActivity[]>`
    SELECT id, kind, body, result, due_at AS "dueAt", rep_id AS "repId", actor, occurred_at AS "occurredAt"
    FROM rep_activities
    WHERE lead_id = ${leadId} AND ${beyond(after, 'desc', Prisma.sql`occurred_at`, Prisma.sql`id COLLATE "C"`)}
    ORDER BY occurred_at DESC, id COLLATE "C" DESC LIMIT ${limit}`;
}
