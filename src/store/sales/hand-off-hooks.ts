/** What other programs are still to be told of hand-offs: written with what happened, deleted once they were told. */
import type { HookNews } from '../../domain/hand-off-hook.ts';
import { newId } from '../../domain/ids.ts';
import { type Db, transact, type Tx } from '../db.ts';
import type { SendStatus } from '../generated/client.ts';
import { findSend, releaseSends, settleSends, writeSends } from '../process/sends.ts';

export interface OwedHook extends HookNews {
  key: string;
  leadId: string;
  /** Attempts so far, the one at hand among them. */
  attempts: number;
  /** On the lead's clock. */
  occurredAt: Date;
}

/** A hook whose row in the ledger is claimed by this attempt. */
export interface ClaimedHook extends OwedHook {
  send: { id: string; attempt: string };
}

/** Owes these news of a lead. What is owed already, or was told, stays as it is. */
export async function oweHooks(tx: Tx, leadId: string, at: Date, news: readonly HookNews[]): Promise<void> {
  const data = news.map(({ assignmentId, event, what }) => ({
    key: keyOf(assignmentId, event, what, at),
    leadId,
    assignmentId,
    event,
    what,
    occurredAt: at,
  }));
  await tx.handOffHook.createMany({ data, skipDuplicates: true });
}

/** A lead may wait for an answer again and again; all else happens to a hand-off once. */
function keyOf(assignmentId: string, event: string, what: string | null, at: Date): string {
  const parts = [assignmentId, event, ...(what === null ? [] : [what]), ...(what === 'answer' ? [at.getTime()] : [])];
  return `hook:${parts.join(':')}`;
}

/** A process that died leaves its hook to the others after this, as an interval of PostgreSQL. */
const LEASE = '2 minutes';

/**
 * Takes the hook that has been due the longest and claims its row in the ledger. What an attempt left that died is claimed anew: the message
 * carries the same id each time, by which the receiver knows it. Null: none is due.
 */
export async function takeHook(db: Db): Promise<ClaimedHook | null> {
  return transact(db, async (tx) => {
    const [hook] = await tx.$queryRaw<OwedHook[]>`
      UPDATE hand_off_hooks h SET due_at = now() + ${LEASE}::interval, attempts = attempts + 1
      WHERE key = (SELECT key FROM hand_off_hooks WHERE due_at <= now() ORDER BY due_at, occurred_at, key LIMIT 1
                   FOR UPDATE SKIP LOCKED)
      RETURNING key, lead_id AS "leadId", assignment_id AS "assignmentId", event, what, attempts, occurred_at AS "occurredAt"`;
    if (hook === undefined) return null;
    const before = await findSend(tx, hook.key);
    if (before !== null && (await releaseSends(tx, [before], { alsoInDoubt: true })).length === 0) {
      // It has an outcome already.
      await tx.handOffHook.deleteMany({ where: { key: hook.key } });
      return null;
    }
    const send = { id: newId('send'), attempt: newId('command') };
    const { key, leadId, assignmentId, event, occurredAt } = hook;
    const row = { ...send, key, leadId, assignmentId, occurredAt, templateKey: `hand-off-${event}` };
    await writeSends(tx, [{ ...row, channel: 'webhook', audience: 'rep' }], 'claimed');
    return { ...hook, send };
  });
}

/** What became of an attempt. */
export type HookEnd =
  | { status: Extract<SendStatus, 'sent' | 'failed'>; reason: string | null }
  /** Not now: tried again after so many minutes. */
  | { againInMinutes: number }
  /** Nobody wants to know. */
  | 'unwanted';

export async function endHook(db: Db, { key, send }: ClaimedHook, end: HookEnd, at: Date): Promise<void> {
  await transact(db, async (tx) => {
    if (end === 'unwanted' || 'againInMinutes' in end) await releaseSends(tx, [send], { alsoInDoubt: true });
    else await settleSends(tx, [{ ...send, ...end, sentAt: end.status === 'sent' ? at : null }]);
    if (end !== 'unwanted' && 'againInMinutes' in end)
      await tx.$executeRaw`
        UPDATE hand_off_hooks SET due_at = now() + make_interval(mins => ${end.againInMinutes}::int) WHERE key = ${key}`;
    else await tx.handOffHook.deleteMany({ where: { key } });
  });
}

/** The hand-off of a hook with its rep, lead and need; null: it is gone. */
export async function readHandOff(db: Db, assignmentId: string) {
  return db.assignment.findUnique({ where: { id: assignmentId }, include: { rep: true, lead: true, need: true } });
}
