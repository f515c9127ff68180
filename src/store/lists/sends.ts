import type { Db } from '../db.ts';
import type { Send } from '../generated/client.ts';

/** The latest message meant for the lead, whatever became of it, and the latest that were decided against. */
export async function lastSends(
  db: Db,
  leadId: string,
  skipped: number,
): Promise<{ last: Send | null; skipped: Send[] }> {
  const toLead = { leadId, audience: 'lead' };
  const [last, decidedAgainst] = await Promise.all([
    db.send.findFirst({ where: toLead, orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }] }),
    db.send.findMany({
      where: { ...toLead, status: { in: ['skipped', 'failed', 'in_doubt'] } },
      orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }],
      take: skipped,
    }),
  ]);
  return { last, skipped: decidedAgainst };
}
