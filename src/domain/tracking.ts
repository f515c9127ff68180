/** Whether a mail tells who opened it and who clicked: by the installation, the playbook, the template and the reader's own word. */
import type { Word } from './consent.ts';

/** Consents to being tracked are on this topic. It is no topic of mails. */
export const TRACKING = 'tracking';

/** What of a mail is not recorded; what follows from it cannot be known. */
export type Untracked = 'opens' | 'all';

/** Of settings.yaml. */
export interface TrackingRules {
  /** Neither opens nor clicks, of nobody. */
  off?: true;
  /** No opens, of nobody. */
  opens?: 'off';
  /** Countries (ISO 3166-1) whose people are tracked only if they agreed to it; a person whose country is not known may be from one. */
  consentIn?: readonly string[] | 'all';
}

interface Reader {
  country: string | null;
  words: readonly Word[];
}

/** What the person said about being tracked last; null: nothing. A word on marketing says nothing about it. */
function wordOnTracking(words: readonly Word[]): Word | null {
  const said = words.filter(({ topic }) => topic === TRACKING);
  return said.toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)).at(-1) ?? null;
}

/** Whether a person may be tracked at all. */
export function maySeeReading(rules: TrackingRules = {}, { country, words }: Reader): boolean {
  const word = wordOnTracking(words);
  if (word !== null) return word.granted;
  const { consentIn = [] } = rules;
  if (consentIn === 'all') return false;
  return consentIn.length === 0 || (country !== null && !consentIn.includes(country));
}

/**
 * What the preference page asks of tracking. No box of consent is ticked without a consent: who never said a word, and is tracked all the same
 * because the rules ask for none, may object.
 */
export function trackingQuestion(rules: TrackingRules | undefined, reader: Reader): TrackingQuestion {
  const word = wordOnTracking(reader.words);
  if (word === null && maySeeReading(rules, reader)) return { asks: 'objection', on: false };
  return { asks: 'consent', on: word?.granted === true };
}

export interface TrackingQuestion {
  asks: 'consent' | 'objection';
  /** Its box is ticked. */
  on: boolean;
}

/** What is not recorded of a mail; null: opens and clicks are. */
export function untrackedOf(
  rules: TrackingRules = {},
  template: { tracking?: 'off'; opens?: 'off' },
  reader: Reader,
): Untracked | null {
  if (rules.off === true || template.tracking === 'off' || !maySeeReading(rules, reader)) return 'all';
  return rules.opens === 'off' || template.opens === 'off' ? 'opens' : null;
}
