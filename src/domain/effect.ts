/**
 * An effect on the outside world happens once. Its row is claimed under a key that names the intent; then the channel acts; then the
 * outcome is written. Every channel returns the same few outcomes.
 */

/** What a permanent refusal is about. Only `recipient` says something about the address. */
export type RefusalScope =
  | 'recipient'
  /** The recipient's mailbox, for now: full, suspended. Another attempt may pass. */
  | 'mailbox'
  /** The sender, which is us: policy, reputation, authentication. */
  | 'sender'
  /** This one message, or the server. */
  | 'message';

/**
 * The outcome of an effect, from its channel. No reason contains an address.
 * - `accepted`: the other side took responsibility for it. `answer`: what it said, if the channel has answers; it is not stored.
 * - `released`: it certainly did not happen; the same intent may be tried again.
 * - `refused`: the other side will never take it.
 * - `in_doubt`: handed over, no answer. It may have happened: never repeat it.
 *
 * `ofMailbox`: released because of the recipient's mailbox alone, as a refusal with the scope `mailbox`.
 * `refusesUs`: the other side takes nothing of ours for now, whatever it is (src/domain/refusals.ts).
 */
export type Outcome =
  | { kind: 'accepted'; response: string; answer?: Readonly<Record<string, unknown>> }
  | { kind: 'released'; reason: string; code?: string; refusesUs?: true; ofMailbox?: true }
  | {
      kind: 'refused';
      permanent: true;
      reason: string;
      code: string;
      enhancedCode?: string;
      scope: RefusalScope;
      refusesUs?: true;
    }
  | { kind: 'in_doubt'; reason: string };

/** How an outcome is recorded. */
export type Settlement =
  | { status: 'sent' | 'in_doubt' | 'failed'; reason: string | null }
  /** Nothing was sent. The claim is taken back, so that the intent can be tried again later, or once the cause is gone. */
  | { status: 'released'; reason: string };

/** A refusal because of the sender is released: the intent stays open until the other side takes our mail again, or a person has mended the cause. */
export function settlementOf(outcome: Outcome): Settlement {
  switch (outcome.kind) {
    case 'accepted':
      return { status: 'sent', reason: null };
    case 'in_doubt':
      return { status: 'in_doubt', reason: outcome.reason };
    case 'released':
      return { status: 'released', reason: outcome.reason };
    case 'refused':
      return { status: outcome.scope === 'recipient' ? 'failed' : 'released', reason: outcome.reason };
  }
}

/**
 * Whether the other side was not reached, or refused us: what the brakes count. What is in doubt has a row that says so, and a full mailbox
 * is the recipient's.
 */
export function isTrouble(outcome: Outcome): boolean {
  if (isOfMailbox(outcome)) return false;
  return outcome.kind === 'released' || (outcome.kind === 'refused' && outcome.scope !== 'recipient');
}

/** Whether the mailbox takes nothing for now: tried again, and after the last attempt it counts as a soft bounce. */
export function isOfMailbox(outcome: Outcome): boolean {
  return outcome.kind === 'released'
    ? outcome.ofMailbox === true
    : outcome.kind === 'refused' && outcome.scope === 'mailbox';
}

/** A bounce that is not the lead's fault: about us, or of a mailbox that takes nothing for now. */
export type Bounce = 'sender' | 'soft';

/** How a message bounced at hand-over, by what became of it: about us it is tried again, and of the mailbox it has failed after the last attempt. */
export function bounceOf(outcome: Outcome, status: string): Bounce | null {
  if (isOfMailbox(outcome)) return status === 'failed' ? 'soft' : null;
  const isOfUs = refusalOf(outcome) !== null || (outcome.kind === 'refused' && outcome.scope === 'sender');
  return isOfUs && status === 'released' ? 'sender' : null;
}

/** Who takes our mails, in reasons. */
export const MAIL_SERVER = 'The mail server';

/** How the reason begins for which a lead is held whose message was tried to the last. */
export const notAccepted = (who: string): string => `${who} did not accept`;

/** The same of a mail. Stored: who lets all sending go on finds the leads by it. */
export const NOT_ACCEPTED = notAccepted(MAIL_SERVER);

/** How the reason of such a message begins. */
export const BOUNCED = 'bounced: ';

/** Why a message failed whose last attempt the mailbox did not take. */
export function bounced(reason: string): string {
  return `${BOUNCED}${reason}`;
}

/** Why the other side takes nothing of ours for now; null: it does, or said nothing of it. */
export function refusalOf(outcome: Outcome): string | null {
  return (outcome.kind === 'released' || outcome.kind === 'refused') && outcome.refusesUs === true
    ? outcome.reason
    : null;
}

/** Whether the other side answered, and not that it takes nothing of ours. */
export function isTaken(outcome: Outcome): boolean {
  return outcome.kind === 'accepted' || (outcome.kind === 'refused' && outcome.refusesUs !== true);
}
