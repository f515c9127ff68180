/** The examples of docs/cadences.md, as a marketer would copy them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const DOCS = readFileSync(path.join(import.meta.dirname, '../../docs/cadences.md'), 'utf8');

type Written = Record<string, unknown>;

/** Every list of steps in a block of YAML, each with the texts below a key of the block: what it names in other files. */
export const DOCUMENTED = [...DOCS.matchAll(/```yaml\n(.*?)```/gs)].flatMap(([, text = '']) => {
  const block: unknown = parse(text);
  const steps = Array.isArray(block) ? (block as Written[]) : (block as { steps?: Written[] } | null)?.steps;
  if (!Array.isArray(steps)) return [];
  const cadence = Array.isArray(block) ? `name: Of the docs\nsteps:\n${text.replaceAll(/^/gm, '  ')}` : text;
  return [{ cadence, steps, names: (key: string) => textsBelow(block, key) }];
});

/** What stands as a text below a key, also in steps inside other steps. */
function textsBelow(value: unknown, key: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    name === key && typeof inner === 'string' ? [inner] : textsBelow(inner, key),
  );
}

/** Whether the table of steps has a row for a kind. */
export function hasRow(kind: string): boolean {
  return DOCS.includes(`\n| \`${kind}\` |`);
}
