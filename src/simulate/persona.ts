/** A made-up person of a simulation: who it is, how it comes in, and how it behaves. */
import type { Span, Weekday } from '../domain/cadence.ts';
import type { LeadSubmission } from '../store/capture/submission.ts';

export interface Persona {
  /** Key: the file's name. */
  persona: string;
  name: string;
  description?: string;
  /** As shown to people: "playbook/personas/keen-reader.yaml". */
  file: string;
  /** When it comes in, in its own zone: on the next such day after the simulation starts. */
  arrives: { day: Weekday; time: string };
  /** How it comes in: profile, source, consent. */
  request: LeadSubmission;
  reads: Reading;
  does: readonly Deed[];
  rep: RepBehavior;
}

/** How it treats the mail that it gets. */
export interface Reading {
  /** Share of mails it opens, 0 to 1. */
  opens: number;
  /** Share of opened mails in which it follows a link, 0 to 1. */
  clicks: number;
  /** How long a mail usually lies before it is opened. It opens none at night. */
  after: Span;
  /** What it does with certain mails, whatever the shares say. */
  mails: readonly MailRule[];
}

export const MAIL_DEEDS = ['ignore', 'open', 'click', 'reply', 'unsubscribe'] as const;
export type MailDeed = (typeof MAIL_DEEDS)[number];

export interface MailRule {
  /** The number of the mail (the first is 1), or the key of its template. */
  mail: number | string;
  does: MailDeed;
  /** For a click: the words of the link, or its number from 1; without it the first link. */
  link?: string | number;
  /** For clicks: so many, one after the other; 1 without it. */
  times?: number;
  after?: Span;
}

/** What it does by itself on a day after it came in (the day it comes in is day 0). */
export interface Deed {
  day: number;
  time: string;
  act:
    | { kind: 'event'; type: string; properties: Readonly<Record<string, unknown>> }
    | { kind: 'request'; request: LeadSubmission };
}

/** What the rep does who gets the lead. The first offer gets the first answer; the last answer stands for all further offers. */
export interface RepBehavior {
  answers: readonly RepAnswer[];
  /** Tasks of a cadence: how long until they are done (working time), and with what result. */
  tasks: { after: Span; done: boolean; result?: string };
}

export interface RepAnswer {
  decision: 'accept' | 'reject' | 'none';
  /** Key of a reason, for a rejection. */
  reason?: string;
  note?: string;
  /** Working time of the team until the rep decides. */
  after: Span;
  /** What comes of an accepted lead. */
  outcomes: readonly RepOutcome[];
}

export interface RepOutcome {
  result: 'opportunity' | 'won' | 'lost' | 'no-need' | 'back-to-nurture';
  /** After the one before, or the decision. */
  after: Span;
  valueMinor?: number;
  currency?: string;
  funnelStage?: string;
  reason?: string;
}
