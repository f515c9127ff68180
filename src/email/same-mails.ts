/** Templates that are one mail under two names. */
import type { WordedTemplate } from '../domain/template.ts';
import { wordingOf } from '../domain/template-wording.ts';
import { at, type Position } from './source-map.ts';
import type { PlacedMessage } from './template-mistakes.ts';

/**
 * What a lead has got is known by the template's name, and by its content where not even a sign or a color differs: a lead may get such mails one
 * after the other.
 */
export class SameMails {
  readonly #seen = new Map<string, { key: string; subject: Position }>();

  /**
   * A warning where another template reads the same. A mail to people of ours may say what another one says.
   * @param read As it was rendered on trial
   * @param subject Where its subject stands
   */
  take(source: WordedTemplate, read: string, subject: Position): PlacedMessage[] {
    if (source.kind === 'transactional') return [];
    // A text part by hand may be short where the mail is not.
    const byHand = source.text === null ? '' : wordingOf(source);
    const words = `${read}\n${byHand}`.toLowerCase().replaceAll(/\s+/g, ' ').trim();
    const first = this.#seen.get(words) ?? { key: source.key, subject };
    this.#seen.set(words, first);
    if (first.key === source.key) return [];
    const message = `this mail reads as ${first.key} does (${at(first.subject)}), its subject and its text: a lead can get both; use one of them in both places, or let them say different things`;
    return [{ place: subject, message }];
  }
}
