/** What a part of the fuzzing found, and the table at the end. */
import Table from 'cli-table3';

export interface Outcome {
  /** `http`, `roles`, `inputs`, `tokens`, `parsers` or `stack`. */
  part: string;
  /** The role that asked, or what was fuzzed. */
  about: string;
  operations: number;
  /** HTTP requests, or inputs of a parser. */
  requests: number;
  /** One entry per failure: what was sent, and what came that must not. */
  failures: readonly string[];
}

/** Failures of one kind come in hundreds: a few of them say it all. */
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
