import { createHash } from 'node:crypto';
import type { Cadence } from '../domain/cadence.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { kindOf } from '../steps/kinds.ts';

/**
 * Hash of what a revision of a cadence is: its definition and the hashes of the templates it uses, by key. The order of keys
 * makes no difference, that of steps does; comments and layout of the file are not part of it.
 */
export function cadenceHash(cadence: Cadence, templateHashes: Readonly<Record<string, string>>): string {
  const used = Object.fromEntries(templatesOf(cadence).map((template) => [template, templateHashes[template] ?? null]));
  return createHash('sha256')
    .update(canonicalJson({ cadence, templates: used }))
    .digest('hex');
}

/** Keys of the templates a cadence sends, each once, sorted. */
export function templatesOf(cadence: Cadence): string[] {
  return [...new Set(cadence.steps.flatMap((step) => kindOf(step).language.templates?.(step) ?? []))].toSorted();
}
