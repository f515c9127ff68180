import type { Bounce, Outcome } from '../domain/effect.ts';
import type { Db, Tx } from '../store/db.ts';
import type { Lead } from '../store/generated/client.ts';
import type { NewSend } from '../store/process/sends.ts';

/** The part of a turn that claiming and settling need: one transaction that holds the lead's lock. */
export interface EffectTurn {
  readonly deps: { readonly db: Db };
  readonly tx: Tx;
  /** Now, on the lead's clock. */
  readonly at: Date;
  readonly lead: Pick<Lead, 'id' | 'country'>;
  /** Takes a statement whose result is not needed; it is awaited at the end of the turn. */
  send(statement: Promise<unknown>): void;
}

/** Where a lead can be reached. */
export type LeadAddresses = Pick<Lead, 'email' | 'phone'>;

/** An intended effect and what it belongs to, the same for every channel. */
export interface Intent {
  /** The unique key that names the intent, see `Send.key`. */
  key: string;
  /** The kind of recipient. A message to the lead is tracked and has an unsubscribe link. */
  audience: 'lead' | 'rep';
  /** For the effect of a step. */
  step?: { enrollmentId: string; stepId: string; pass: number };
  /** The send in doubt that this one repeats, as a person wants it. */
  resendOf?: string;
  /** For an effect whose recipient is a rep. */
  assignmentId?: string;
}

/** What the ledger stores about the content of an effect. A channel without templates names none. */
export type Content = Partial<
  Pick<
    NewSend,
    | 'templateKey'
    | 'templateHash'
    | 'contentKind'
    | 'messageId'
    | 'topic'
    | 'contextDigest'
    | 'linkCount'
    | 'untracked'
    | 'ownLeaveAddress'
  >
>;

/** An effect that its channel has prepared. Nothing has been sent yet. */
export interface Prepared {
  content: Content;
  /** Carries out the effect once, after the claim is committed. Never throws: it returns an outcome in every case. */
  act(): Promise<Outcome>;
  /** A mail to a lead: that it was not taken is noted for the brakes. */
  countsForBrakes?: boolean;
  /**
   * Writes what the outcome tells of the receiver beside the address, in the transaction that settles; null: nothing. `isOutdated`: it was
   * refused, and a person lifted the receiver's refusal meanwhile.
   */
  heard?(turn: EffectTurn, outcome: Outcome): Promise<{ isOutdated: boolean }> | null;
  /** Records what a refusal says about the recipient, in the transaction that settles. */
  recipientRefused?(turn: EffectTurn): Promise<void>;
  /** Notes a bounce that says nothing against the recipient, with the words of the server, in the transaction that settles. */
  bounced?(turn: EffectTurn, bounce: Bounce, reason: string): Promise<void>;
}

/**
 * A way to act on the outside world. `Draft` is its input; it may hold personal data and is not stored. `T`: a turn with what this
 * channel needs besides, such as the mail settings.
 */
export interface Channel<Draft, T extends EffectTurn = EffectTurn> {
  /** Where it reaches a lead; null: the lead has no such address. Without it the channel carries no messages to leads. */
  addressOf?(lead: LeadAddresses): string | null;
  /**
   * Prepares the effect with this id, in the transaction that claims it.
   * @throws AppError when it cannot be prepared; then nothing is claimed
   */
  prepare(turn: T, effect: { id: string; audience: Intent['audience'] }, draft: Draft): Promise<Prepared>;
}
