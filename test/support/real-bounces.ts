/** Where the real bounces are: mails with addresses replaced, which are not part of the project. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder, or null. `BOUNCES_DIR` names it; else `shared/bounces` is looked for in this folder and all above it. */
export function realBounces(): string | null {
  const named = process.env['BOUNCES_DIR'];
  if (named !== undefined && named !== '') {
    if (!hasTable(named))
      throw new Error(`BOUNCES_DIR: ${named} has no expected.tsv; name the folder of the real bounces`);
    return named;
  }
  for (let dir = import.meta.dirname; ; dir = dirname(dir)) {
    const folder = join(dir, 'shared', 'bounces');
    if (hasTable(folder)) return folder;
    if (dir === dirname(dir)) return null;
  }
}

const hasTable = (folder: string): boolean => existsSync(join(folder, 'expected.tsv'));

/** What a skipped test says. */
export const NO_REAL_BOUNCES =
  'The real bounces are not here: name their folder in BOUNCES_DIR, or put it at shared/bounces beside or above the project';
