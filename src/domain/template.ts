import { languageChain } from './language-tag.ts';

/** What a template is for: the share of offers among what a lead gets can be bounded. `transactional` is for mails to reps alone. */
export const TEMPLATE_KINDS = ['resource', 'invitation', 'offer', 'news', 'transactional'] as const;
export type TemplateKind = (typeof TEMPLATE_KINDS)[number];

/** What a template says in one language. Plain JSON. */
export interface Wording {
  subject: string;
  preheader: string;
  /** The hand-written text part, if any. */
  text: string | null;
  /** MJML with Liquid; no includes any more. */
  body: string;
  /** What stands in for variables that are not known: by their names, as in "lead.firstName". */
  defaults?: Readonly<Record<string, string>>;
  /** For error messages only: the file, and which piece of the body came from which file. */
  file: string;
  spans: { at: number; file: string; line: number; column: number }[];
}

/**
 * A stored template: everything that is needed to render it, with its shared parts, so that an old revision renders without the
 * files. Plain JSON.
 */
export interface TemplateSource extends Wording {
  key: string;
  /** sha256 (hex) of everything that can change the email: front matter, and the body with its parts, in every language. */
  hash: string;
  topic: string;
  kind: TemplateKind;
  /** Key of what the mail gives to the reader: who has it already does not get the mail. */
  material?: string;
  /** Key of the sender in settings.yaml; without it that of the topic. */
  sender?: string;
  /** Neither opens nor clicks are recorded. */
  tracking?: 'off';
  /** Opens are not recorded; clicks are. */
  opens?: 'off';
  /** The same mail in other languages, by their tags: welcome.de.mjml is "de". */
  variants?: Readonly<Record<string, Wording>>;
}

/** A template in the language that was chosen. `language`: of a variant; without it the template speaks its own. */
export interface WordedTemplate extends TemplateSource {
  language?: string;
}

/** The template as a reader of the language gets it: de-AT, else de, else the template's own words. */
export function inLanguage(source: TemplateSource, language: string | null | undefined): WordedTemplate {
  const { variants } = source;
  if (variants === undefined) return source;
  for (const tag of languageChain(language)) {
    const wording = variants[tag];
    if (wording !== undefined) {
      const { defaults: _ofTheTemplate, ...own } = source;
      return { ...own, ...wording, language: tag };
    }
  }
  return source;
}

/** The template in each of its languages, its own first. */
export function inEachLanguage(source: TemplateSource): WordedTemplate[] {
  return [source, ...Object.keys(source.variants ?? {}).map((language) => inLanguage(source, language))];
}
