import { AppError } from '../domain/errors.ts';

/** One mistake in the playbook or the templates: where (1-based), in which value, and what to write instead. */
export interface PlaybookMistake {
  /** As shown to people: "playbook/cadences/x.yaml". */
  file: string;
  line: number;
  column: number;
  /** "steps[2].wait"; empty for the file as a whole. */
  path: string;
  /** The same as people count, with the name of what stands there: "step 3 ‘reminder’, wait". */
  place: string;
  message: string;
  /** The line in question, and how many characters of it from the column on are meant. Null: it speaks of the whole file. */
  excerpt: Excerpt | null;
}

export interface Excerpt {
  text: string;
  length: number;
}

/** An event, or a property of one, that a file speaks of, and where: `at` is without a message. */
export interface EventMention {
  event: string;
  property: string | null;
  at: PlaybookMistake;
}

/** A source, or an own field of leads, that a file speaks of, and where: `at` is without a message. */
export interface WordMention {
  what: 'source' | 'attribute';
  /** An attribute without its prefix. */
  word: string;
  /** The file itself gives it to leads. */
  isSet: boolean;
  at: PlaybookMistake;
}

/** What requests and other systems may state in any words: whether anybody ever did, the database knows. */
export type Mention = EventMention | WordMention;

/** What reading the files found out besides what they say. */
export interface Findings {
  mistakes: PlaybookMistake[];
  mentions: Mention[];
  /** What is no mistake, and hardly meant. */
  warnings?: PlaybookMistake[];
}

export type ValuePath = readonly (string | number)[];

/** A mistake of a file as a whole. */
export function mistakeOfFile(
  file: string,
  message: string,
  { line, column } = { line: 1, column: 1 },
): PlaybookMistake {
  return { file, line, column, path: '', place: '', message, excerpt: null };
}

/** The line of a text (1-based), with `length` characters from the column on, or as many as it has. */
export function excerptOf(text: string, line: number, column: number, length: number): Excerpt | null {
  const shown = text.split('\n')[line - 1]?.trimEnd();
  if (shown === undefined || shown.trim() === '') return null;
  return { text: shown, length: Math.max(1, Math.min(length, shown.length - column + 1)) };
}

/** ["steps", 2, "wait"] as "steps[2].wait". */
export function pathToText(path: ValuePath): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

/** ["steps", 2, "wait"] as "step 3 ‘reminder’, wait". `nameAt`: the name of the element of a list at a path, if it has one. */
export function pathInWords(path: ValuePath, nameAt: (path: ValuePath) => string | null): string {
  const words: string[] = [];
  let keys: string[] = [];
  path.forEach((part, i) => {
    if (typeof part === 'string') return void keys.push(part);
    const name = nameAt(path.slice(0, i + 1));
    words.push(`${singular(keys.join('.'))} ${part + 1}${name === null ? '' : ` ‘${name}’`}`);
    keys = [];
  });
  if (keys.length > 0) words.push(keys.join('.'));
  return words.join(', ');
}

/** "steps" as "step", "when.any" as it is. */
function singular(list: string): string {
  return list.replace(/(steps|rules|reps)$/, (plural) => plural.slice(0, -1)) || 'entry';
}

/** "playbook/cadences/x.yaml:12:5  step 3 ‘reminder’, wait: expected …" */
export function mistakeToText({ file, line, column, place, message }: PlaybookMistake): string {
  return `${file}:${line}:${column}  ${place === '' ? '' : `${place}: `}${message}`;
}

/** In the order of files and lines. */
export function sortMistakes(mistakes: readonly PlaybookMistake[]): PlaybookMistake[] {
  return mistakes.toSorted((a, b) => a.file.localeCompare(b.file, 'en') || a.line - b.line || a.column - b.column);
}

/**
 * All mistakes as one error with a line for each, in the order of files and lines; nothing happens when there are none.
 * @param what Was read: the playbook, or one file that is no part of it
 * @throws AppError PLAYBOOK_INVALID, with the mistakes in `details.mistakes`, see `mistakesOf`.
 */
export function throwMistakes(mistakes: readonly PlaybookMistake[], what = 'The playbook'): void {
  if (mistakes.length === 0) return;
  const sorted = sortMistakes(mistakes);
  const head = `${what} has ${sorted.length} ${sorted.length === 1 ? 'mistake' : 'mistakes'}:`;
  throw new AppError('PLAYBOOK_INVALID', [head, ...sorted.map(mistakeToText)].join('\n'), {
    fields: sorted.map((one) => ({
      path: `${one.file}:${one.line}:${one.column} ${one.place}`.trim(),
      message: one.message,
    })),
    details: { mistakes: sorted },
  });
}
