import type { Condition } from './condition-parts.ts';

/** How long something lasts. Days and weeks are calendar days in the lead's zone. */
export interface Span {
  amount: number;
  unit: 'minutes' | 'hours' | 'days' | 'weeks' | 'business days';
}

/**
 * A step of a cadence, as far as the domain knows it. The folder of its kind in src/steps knows its other properties, its due time
 * and its effect. `next` is the id of the next step, if the file names one; otherwise the next step in the file follows. After the
 * last step the cadence has run out of content.
 */
export interface Step {
  readonly id: string;
  readonly kind: string;
  readonly [more: string]: unknown;
}

/** Days and hours in which a step may be performed, in the lead's zone. `from` after `to` passes midnight. */
export interface SendWindow {
  days: readonly Weekday[];
  /** "HH:MM" */
  from: string;
  to: string;
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A validated cadence, as stored in its revision. */
export interface Cadence {
  /** Key: the file's name. */
  cadence: string;
  name: string;
  description?: string;
  /**
   * nurture: drips to a lead in the pool; ends when the lead qualifies. One at a time a lead.
   * customer: content after the sale; runs while the need is closed as won.
   */
  purpose: 'nurture' | 'customer';
  /** Leads that match are enrolled when they have no cadence. Without it: only by move, recycle, outcome or command. */
  enroll?: { when: Condition };
  /** The highest priority of the matching cadences wins. On a new request a higher one preempts the running cadence. */
  priority: number;
  /** May a lead that has been in this cadence before be enrolled again by trigger? */
  reentry: 'always' | 'never';
  window?: SendWindow;
  /** Key of a calendar in calendars.yaml whose holidays are not business days. */
  calendar?: string;
  /** Ends the enrollment as soon as it holds, checked before every step. */
  exit?: { when: Condition; reason: string };
  /** What follows when there is no content left: another cadence, or `dormant`. */
  whenDone: { move: string } | 'dormant';
  steps: readonly Step[];
}
