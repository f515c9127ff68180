import { diffLines, diffWordsWithSpace } from 'diff';

/** A piece of a text that stays, goes or comes. */
export interface Piece {
  change: 'same' | 'removed' | 'added';
  text: string;
}

/** A place where a text differs. `before` is empty where something is new, `after` where something is gone. */
export interface TextChange {
  before: string;
  after: string;
  /** Both in one, word by word. */
  words: Piece[];
}

/** Where a text differs from an earlier one, from top to bottom: paragraph by paragraph, a paragraph being a line. */
export function textChanges(before: string, after: string): TextChange[] {
  const blocks = diffLines(before, after, { newlineIsToken: false, ignoreNewlineAtEof: true });
  return blocks.flatMap((block, n): TextChange[] => {
    const next = blocks[n + 1];
    if (block.removed) return paired(linesOf(block.value), next?.added === true ? linesOf(next.value) : []);
    // What comes in place of something was told with what it replaces.
    return block.added && blocks[n - 1]?.removed !== true ? paired([], linesOf(block.value)) : [];
  });
}

/** Line by line where as many lines come as go, else as one. */
function paired(before: readonly string[], after: readonly string[]): TextChange[] {
  if (before.length === after.length) return before.map((line, n) => changed(line, after[n] ?? ''));
  return [changed(before.join('\n'), after.join('\n'))];
}

function changed(before: string, after: string): TextChange {
  const words = diffWordsWithSpace(before, after).map(({ added, removed, value }): Piece => {
    return { change: added ? 'added' : removed ? 'removed' : 'same', text: value };
  });
  return { before, after, words };
}

function linesOf(block: string): string[] {
  return block.replace(/\n$/, '').split('\n');
}
