/** The JSON Schemas that editors check the files by: the sample files name them, and they say what the engine says. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = path.join(import.meta.dirname, '..', '..');

function schemaNamedBy(file: string): string {
  const [first = ''] = readFileSync(file, 'utf8').split('\n');
  const [, named = 'none'] = /^# yaml-language-server: \$schema=(\S+)$/.exec(first) ?? [];
  return path.resolve(path.dirname(file), named);
}

function checkedBy(schema: string): z.ZodType {
  return z.fromJSONSchema(JSON.parse(readFileSync(schema, 'utf8')) as z.core.JSONSchema.JSONSchema);
}

const FOLDERS = ['cadences', 'forms', 'personas'].filter((folder) => existsSync(path.join(ROOT, 'playbook', folder)));

describe.each(FOLDERS)('playbook/%s', (folder) => {
  const inside = path.join(ROOT, 'playbook', folder);
  const files = readdirSync(inside).filter((file) => file.endsWith('.yaml'));
  it.each(files)('%s names its schema in the first line, which resolves and has no objection', (name) => {
    const file = path.join(inside, name);
    const schema = schemaNamedBy(file);
    expect(existsSync(schema), schema).toBe(true);
    expect(checkedBy(schema).safeParse(parse(readFileSync(file, 'utf8'))).error?.issues).toBeUndefined();
  });
});

it.each<[string, unknown]>([
  ['an unknown key', { name: 'x', priorty: 1, steps: [{ email: 'a' }] }],
  ['an unknown kind of step', { name: 'x', steps: [{ emial: 'a' }] }],
  ['an unknown key of a step', { name: 'x', steps: [{ email: 'a', nxt: 'b' }] }],
  ['no steps', { name: 'x', steps: [] }],
])('%s is a mistake for an editor too', (_, cadence) => {
  const schema = checkedBy(path.join(ROOT, 'docs', 'schema', 'cadence.schema.json'));
  expect(schema.safeParse({ name: 'x', steps: [{ email: 'a' }, { wait: '2 days' }, { email: 'b' }] }).success).toBe(
    true,
  );
  expect(schema.safeParse(cadence).success).toBe(false);
});
