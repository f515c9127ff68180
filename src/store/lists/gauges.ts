import { SENDING } from '../../domain/pauses.ts';
import type { Db } from '../db.ts';

/** Counts for `/metrics`. */
export interface Gauges {
  leadsByStage: { stage: string; count: number }[];
  outboxWaiting: number;
  /** Age in seconds of the oldest bell that no process has heard. */
  outboxOldestSeconds: number;
  trackedWaiting: number;
  held: number;
  inDoubt: number;
  findings: number;
  /** All sending to leads is paused. */
  isSendingPaused: boolean;
}

export async function readGauges(db: Db): Promise<Gauges> {
  const [stages, outbox, trackedWaiting, held, inDoubt, findings, sendingPaused] = await Promise.all([
    db.lead.groupBy({ by: ['stage'], _count: true }),
    db.$queryRaw<{ waiting: number; oldest: number | null }[]>`
      SELECT count(*)::int AS waiting, extract(epoch FROM now() - min(created_at))::float8 AS oldest FROM outbox`,
    db.trackedFetch.count(),
    db.lead.count({ where: { heldAt: { not: null } } }),
    db.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS count FROM sends s
      WHERE status = 'in_doubt' AND NOT EXISTS (SELECT 1 FROM dismissed_sends d WHERE d.send_id = s.id)
        AND NOT EXISTS (SELECT 1 FROM resent_sends r WHERE r.send_id = s.id)`,
    db.finding.count({ where: { resolvedAt: null } }),
    db.pause.count({ where: { scope: SENDING } }),
  ]);
  return {
    leadsByStage: stages.map(({ stage, _count }) => ({ stage, count: _count })),
    outboxWaiting: outbox[0]?.waiting ?? 0,
    outboxOldestSeconds: outbox[0]?.oldest ?? 0,
    trackedWaiting,
    held,
    inDoubt: inDoubt[0]?.count ?? 0,
    findings,
    isSendingPaused: sendingPaused > 0,
  };
}
