/** What a template is for: decides whether it counts as an offer. `transactional` is for mails to reps alone. */
export const TEMPLATE_KINDS = ['resource', 'invitation', 'offer', 'transactional'] as const;
export type TemplateKind = (typeof TEMPLATE_KINDS)[number];

/**
 * A template as it is kept: everything that is needed to render it, shared parts put in, so that an old revision renders
 * without the files. Plain JSON.
 */
export interface TemplateSource {
  key: string;
  /** sha256 (hex) of all that can change the email: front matter, and the body with its parts. */
  hash: string;
  subject: string;
  preheader: string;
  topic: string;
  kind: TemplateKind;
  /** The hand-written text part, if any. */
  text: string | null;
  /** MJML with Liquid; no includes any more. */
  body: string;
  /** For messages only: the file this came from, and which piece of the body came from which file. */
  file: string;
  spans: { at: number; file: string; line: number; column: number }[];
}
