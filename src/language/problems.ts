import { AppError } from '../domain/errors.ts';

/** One mistake in the playbook: where (1-based), in which value, and what to write instead. */
export interface PlaybookMistake {
  /** As shown to people: "playbook/cadences/x.yaml". */
  file: string;
  line: number;
  column: number;
  /** "steps[2].wait"; empty for the file as a whole. */
  path: string;
  message: string;
}

export type ValuePath = readonly (string | number)[];

/** ["steps", 2, "wait"] as "steps[2].wait". */
export function pathToText(path: ValuePath): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

/** "playbook/cadences/x.yaml:12:5  steps[2].wait: expected …" */
export function mistakeToText(problem: PlaybookMistake): string {
  const where = `${problem.file}:${problem.line}:${problem.column}`;
  return `${where}  ${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}

/**
 * All problems as one error with a line for each, in the order of files and lines; nothing happens when there are none.
 * @throws AppError PLAYBOOK_INVALID, with the problems in `details.problems`.
 */
export function throwMistakes(problems: readonly PlaybookMistake[]): void {
  if (problems.length === 0) return;
  const sorted = problems.toSorted(
    (a, b) => a.file.localeCompare(b.file, 'en') || a.line - b.line || a.column - b.column,
  );
  const head = `The playbook has ${sorted.length} ${sorted.length === 1 ? 'mistake' : 'mistakes'}:`;
  throw new AppError('PLAYBOOK_INVALID', [head, ...sorted.map(mistakeToText)].join('\n'), {
    fields: sorted.map((one) => ({
      path: `${one.file}:${one.line}:${one.column} ${one.path}`.trim(),
      message: one.message,
    })),
    details: { problems: sorted },
  });
}
