import type { Span, Step } from '../domain/cadence.ts';

/**
 * The pure half of a step kind beside its language: where a lead stands that comes to such a step, until when, and where it can
 * go from there. No clock and no database: times come from the caller.
 */
export interface StepPosition<S extends Step = Step> {
  readonly time: StepTime;
  /** Events that end a later step which listens count from when this step was performed; else from the one before it. */
  readonly startsListening: boolean;
  /** What its outcome is told by on the timeline: an entry of its own, or the row of the message it sends. */
  readonly toldBy: 'step' | 'send';
  /** Instant (epoch milliseconds) at which a step that a lead comes to is due, or is over where it `passes`. */
  due(step: S, arrival: Arrival): number;
  /** Every way on from the step, as a picture of the cadence shows them. `next` stands after it in the file; null: it is the last. */
  ways(step: S, next: string | null): readonly Way[];
  /** What a lead's process waits for that stands before it, in a line a marketer understands. */
  waiting(step: S, until: string): string;
  /** What it does, in a few words: its box in a picture of the cadence. */
  label(step: S): string;
}

/**
 * Whether a lead spends time at a step.
 * none: it is performed as soon as the lead comes to it and the window is open.
 * passes: nobody stands on it; the lead stands on what follows, due when this time is over.
 * listens: the lead stands on it until something comes, or until its time is up.
 */
export type StepTime = 'none' | 'passes' | 'listens';

/** A lead that comes to a step. Times are epoch milliseconds, computed in its zone with the calendar of the cadence. */
export interface Arrival {
  atMs: number;
  /** It comes from a step whose time has passed, and not at once from one that was performed. */
  hasWaited: boolean;
  /** The end of a span that begins then. */
  after(span: Span): number;
  /** The first instant from then on that lies in the window of the cadence. */
  inWindow(): number;
}

/** A way on from a step. */
export type Way =
  /** To what follows; null: the cadence is out of content there. */
  | { go: 'on'; stepId: string | null }
  /** To a step that is chosen, and when it is. */
  | { go: 'to'; stepId: string; when: string }
  /** Into another cadence. */
  | { go: 'cadence'; cadence: string }
  /** Out of the cadence. */
  | { go: 'out'; because: string };

/** Of a step that takes no time: due at once, and after a wait when the window is open. */
export function dueAtOnce(_step: Step, arrival: Arrival): number {
  return arrival.hasWaited ? arrival.inWindow() : arrival.atMs;
}

/** Of a step that goes on to what follows, or to the step that it names. */
export function waysOn(step: { next?: string }, next: string | null): Way[] {
  return [{ go: 'on', stepId: step.next ?? next }];
}

/** Of a step that waits for nothing but its time. */
export function waitsUntilDue(step: Step, until: string): string {
  return `Wait until ${until} for ‘${step.id}’`;
}
