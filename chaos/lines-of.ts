import { readFileSync } from 'node:fs';

/** The lines of a record that a server writes; none where it has written nothing. */
export function linesOf(file: string): string[] {
  try {
    // A killed server may have left half a line at the end. It had not answered what that line was to say.
    return readFileSync(file, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}
