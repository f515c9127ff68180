import type { AuditEntry } from '../domain/audit.ts';
import type { Step } from '../domain/cadence.ts';
import type { Condition, LeadFacts } from '../domain/condition.ts';
import type { DatePoint } from '../domain/moment.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { TemplateSource } from '../domain/template.ts';
import type { Stage } from '../domain/stage.ts';
import type { Timetable } from '../domain/timetable.ts';
import type { Content, Intent } from '../effects/channel.ts';
import type { ChannelName, DraftOf } from '../effects/channels.ts';
import type { EffectResult } from '../effects/settler.ts';
import type { Db, Tx } from '../store/db.ts';
import type { Lead, SendStatus } from '../store/generated/client.ts';
import type { SentContent } from '../store/process/sends.ts';
import type { PublishedRules } from '../store/rules/in-force.ts';
import type { ActiveEnrollment, Picture } from '../store/process/picture.ts';
import type { DateRef } from './wait/position.ts';

/** The acting half of a step kind: what it does when it is due, under the lead's lock. */
export interface StepPerformer<S extends Step = Step> {
  /**
   * Performs a step that is due, or whose awaited event has come. Returns whether something was done: the lead has moved on, or an
   * effect is claimed that is carried out after this transaction. False: the step is put off, and the lead stays.
   * May be called again for a step whose effect was claimed before and has no outcome. So an outside effect must be found again by its key.
   */
  perform(work: StepWork<S>): Promise<boolean>;
  /** Called when a lead reaches a listening step: records what it listens for, and whether that has already come. */
  arrive?(place: StepPlace<S>): Promise<void>;
  /** True for a listening step whose `arrive` is asked again at each look: what it waits for is not told by one event. */
  looksAgain?(step: S): boolean;
  /** The awaited event, if it has come: then the step is performed, also before its time. */
  met?(place: StepPlace<S>): Met | null;
  /** For a step that reaches the lead: whether the lead can be reached that way now. */
  isUsable?(work: StepWork<S>): Promise<boolean>;
  /** True for a step that is performed at every wake of a lead that stands at it, due or not: what it waits for may have moved. */
  revisits?(step: S): boolean;
  /** Decides how the lead goes on once the step's effect has an outcome. The lead is still at the step. */
  afterOutcome?(work: StepWork<S>, result: EffectResult): Promise<void>;
  /** Called when a lead is taken out of a cadence: withdraws what its steps have begun. Not called when the cadence has run its course. */
  takenOut?(turn: StepTurn, enrollmentId: string): void;
}

export interface Met {
  /** Id of the event. */
  by: string;
  /** Epoch milliseconds on the lead's clock; null: not known. */
  atMs: number | null;
}

/** When a message may leave. */
export type Timing =
  | { kind: 'now' }
  /** Not before an instant (epoch milliseconds). `because`: null when only the window is closed. `cap`: the cap that holds it back, in words. */
  | {
      kind: 'later';
      atMs: number;
      because: string | null;
      cap?: string;
      /** The person may end the wait earlier by choosing otherwise. */
      person?: boolean;
    }
  /** Never: it is passed over. */
  | { kind: 'skip'; reason: string };

/** A lead at a step. */
export interface StepPlace<S extends Step = Step> {
  readonly turn: StepTurn;
  readonly enrollment: ActiveEnrollment;
  readonly step: S;
}

