import { nurtures } from '../../domain/cadence.ts';
import type { Resendable } from '../../domain/resend.ts';
import type { Db, Tx } from '../db.ts';
import type { Send } from '../generated/client.ts';
import { readRevision } from './revisions.ts';

const ORIGINAL = { key: true, enrollmentId: true, topic: true, resendOf: true } as const;

/** By which rules a message went out, and so would go out once more. */
export async function resendableOf(
  db: Db,
  tx: Tx,
  send: Pick<Send, 'key' | 'enrollmentId' | 'topic' | 'resendOf'>,
): Promise<Resendable> {
  // A resend may be in doubt, too, and goes by the rules of the message that it repeats.
  const original =
    send.resendOf === null ? null : await tx.send.findUnique({ where: { id: send.resendOf }, select: ORIGINAL });
  if (original !== null) return resendableOf(db, tx, original);
  const { key, enrollmentId, topic } = send;
  const enrollment = enrollmentId === null ? null : await tx.enrollment.findUnique({ where: { id: enrollmentId } });
  const cadence = enrollment === null ? null : (await readRevision(db, tx, enrollment.revisionId)).definition;
  return { isAnswer: key.startsWith('answer:'), nurtures: cadence !== null && nurtures(cadence), topic };
}
