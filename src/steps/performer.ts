import type { AuditEntry } from '../domain/audit.ts';
import type { Step } from '../domain/cadence.ts';
import type { Condition, LeadFacts } from '../domain/condition.ts';
import type { MayMail } from '../domain/consent.ts';
import type { Stage } from '../domain/stage.ts';
import type { Content } from '../effects/channel.ts';
import type { ChannelName, DraftOf } from '../effects/channels.ts';
import type { Became } from '../effects/settler.ts';
import type { Db, Tx } from '../store/db.ts';
import type { Lead, SendStatus } from '../store/generated/client.ts';
import type { ActiveEnrollment, Picture } from '../store/process/picture.ts';

/** The acting half of a step kind: what it does when it is due, under the lead's lock. */
export interface StepPerformer<S extends Step = Step> {
  /**
   * Performs a step that is due, or that what it listens for has come to. Answers whether something was done: the lead has moved
   * on, or an effect is claimed that is carried out after this transaction. False: it is put off, and the lead stays.
   * May be called again for a step that was claimed before and never settled: what is done outside must be known by its key.
   */
  perform(work: StepWork<S>): Promise<boolean>;
  /** Entering a step that listens: writes down what it listens for, and whether it has come already. */
  arrive?(place: StepPlace<S>): Promise<void>;
  /** What the step listens for, if it has come: the step is performed then, whatever its time. */
  met?(place: StepPlace<S>): Met | null;
  /** What becomes of the lead once the effect that the step claimed has an outcome. It still stands before the step. */
  settle?(work: StepWork<S>, became: Became): Promise<void>;
}

export interface Met {
  /** Id of the event. */
  by: string;
  /** Epoch milliseconds on the lead's clock; null: not known. */
  atMs: number | null;
}

/** A lead that stands before a step. */
export interface StepPlace<S extends Step = Step> {
  readonly turn: StepTurn;
  readonly enrollment: ActiveEnrollment;
  readonly step: S;
}

/** The same, with all that a step may do with the lead. The way that the lead takes then is written with the turn. */
export interface StepWork<S extends Step = Step> extends StepPlace<S> {
  /** The first instant from now on (epoch milliseconds) that lies in the window of the cadence. */
  inWindow(): number;
  /** Notes on the timeline what became of the step. No personal data. */
  performed(result: string): void;
  /** On to the step that follows. */
  goOn(): Promise<void>;
  goTo(stepId: string): Promise<void>;
  /** Stays before the step until an instant, epoch milliseconds. `attempts`: how many failed. */
  putOff(dueAtMs: number, attempts: number): void;
  /** The cadence is completed here; the lead goes on in another. */
  moveTo(cadence: string): Promise<void>;
  /** The cadence is completed here, with a reason. */
  exit(reason: string): void;
  /** The lead cannot go on until somebody resumes it. */
  hold(reason: string): void;
  /** Grades the lead anew: fit rules may ask about what the step changed. */
  regrade(): Promise<void>;
  /**
   * What became of what the step does outside, if it was meant before; a claim that an earlier attempt left behind is in doubt then.
   * Lead, enrollment, pass and step name the intent.
   */
  lookBack(): Promise<SendStatus | null>;
  /**
   * Claims the step's effect on the lead, to be carried out after this transaction; `settle` is told what became of it.
   * @throws AppError: it cannot be made, and nothing is claimed.
   */
  claim<C extends ChannelName>(channel: C, draft: DraftOf<C>): Promise<void>;
  /** Writes that the effect was decided against, and why. */
  skip(channel: ChannelName, content: Content, reason: string): void;
}

/** The lead under its lock: what was read of it, and where changes gather until they are written together. */
export interface StepTurn {
  readonly deps: { readonly db: Db };
  readonly tx: Tx;
  /** Now, on the lead's clock. */
  readonly at: Date;
  readonly atMs: number;
  readonly picture: Picture;
  readonly lead: Lead;
  readonly stage: Stage;
  /** What these conditions ask about; nothing else is read for them. */
  facts(conditions: Iterable<Condition | undefined>): Promise<LeadFacts>;
  /** Whether the lead may be mailed on a topic now, or at all if none is named. */
  mayMail(topic?: string): Promise<MayMail>;
  changeLead(patch: Partial<Lead>): void;
  note(entry: AuditEntry): void;
  /** Takes a statement whose answer nothing asks for; it is waited for at the end of the turn. */
  send(statement: Promise<unknown>): void;
}
