/** What a template is for: the share of offers among what a lead gets can be bounded. `transactional` is for mails to reps alone. */
export const TEMPLATE_KINDS = ['resource', 'invitation', 'offer', 'news', 'transactional'] as const;
export type TemplateKind = (typeof TEMPLATE_KINDS)[number];

/**
 * A stored template: everything that is needed to render it, with its shared parts, so that an old revision renders without the
 * files. Plain JSON.
 */
export interface TemplateSource {
  key: string;
  /** sha256 (hex) of everything that can change the email: front matter, and the body with its parts. */
  hash: string;
  subject: string;
  preheader: string;
  topic: string;
  kind: TemplateKind;
  /** Key of what the mail gives to the reader: who has it already does not get the mail. */
  material?: string;
  /** The hand-written text part, if any. */
  text: string | null;
  /** MJML with Liquid; no includes any more. */
  body: string;
  /** For error messages only: the template's file, and which piece of the body came from which file. */
  file: string;
  spans: { at: number; file: string; line: number; column: number }[];
}
