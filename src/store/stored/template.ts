import { z } from 'zod';
import { TEMPLATE_KINDS, type TemplateSource } from '../../domain/template.ts';
import type { Prisma } from '../generated/client.ts';
import { read, store, type StoredShape, type Upcast, unversioned } from './versions.ts';

/** Version 2 has the kind `news`, and may name the material that a mail gives. */
const withMaterial: Upcast = (stored) => ({ ...stored });

export const TEMPLATE: StoredShape<TemplateSource> = {
  name: 'template',
  upcasts: [unversioned, withMaterial],
  schema: z.strictObject({
    key: z.string(),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    subject: z.string(),
    preheader: z.string(),
    topic: z.string(),
    kind: z.enum(TEMPLATE_KINDS),
    material: z.string().exactOptional(),
    text: z.string().nullable(),
    body: z.string(),
    file: z.string(),
    spans: z.array(z.strictObject({ at: z.int(), file: z.string(), line: z.int(), column: z.int() })),
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
