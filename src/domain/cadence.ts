import type { Condition } from './condition-parts.ts';
import type { PauseCause } from './pause-on.ts';

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

/** Days and hours. `from` after `to` passes midnight, and belongs to the day it begins on; equal times are the whole day. */
export interface Hours {
  days: readonly Weekday[];
  /** "HH:MM" */
  from: string;
  to: string;
}

/** When a step may be performed, in the lead's zone: inside one of these. */
export type SendWindow = readonly Hours[];

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** `skip`: it is passed over, with the reason on the timeline. `send`: it leaves, spread over the window. */
export type WhenStale = 'skip' | 'send';

/** A template that answers a request; `when` asks about the lead and its request. */
export interface Answer {
  when?: Condition;
  template: string;
}

/** `after`: so long after it was last in the cadence. */
export type Reentry = 'always' | 'never' | { after: Span };

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
  /**
   * What a request that fits `enroll` is answered with: the first entry whose `when` holds. It goes at once, also when the cadence
   * itself is not begun again.
   */
  answer?: readonly Answer[];
  /** Runs beside the cadence of the lead, in every stage: a webinar it registered for. Without it: one cadence at a time. */
  kind?: 'reminder';
  /** An event that begins a reminder. */
  on?: { event: string; when?: Condition };
  /** Property of the event that says what the reminder is about: each value has a reminder of its own. */
  key?: string;
  /** An event that ends the reminder; with `key` the one about the same thing. */
  cancel?: { event: string; when?: Condition };
  /** The highest priority of the matching cadences wins. On a new request a higher one preempts the running cadence. */
  priority: number;
  /** What this cadence does to one that it preempts: `suspend` lets that go on afterwards. Without it: that has ended. */
  preempt?: 'suspend' | 'end';
  /** May a lead that has been in this cadence before be enrolled again by trigger? */
  reentry: Reentry;
  window?: SendWindow;
  /** Key of a calendar in calendars.yaml whose holidays are not business days; `LEADS_OWN`: that of the lead's country. */
  calendar?: string;
  /** What falls due outside the window leaves within so long after it opens, each lead at an instant of its own. Without it: as settings.yaml says. */
  spread?: Span;
  /** A message later than this by its due time is stale; `whenStale` says what happens to it. Without them: see domain/staleness.ts. */
  staleAfter?: Span;
  whenStale?: WhenStale;
  /** Key of the campaign of settings.yaml that the cadence is about: its dates, and `campaign` in its mails. */
  campaign?: string;
  /** Ends the enrollment as soon as it holds, checked before every step. */
  exit?: { when: Condition; reason: string };
  /** What makes its mails wait. Without it: see domain/pause-on.ts. */
  pauseOn?: readonly PauseCause[];
  /** What it is to bring about. Ends the enrollment like an exit, and is counted apart. */
  goal?: { when: Condition; name: string };
  /** What follows when there is no content left: another cadence, or `dormant`. */
  whenDone: { move: string } | 'dormant';
  steps: readonly Step[];
}

/** Whether it is content for the nurture pool, one cadence at a time; what ends without another leaves the lead dormant. */
export function nurtures({ purpose, kind }: Pick<Cadence, 'purpose' | 'kind'>): boolean {
  return purpose === 'nurture' && kind !== 'reminder';
}
