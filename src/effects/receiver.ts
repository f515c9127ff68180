/** What the ledger hears about a receiver from the outcome of a mail (src/domain/refusals.ts). */
import { isTaken, type Outcome, refusalOf } from '../domain/effect.ts';
import type { Db, Tx } from '../store/db.ts';
import { lockRefusals, noteRefusals, noteTaken } from '../store/mail-refusals.ts';

export interface HeardOf {
  receiver: string;
  outcome: Outcome;
  /** It was the mail that tried after a pause. */
  tried: boolean;
}

/** Whether there is anything to write. A mail that leaves costs nothing here. */
export function tellsOfReceiver({ outcome, tried }: Omit<HeardOf, 'receiver'>): boolean {
  return refusalOf(outcome) !== null || (tried && isTaken(outcome));
}

/** Writes what the outcomes of mails tell of their receivers, in the transaction that settles them. */
export async function hearOf(tx: Tx | Db, heard: readonly HeardOf[]): Promise<void> {
  const refusals = heard.flatMap(({ receiver, outcome }) => {
    const reason = refusalOf(outcome);
    return reason === null ? [] : [{ receiver, reason }];
  });
  const taken = heard.flatMap(({ receiver, outcome, tried }) => (tried && isTaken(outcome) ? [receiver] : []));
  // One order for both: two workers that settle mails to the same receivers do not wait for each other.
  if (refusals.length > 0 && taken.length > 0)
    await lockRefusals(tx, [...taken, ...refusals.map(({ receiver }) => receiver)]);
  if (taken.length > 0) await noteTaken(tx, taken);
  await noteRefusals(tx, refusals, 'answer');
}
