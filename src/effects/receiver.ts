/** What the ledger hears about a receiver from the outcome of a mail (src/domain/refusals.ts). */
import { isTaken, type Outcome, refusalOf } from '../domain/effect.ts';
import type { Db, Tx } from '../store/db.ts';
import { liftedSince, lockOutcomes, lockRefusals, noteRefusals, noteTaken } from '../store/mail-refusals.ts';

export interface HeardOf {
  receiver: string;
  outcome: Outcome;
  /** It was the mail that tried after a pause. */
  tried: boolean;
  /** When it was handed over. Epoch milliseconds, real time. */
  sinceMs: number;
}

/** Whether there is anything to write. A mail that leaves costs nothing here. */
export function tellsOfReceiver({ outcome, tried }: Pick<HeardOf, 'outcome' | 'tried'>): boolean {
  return refusalOf(outcome) !== null || (tried && isTaken(outcome));
}

/**
 * Writes what the outcomes of mails tell of their receivers, in the transaction that settles them. Answers with the refusals of mails that were
 * with a receiver while a person lifted its refusal: they say nothing of how it is now, so these mails are tried again at once.
 */
export async function hearOf(tx: Tx | Db, heard: readonly HeardOf[]): Promise<ReadonlySet<HeardOf>> {
  const refused = heard.filter(({ outcome }) => refusalOf(outcome) !== null);
  const outdated = refused.length === 0 ? new Set<HeardOf>() : await outdatedOf(tx, refused);
  const refusals = refused.flatMap((one) => {
    const reason = refusalOf(one.outcome);
    return reason === null || outdated.has(one) ? [] : [{ receiver: one.receiver, reason }];
  });
  const taken = heard.flatMap(({ receiver, outcome, tried }) => (tried && isTaken(outcome) ? [receiver] : []));
  // One order for both: two workers that settle mails to the same receivers do not wait for each other.
  if (refusals.length > 0 && taken.length > 0)
    await lockRefusals(tx, [...taken, ...refusals.map(({ receiver }) => receiver)]);
  if (taken.length > 0) await noteTaken(tx, taken);
  await noteRefusals(tx, refusals, 'answer');
  return outdated;
}

async function outdatedOf(tx: Tx | Db, refused: readonly HeardOf[]): Promise<Set<HeardOf>> {
  const receivers = refused.map(({ receiver }) => receiver);
  await lockOutcomes(tx, receivers, 'settles');
  const lifted = await liftedSince(tx, receivers, Math.min(...refused.map(({ sinceMs }) => sinceMs)));
  return new Set(refused.filter(({ receiver, sinceMs }) => (lifted.get(receiver) ?? -Infinity) >= sinceMs));
}
