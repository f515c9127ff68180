import { relative } from 'node:path';

/** How messages name a file or folder: relative to where the command was given, if it is below that. */
export function shownPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below === '' || below.startsWith('..') ? path : below;
}
