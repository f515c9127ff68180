import { watch as watchFiles } from 'chokidar';
import type { Folders } from './read-folders.ts';

/** An editor writes a file in several goes, and a search-and-replace many files: together they are one change. */
const SETTLED_MS = 300;

/**
 * Calls `changed` after something in the marketer's folders changed and was then left alone for a moment. One call at a time:
 * what changes meanwhile is followed by another. Returns how to stop, which waits for a call under way.
 */
export function watchFolders(
  { playbookDir, templatesDir }: Folders,
  changed: () => Promise<void>,
): () => Promise<void> {
  let settling: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  const watcher = watchFiles([playbookDir, templatesDir], { ignoreInitial: true });
  watcher.on('all', () => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      working = working.then(changed);
    }, SETTLED_MS);
  });
  // A folder that cannot be watched any more is published by hand or at the next start.
  watcher.on('error', () => {});
  return async () => {
    await watcher.close();
    clearTimeout(settling);
    await working;
  };
}
