/** Tables of the console come from one place, where their rows become blocks on a phone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../src/console');

test('every table of the console is one that fits a phone', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const having = files.filter((file) => readFileSync(join(folder, file), 'utf8').includes('<table'));
  expect(having).toEqual(['table.ts']);
});
