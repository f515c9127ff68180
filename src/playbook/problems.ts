import { AppError } from '../domain/errors.ts';

/** One mistake in the playbook: where (1-based), in which value, and what to write instead. */
export interface PlaybookProblem {
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
export function problemToText(problem: PlaybookProblem): string {
  const where = `${problem.file}:${problem.line}:${problem.column}`;
  return `${where}  ${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}

/**
 * All problems as one error with a line for each, in the order of files and lines; nothing happens when there are none.
 * @throws AppError PLAYBOOK_INVALID, with the problems in `details.problems`.
 */
export function throwProblems(problems: readonly PlaybookProblem[]): void {
  if (problems.length === 0) return;
  const sorted = problems.toSorted(
    (a, b) => a.file.localeCompare(b.file, 'en') || a.line - b.line || a.column - b.column,
  );
  const head = `The playbook has ${sorted.length} ${sorted.length === 1 ? 'mistake' : 'mistakes'}:`;
  throw new AppError('PLAYBOOK_INVALID', [head, ...sorted.map(problemToText)].join('\n'), {
    fields: sorted.map((one) => ({
      path: `${one.file}:${one.line}:${one.column} ${one.path}`.trim(),
      message: one.message,
    })),
    details: { problems: sorted },
  });
}

/** `; did you mean "days"?`, or nothing when no name is near. */
export function didYouMean(written: string, known: Iterable<string>): string {
  let best: { name: string; distance: number } | null = null;
  for (const name of known) {
    const distance = editDistance(written.toLowerCase(), name.toLowerCase());
    if (distance <= Math.max(1, Math.floor(name.length / 3)) && (best === null || distance < best.distance)) {
      best = { name, distance };
    }
  }
  return best === null ? '' : `; did you mean "${best.name}"?`;
}

/** `; known are "a", "b"`: for lists short enough to be read. */
export function knownAre(known: Iterable<string>): string {
  const names = [...known];
  return names.length === 0 || names.length > 12 ? '' : `; known: ${names.join(', ')}`;
}

/** A hint for a name that is not known: the nearest, else all there are. */
export function hintFor(written: string, known: Iterable<string>): string {
  const names = [...known];
  return didYouMean(written, names) || knownAre(names);
}

/** Insertions, deletions, replacements and swaps of neighbors (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        distance = Math.min(distance, at(i - 2, j - 2) + 1);
      row.push(distance);
    }
  }
  return at(a.length, b.length);
}
