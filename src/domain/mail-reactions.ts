import type { Verdict } from './machine-open.ts';

/** What people and machines did with a message, as it stands in `sends.reactions`: a sum of these numbers. */

/** A person's reactions: what `reaction_of` in the database makes of an event. */
export const REACTIONS = { clicked: 1, replied: 2, unsubscribed: 4, bounced: 8 } as const;

/** Clicks that do not count: of what may be a program, as no human sign has followed, and of a program. */
export const SUSPECT_CLICK = 16;
export const MACHINE_CLICK = 32;

/** Whose a reaction was, beside its kind or its number. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  human: 'by people',
  suspect: 'perhaps by a scanner',
  machine: 'by machines',
  unknown: 'by whom cannot be told',
};
