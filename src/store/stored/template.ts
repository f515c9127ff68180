import { z } from 'zod';
import { TEMPLATE_KINDS, type TemplateSource, type Wording } from '../../domain/template.ts';
import type { Prisma } from '../generated/client.ts';
import { read, store, type StoredShape, type Upcast, unversioned } from './versions.ts';

/** Version 2 has the kind `news`, and may name the material that a mail gives. */
const withMaterial: Upcast = (stored) => ({ ...stored });

/** Version 3 has defaults, and may say the same in other languages, name its sender, and say what is not tracked. */
const withLanguages: Upcast = (stored) => ({ ...stored });

const WORDING = {
  subject: z.string(),
  preheader: z.string(),
  text: z.string().nullable(),
  body: z.string(),
  defaults: z.record(z.string(), z.string()).exactOptional(),
  file: z.string(),
  spans: z.array(z.strictObject({ at: z.int(), file: z.string(), line: z.int(), column: z.int() })),
} satisfies Record<keyof Wording, z.ZodType>;

export const TEMPLATE: StoredShape<TemplateSource> = {
  name: 'template',
  upcasts: [unversioned, withMaterial, withLanguages],
  schema: z.strictObject({
    ...WORDING,
    key: z.string(),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    topic: z.string(),
    kind: z.enum(TEMPLATE_KINDS),
    material: z.string().exactOptional(),
    sender: z.string().exactOptional(),
    tracking: z.literal('off').exactOptional(),
    opens: z.literal('off').exactOptional(),
    variants: z.record(z.string(), z.strictObject(WORDING)).exactOptional(),
  }),
};

/** As it is kept in `template_revisions`. */
export function storedTemplate(template: TemplateSource): Prisma.InputJsonObject {
  return store(TEMPLATE, template);
}

/** @throws AppError STORED_BY_NEWER, PLAYBOOK_INVALID */
export function parseTemplate(stored: unknown): TemplateSource {
  return read(TEMPLATE, stored);
}
