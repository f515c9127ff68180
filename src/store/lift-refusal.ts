import { audit } from './audit.ts';
import { countToLetGo, makeRecipientsDue } from './bulk/let-go.ts';
import { createRun } from './bulk/runs.ts';
import { transact, type Db } from './db.ts';
import { lockOutcomes } from './mail-refusals.ts';

/** What goes on: its processes are to be told after the commit. */
interface LiftedRefusal {
  /** The run that rings the leads whose mails waited; null: there are none. */
  runId: string | null;
  broadcasts: string[];
}

/**
 * By a person: mails may leave at once, those that waited too. It waits for turns that put off a mail for the receiver, or write that one was
 * refused, so that their leads are among them. A mail that is with the receiver now, and will be refused, is tried again at once
 * (src/effects/receiver.ts). Null: the receiver refuses nothing.
 */
export async function liftRefusal(
  db: Db,
  receiver: string,
  { by, rate }: { by: string; rate: number },
): Promise<LiftedRefusal | null> {
  return transact(db, async (tx) => {
    if ((await tx.mailRefusal.count({ where: { receiver } })) === 0) return null;
    // Broadcasts are locked before receivers, as everywhere.
    const broadcasts = await makeRecipientsDue(tx, { receiver });
    await lockOutcomes(tx, [receiver], 'lifts');
    const { count } = await tx.mailRefusal.deleteMany({ where: { receiver } });
    if (count === 0) return null;
    const total = await countToLetGo(tx, { receiver });
    const params = { receiver };
    const runId = total === 0 ? null : await createRun(tx, { kind: 'resume', params, rate, total, by });
    const action = 'sending.receiver-lifted' as const;
    await audit(
      tx,
      { leadId: null, actor: by, at: new Date() },
      { action, data: { receiver, ...(runId !== null && { runId }) } },
    );
    return { runId, broadcasts };
  });
}
