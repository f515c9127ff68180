import type { Cap } from './playbook.ts';

/** What a person chooses about marketing mail. Answers to requests and other transactional mails leave all the same. */

/** At most so often. */
export const FREQUENCIES = ['all', 'weekly', 'monthly'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** The event that is recorded when a person has chosen something else, or confirmed: what waits for it is looked at again. */
export const PREFERENCES_CHANGED = 'preferences.changed';

const CAPS: Readonly<Record<string, Cap>> = {
  weekly: { messages: 1, per: { amount: 1, unit: 'weeks' } },
  monthly: { messages: 1, per: { amount: 30, unit: 'days' } },
};

/** The cap that follows from the choice; null: none. */
export function capOfFrequency(frequency: string | null): Cap | null {
  return CAPS[frequency ?? ''] ?? null;
}

const DAY = 86_400_000;

/** The link to the preference page in a mail works so long. Then the page offers to mail a new one. Milliseconds. */
export const PREFERENCE_LINK_LASTS = 90 * DAY;

/** A consent can be confirmed for so long. Milliseconds. */
export const CONFIRMATION_LASTS = 7 * DAY;

/** So many mails with a link to confirm, and so many with one to the preference page, go to one address in a day. */
export const MOST_LINKS_A_DAY = 3;
