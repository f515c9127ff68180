import { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import { TEMPLATE_KINDS } from './front-matter.ts';

/**
 * A template as it is kept: everything that is needed to render it, shared parts put in, so that an old revision renders
 * without the files. Plain JSON.
 */
const templateSourceSchema = z.object({
  key: z.string(),
  /** sha256 (hex) of all that can change the email: front matter, and the body with its parts. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  subject: z.string(),
  preheader: z.string(),
  topic: z.string(),
  kind: z.enum(TEMPLATE_KINDS),
  /** The hand-written text part, if any. */
  text: z.string().nullable(),
  /** MJML with Liquid; no includes any more. */
  body: z.string(),
  /** For messages only: the file this came from, and which piece of the body came from which file. */
  file: z.string(),
  spans: z.array(z.object({ at: z.int(), file: z.string(), line: z.int(), column: z.int() })),
});
export type TemplateSource = z.infer<typeof templateSourceSchema>;

/** @throws AppError PLAYBOOK_INVALID when `value` is not what serializeTemplate wrote. */
export function parseTemplate(value: unknown): TemplateSource {
  const parsed = templateSourceSchema.safeParse(value);
  if (!parsed.success)
    throw new AppError('PLAYBOOK_INVALID', 'A stored template is not readable', { cause: parsed.error });
  return parsed.data;
}
