import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A file of its own folder with this text. */
export function fileWith(text: string, name = 'somebody.yaml'): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'nurture-simulate-')), name);
  writeFileSync(file, text);
  return file;
}
