import { watch as watchFiles } from 'chokidar';
import type { Folders } from './read-folders.ts';

/** An editor writes a file in several pieces, and a search-and-replace writes many files. Writes close together count as one change. */
const LEFT_ALONE_MS = 300;

/**
 * Calls `changed` once it watches the marketer's folders, as they may have changed before, and then after each change that was
 * left alone for a moment. One call at a time: what changes meanwhile is followed by another. Returns how to stop, which waits
 * for a call under way.
 */
export function watchFolders(
  { playbookDir, templatesDir }: Folders,
  changed: () => Promise<void>,
): () => Promise<void> {
  let pause: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  const changedAgain = (): void => {
    clearTimeout(pause);
    pause = setTimeout(() => {
      working = working.then(changed);
    }, LEFT_ALONE_MS);
  };
  const watcher = watchFiles([playbookDir, templatesDir], { ignoreInitial: true });
  watcher.on('ready', changedAgain);
  watcher.on('all', changedAgain);
  // When a folder cannot be watched any more, it is published by hand or at the next start.
  watcher.on('error', () => {});
  return async () => {
    await watcher.close();
    clearTimeout(pause);
    await working;
  };
}
