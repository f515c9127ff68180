import { de } from './de.ts';
import { en } from './en.ts';
import type { Words } from './words.ts';

const LANGUAGES: Readonly<Record<string, Words>> = { en, de };

/** The languages that there are words in, each by its own name. */
export const LANGUAGE_NAMES: Readonly<Record<string, string>> = { en: 'English', de: 'Deutsch' };

/** The words for a lead by its language tag; English for one that there are none in. */
export function wordsFor(language: string | null | undefined): Words {
  return LANGUAGES[(language ?? '').slice(0, 2).toLowerCase()] ?? en;
}
