import { watch as watchFiles } from 'chokidar';
import type { Folders } from './read-folders.ts';

/** An editor writes a file in several pieces, and a search-and-replace writes many files. Writes close together count as one change. */
const SETTLED_MS = 300;

/**
 * Calls `changed` once it watches the marketer's folders, as they may have changed before, and then after each change that was
 * left alone for a moment. One call at a time: what changes meanwhile is followed by another. Returns how to stop, which waits
 * for a call under way.
 */
export function watchFolders(
  { playbookDir, templatesDir }: Folders,
  changed: () => Promise<void>,
): () => Promise<void> {
  let settling: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  const settle = (): void => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      working = working.then(changed);
    }, SETTLED_MS);
  };
  const watcher = watchFiles([playbookDir, templatesDir], { ignoreInitial: true });
  watcher.on('ready', settle);
  watcher.on('all', settle);
  // When a folder cannot be watched any more, it is published by hand or at the next start.
  watcher.on('error', () => {});
  return async () => {
    await watcher.close();
    clearTimeout(settling);
    await working;
  };
}
