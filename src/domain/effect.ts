/**
 * An effect on the outside world is carried out once: its row is claimed under a key that names the intent, then the channel
 * acts, then what became of it is written. Every channel answers with the same few outcomes.
 */

/** Whom or what a refusal for good is about. Only `recipient` says anything about the address. */
export type RefusalScope =
  | 'recipient'
  /** Us: policy, reputation, authentication. */
  | 'sender'
  /** This one message, or the server. */
  | 'message';

/**
 * What a channel says became of an effect. No reason holds an address.
 * - `accepted`: the other side took responsibility for it.
 * - `released`: it certainly did not happen; the same intent may be tried again.
 * - `refused`: the other side will never take it.
 * - `in_doubt`: handed over, no answer. It may have happened: never repeat it.
 */
export type Outcome =
  | { kind: 'accepted'; response: string }
  | { kind: 'released'; reason: string; code?: string }
  | { kind: 'refused'; permanent: true; reason: string; code: string; enhancedCode?: string; scope: RefusalScope }
  | { kind: 'in_doubt'; reason: string };

/** What is written of an outcome. */
export type Settlement =
  | { status: 'sent' | 'in_doubt' | 'failed'; reason: string | null }
  /** Nobody got anything: the claim is taken back, so that the intent can be tried again, later or once its cause is gone. */
  | { status: 'released'; reason: string };

/** Refused for our own fault is released: the intent stands until somebody has seen to it. */
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