/** The same, with everything that a step may do with the lead. The lead's next position is written with the turn. */
export interface StepWork<S extends Step = Step> extends StepPlace<S> {
  /** The first instant from now on (epoch milliseconds) that lies in the window of the cadence. */
  inWindow(): number;
  /**
   * Whether a message on a topic may leave now, by window, quiet hours, caps and the staleness limit. Every step that sends one asks before
   * its claim.
   */
  timing(topic: string | undefined): Promise<Timing>;
  /**
   * Whether there is room for a mail in the limits of sending, asked right before its claim: then it is counted. Null: there is. Else when
   * its turn comes.
   */
  room(template: TemplateSource | null): Promise<Extract<Timing, { kind: 'later' }> | null>;
  /** Writes the step's result to the timeline. No personal data. */
  performed(result: string): void;
  /** Goes on to the next step. */
  goOn(): Promise<void>;
  goTo(stepId: string): Promise<void>;
  /** Stays at the step until an instant (epoch milliseconds). `attempts`: the number of failed attempts; `because`: as `why` shows it. */
  putOff(dueAtMs: number, attempts: number, because?: string): void;
  /** Stays at the step until its message may leave. A cap is told on the timeline, and `why` tells the reason. */
  wait(timing: Extract<Timing, { kind: 'later' }>): void;
  /** When the cadence may do something for the lead. */
  readonly timetable: Timetable;
  /** An instant in words, in the lead's zone. */
  words(atMs: number): string;
  /**
   * The date that a step refers to, as it is now, and the campaign it is of. Null: not known. A campaign's date cannot change before the turn
   * is over: whoever changes it finds the lead waiting.
   */
  dateOf(ref: DateRef): Promise<{ date: DatePoint | null; campaign: string | null }>;
  /** Stays at the step until the moment of a date; of a campaign's date if one is named. */
  stayUntil(momentMs: number, campaign: string | null): void;
  /** The steps that follow are bound to a date, and are passed over from this instant on; null: they are not. */
  bind(expiresAtMs: number | null): void;
  /** Passes over the rest of the steps that are bound to the same date as this one, with the reason on the timeline. */
  skipGroup(because: string): Promise<void>;
  /** Completes the cadence here; the lead goes on in another. */
  moveTo(cadence: string): Promise<void>;
  /** Completes the cadence here, with a reason. */
  exit(reason: string): void;
  /** Holds the lead until somebody resumes it. */
  hold(reason: string): void;
  /** Whether another step of the cadence reaches the lead by a channel that it prefers. */
  serves(step: Step, channel: string): boolean;
  /** Whether the lead can be reached by another step of the cadence now. */
  isUsable(step: Step): Promise<boolean>;
  /** Computes the grade again: fit rules may ask about what the step changed. */
  regrade(): Promise<void>;
  /**
   * The status of the step's effect, if an earlier attempt intended it. A claim that an earlier attempt left behind is put in doubt.
   * Lead, enrollment, pass and step name the intent.
   */
  lookBack(): Promise<SendStatus | null>;
  /** The same of a message, and whether the lead has got this content by another enrollment or as an answer, under whatever name. */
  lookBackOn(
    content: Pick<SentContent, 'templateKey' | 'templateHash'>,
  ): Promise<{ before: SendStatus | null; hasGot: boolean }>;
  /** Why the lead should not get this content now: too many offers, or it has what the template gives. Null: it may. */
  reasonToPassOver(template: Pick<TemplateSource, 'kind' | 'material'>): Promise<string | null>;
  /** The key that names the intent, see `lookBack`. */
  readonly intentKey: string;
  /**
   * Deletes the row of an effect in doubt, so that the step can claim it again. Only for an effect that its receiver knows by the key,
   * and so takes once.
   */
  takeBack(): Promise<void>;
  /**
   * Why a message on this topic must not go out by this channel now; null if it may. Asked before the claim. `topic: null`: it is no
   * message to the lead, and needs no consent.
   */
  reasonNotToSend(channel: ChannelName, topic?: string | null): Promise<string | null>;
  /**
   * Claims the step's effect on the lead. It is carried out after this transaction; `afterOutcome` gets its outcome.
   * @throws AppError: it cannot be made, and nothing is claimed.
   */
  claim<C extends ChannelName>(channel: C, draft: DraftOf<C>, audience?: Intent['audience']): Promise<void>;
  /** Records that the effect is not carried out, and why. */
  skip(channel: ChannelName, content: Content, reason: string): void;
}

/** The lead under its lock: what was read of it, and the changes that are collected until they are written together. */
export interface StepTurn {
  readonly deps: { readonly db: Db; nameInDraws(leadId: string): string };
  readonly tx: Tx;
  /** Now, on the lead's clock. */
  readonly at: Date;
  readonly atMs: number;
  readonly picture: Picture;
  /** Words that may stand in a mail, whoever stated them. */
  readonly playbook: Playbook;
  readonly rules: Pick<PublishedRules, 'templates'>;
  /** IANA zone the lead's times are computed in. */
  readonly zone: string;
  readonly lead: Lead;
  readonly stage: Stage;
  /** What these conditions ask about; nothing else is read for them. */
  facts(conditions: Iterable<Condition | undefined>): Promise<LeadFacts>;
  changeLead(patch: Partial<Lead>): void;
  note(entry: AuditEntry): void;
  /** Takes a statement whose result is not needed; it is awaited at the end of the turn. */
  send(statement: Promise<unknown>): void;
}
