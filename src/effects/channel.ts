import type { Outcome } from '../domain/effect.ts';
import type { MailSettings } from '../email/mail-settings.ts';
import type { Db, Tx } from '../store/db.ts';
import type { Lead } from '../store/generated/client.ts';
import type { NewSend } from '../store/process/sends.ts';

/** What claiming and settling need of a turn: one transaction that holds the lead's lock. */
export interface EffectTurn {
  readonly deps: { readonly db: Db; readonly mail: MailSettings };
  readonly tx: Tx;
  /** Now, on the lead's clock. */
  readonly at: Date;
  readonly lead: Pick<Lead, 'id'>;
  /** Takes a statement whose answer nothing asks for; it is waited for at the end of the turn. */
  send(statement: Promise<unknown>): void;
}

/** What is meant to happen, and what it belongs to: the same by any channel. */
export interface Intent {
  /** Names the intent, and is unique: see `Send.key`. */
  key: string;
  /** Who it is addressed to. A message to the lead is tracked and can be left. */
  audience: 'lead' | 'rep';
  /** Of a step's effect. */
  step?: { enrollmentId: string; stepId: string; pass: number };
  /** Of an effect that a rep gets. */
  assignmentId?: string;
}

/** What the ledger keeps of what an effect says. */
export type Content = Pick<NewSend, 'templateKey'> &
  Partial<Pick<NewSend, 'templateHash' | 'contentKind' | 'messageId' | 'topic'>>;

/** An effect that a channel has made ready: nothing is outside yet. */
export interface Prepared {
  content: Content;
  /** Acts once, after the claim is committed. Never throws: whatever happened is an outcome. */
  act(): Promise<Outcome>;
  /** Keeps what a refusal says of the recipient, in the transaction that settles. */
  recipientRefused?(turn: EffectTurn): Promise<void>;
}

/** A way to act outside. `Draft` is what it makes an effect of; it may name people, and goes no further than the effect. */
export interface Channel<Draft> {
  /**
   * Makes the effect with this id ready, in the transaction that claims it.
   * @throws AppError: it cannot be made, and nothing is claimed.
   */
  prepare(turn: EffectTurn, effect: { id: string; audience: Intent['audience'] }, draft: Draft): Promise<Prepared>;
}
