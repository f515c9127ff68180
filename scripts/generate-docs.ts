/** `npm run docs`: writes what docs/ says of fields from the registry (src/domain/fields). A test fails when it was forgotten. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedDocs } from './generated-docs.ts';

const root = join(import.meta.dirname, '..');
for (const { file, write } of generatedDocs()) {
  const path = join(root, file);
  const before = readFileSync(path, { encoding: 'utf8', flag: 'a+' });
  const after = write(before);
  if (after === before) continue;
  writeFileSync(path, after);
  console.log(`wrote ${file}`);
}
