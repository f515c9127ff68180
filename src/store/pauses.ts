/** Making all sending, or a cadence, stand still, and letting it go on. A turn of a lead's process reads the rows under the lead's lock. */
import { cadenceOfScope, SENDING } from '../domain/pauses.ts';
import { audit } from './audit.ts';
import { countToLetGo, makeRecipientsDue } from './bulk/let-go.ts';
import { createRun } from './bulk/runs.ts';
import type { Db } from './db.ts';
import type { Pause } from './generated/client.ts';

/** Every turn that begins from now on sends nothing. The same again changes nothing. */
export async function pauseScope(
  db: Db,
  scope: string,
  { by, reason }: { by: string; reason?: string | undefined },
): Promise<Pause> {
  return db.$transaction(async (tx) => {
    const made = await tx.$executeRaw`
      INSERT INTO pauses (scope, by, reason) VALUES (${scope}, ${by}, ${reason ?? null}) ON CONFLICT DO NOTHING`;
    if (made > 0)
      await audit(
        tx,
        { leadId: null, actor: by, at: new Date() },
        { action: 'sending.paused', data: { scope, ...(reason === undefined ? {} : { reason }) } },
      );
    return tx.pause.findUniqueOrThrow({ where: { scope } });
  });
}

/**
 * Lifts a pause, and begins a run that rings the leads which stood still for it. The delete waits for turns that have read the pause, so
 * that their leads are among them. What was put off by failed attempts before all sending was paused is due now. Null: it was not paused.
 */
export async function resumeScope(
  db: Db,
  scope: string,
  { by, rate }: { by: string; rate: number },
): Promise<{ runId: string; waiting: number } | null> {
  return db.$transaction(async (tx) => {
    if ((await tx.pause.count({ where: { scope } })) === 0) return null;
    // Broadcasts are locked before the pause, as by those who send them.
    if (scope === SENDING) await makeRecipientsDue(tx, 'all');
    const { count } = await tx.pause.deleteMany({ where: { scope } });
    if (count === 0) return null;
    const cadence = cadenceOfScope(scope);
    const waiting = await countToLetGo(tx, { cadence });
    const params = cadence === null ? {} : { cadence };
    const runId = await createRun(tx, { kind: 'resume', params, rate, total: waiting, by });
    await audit(tx, { leadId: null, actor: by, at: new Date() }, { action: 'sending.resumed', data: { scope, runId } });
    return { runId, waiting };
  });
}

export async function listPauses(db: Db): Promise<Pause[]> {
  return db.pause.findMany({ orderBy: [{ since: 'asc' }, { scope: 'asc' }] });
}
