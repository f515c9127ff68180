import { createHash } from 'node:crypto';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { PlaybookContent } from '../../domain/playbook-changes.ts';

/** Hash of all that a playbook revision says, as the column `hash` has it: the same content, the same hash. */
export function contentHash({ playbook, templates }: PlaybookContent): string {
  const hashes = Object.fromEntries([...templates].map(([key, { hash }]) => [key, hash]));
  return createHash('sha256')
    .update(canonicalJson({ playbook, templates: hashes }))
    .digest('hex');
}
