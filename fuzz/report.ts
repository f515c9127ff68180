/** The findings of one part of the fuzzing, and the table at the end. */
import Table from 'cli-table3';

export interface Outcome {
  /** `http`, `roles`, `inputs`, `tokens`, `parsers` or `stack`. */
  part: string;
  /** The calling role, or the fuzzed thing. */
  about: string;
  operations: number;
  /** HTTP requests, or inputs of a parser. */
  requests: number;
  /** One entry for each failure: what was sent, and the wrong answer. */
  failures: readonly string[];
}

/** Failures of one kind come by the hundred; only a few of them are shown. */
const SHOWN = 10;

export function tableOf(outcomes: readonly Outcome[]): string {
  const table = new Table({
    head: ['part', 'role or input', 'operations', 'requests', 'failures'],
    style: { head: [], border: [], compact: true },
  });
  for (const { part, about, operations, requests, failures } of outcomes) {
    table.push([part, about, operations, requests, failures.length]);
  }
  return table.toString();
}

export function failuresOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ part, about, failures }) => {
    const lines = failures.slice(0, SHOWN).map((failure) => `${part}, ${about}: ${failure}`);
    const more = failures.length - lines.length;
    return more > 0 ? [...lines, `${part}, ${about}: and ${more} more`] : lines;
  });
}
