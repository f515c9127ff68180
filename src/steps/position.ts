import type { Span, Step, Weekday } from '../domain/cadence.ts';

/**
 * The pure half of a step kind, besides its language: when a lead that reaches such a step is due, until when it stays, and where it can
 * go from there. No clock and no database: times come from the caller.
 */
export interface StepPosition<S extends Step = Step> {
  readonly time: StepTime;
  /** The same of one step, where it depends on what the step says. */
  timeOf?(step: S): StepTime;
  /** True when events for a later listening step count from the time this step was performed; otherwise from an earlier step. */
  readonly startsListening: boolean;
  /** How the timeline shows its result: by an entry of its own, or by the row of the message it sends. */
  readonly toldBy: 'step' | 'send';
  /** When a step that a lead reaches is due (epoch milliseconds); for a step that `passes`, when its time is over. */
  due(step: S, arrival: Arrival): number;
  /** Every way on from the step, as a picture of the cadence shows it. `next`: the next step in the file; null for the last step. */
  ways(step: S, next: string | null): readonly Way[];
  /** Of a step that chooses: the step it led to, by what was recorded of it (the arm of a split, otherwise its result); null: not known, or none. */
  led?(step: S, recorded: string): string | null;
  /** For a step that reaches the lead: whether it does so by the channel that the lead prefers, as stated, in small letters. */
  serves?(step: S, channel: string): boolean;
  /** What the process of a lead at this step waits for, in a line that a marketer understands. */
  waiting(step: S, until: string): string;
  /** What the step does, in a few words, for its box in a picture of the cadence. */
  label(step: S): string;
}

/**
 * Whether a lead spends time at a step.
 * none: the step is performed as soon as the lead reaches it and the window is open.
 * passes: no lead stays at the step; the lead goes to the next step, which is due when this time is over.
 * stays: the lead stays at the step until its time is over, which is found out there.
 * listens: the lead stays at the step until something comes in, or until its time is over.
 */
export type StepTime = 'none' | 'passes' | 'stays' | 'listens';

/** A lead that reaches a step. Times are epoch milliseconds, computed in the lead's zone with the calendar of the cadence. */
export interface Arrival {
  atMs: number;
  /** True when the lead comes from a step whose time has passed, false when it comes from a step that was just performed. */
  hasWaited: boolean;
  /** The end of a span that begins then. */
  after(span: Span): number;
  /** The same day as an instant, at a time of day ("09:00"). */
  atTimeOfDay(atMs: number, at: string): number;
  /** The first instant after it at a time of day, on one of these days of the week. */
  nextTimeOfDay(days: readonly Weekday[], at: string): number;
  /** The first instant from then on that lies in the window of the cadence. */
  inWindow(): number;
}

/** A way on from a step. */
export type Way =
  /** To the next step; null: the cadence has run out of content. */
  | { go: 'on'; stepId: string | null }
  /** To a step that is chosen, and when it is. */
  | { go: 'to'; stepId: string; when: string }
  /** Into another cadence. */
  | { go: 'cadence'; cadence: string }
  /** Out of the cadence. */
  | { go: 'out'; because: string };

/** The due time of a step that takes no time: at once, or after a wait when the window is open. */
export function dueAtOnce(_step: Step, arrival: Arrival): number {
  return arrival.hasWaited ? arrival.inWindow() : arrival.atMs;
}

/** Words for a channel that is no webhook. */
export const BY_EMAIL: ReadonlySet<string> = new Set(['email', 'e-mail', 'mail']);
export const BY_CALL: ReadonlySet<string> = new Set(['phone', 'call', 'telephone']);

/** The way of a step that goes on to the next step, or to the step that it names; `next: null` ends the cadence. */
export function waysOn(step: { next?: string | null }, next: string | null): Way[] {
  return [{ go: 'on', stepId: step.next === undefined ? next : step.next }];
}

/** The words for a step that waits only for its time. */
export function waitsUntilDue(step: Step, until: string): string {
  return `Wait until ${until} for ‘${step.id}’`;
}

/** The position of a step that sends a message when the window of the cadence is open; its label is its own. */
export const MESSAGE = {
  time: 'none',
  startsListening: true,
  toldBy: 'send',
  due: (_step, arrival) => arrival.inWindow(),
  ways: waysOn,
  waiting: waitsUntilDue,
} as const satisfies Omit<StepPosition<Step & { next?: string | null }>, 'label'>;
