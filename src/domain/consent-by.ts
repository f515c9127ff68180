/** Whose word a consent or a refusal is: what its proof is worth depends on it. */
import type { Actor } from './actor.ts';

export const CONSENT_BY = ['form', 'server', 'person', 'import', 'lead'] as const;

/**
 * `form`: a public key of a site, so anybody may have filled it in. `server`: another key. `person`: a rep or a user of the console. `import`:
 * a line of a list. `lead`: the person itself, by a link in a mail to it or from its mailbox.
 */
export type ConsentBy = (typeof CONSENT_BY)[number];

const IN_WORDS: Readonly<Record<ConsentBy, string>> = {
  form: 'stated by a public form',
  server: 'stated by a server of ours',
  person: 'entered by a person of ours',
  import: 'from a list',
  lead: 'by the person itself',
};

/** @param by Nobody: a way of ours, by which the person itself speaks. @param how The request came in */
export function consentBy(by: Actor | undefined, how?: string): ConsentBy {
  if (by?.kind === 'key' && by.role === 'site') return 'form';
  if (how === 'csv') return 'import';
  if (by?.kind === 'rep' || by?.kind === 'user') return 'person';
  return by?.kind === 'key' ? 'server' : 'lead';
}

/** `form, stated by a public form`; a proof of an older version does not say by whom it was stated. */
export function sourceInWords(source: string, by: ConsentBy | null | undefined): string {
  return by === null || by === undefined ? source : `${source}, ${IN_WORDS[by]}`;
}
