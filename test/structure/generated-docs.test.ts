/** What docs/ says of fields is what the registry says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { generatedDocs } from '../../scripts/generated-docs.ts';
import { condition } from '../../src/language/condition-schema.ts';
import { FIELDS, isBehavior } from '../../src/domain/fields/registry.ts';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');

test.each(generatedDocs())('$file is as `npm run docs` writes it', ({ file, write }) => {
  const current = readFileSync(join(root, file), 'utf8');
  expect(current).toBe(write(current));
});

describe('each field', () => {
  it('has a unique name', () => {
    expect(new Set(FIELDS.map(({ name }) => name)).size).toBe(FIELDS.length);
  });

  it.each(FIELDS.map((field) => [field.name, field] as const))(
    '%s has an example that can be written so',
    (name, field) => {
      const example: unknown = parse(field.example);
      expect(Object.keys(example as object)).toEqual([name]);
      expect(condition('lead').safeParse(example)).toMatchObject({ success: true });
      expect(condition('fit').safeParse(example)).toMatchObject({ success: !isBehavior(field) });
    },
  );
});
