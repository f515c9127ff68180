/** Options that are a number: what is no such number is told with what was expected. */
import { InvalidArgumentError } from 'commander';

/** Reads a whole number from `from` to `to`. `expected`: what the number is, where its bounds alone do not tell it. */
export function wholeNumber(
  from: number,
  to: number,
  expected = `a whole number from ${from} to ${to}`,
): (text: string) => number {
  return (text) => {
    const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= from && number <= to) return number;
    throw new InvalidArgumentError(`expected ${expected}.`);
  };
}

/** PostgreSQL counts revisions by an int. */
const HIGHEST_REVISION = 2_147_483_647;
const REVISION = 'the number of a playbook revision, as `nurture playbook list` shows them';

/** The number of a playbook revision. */
export const revisionNumber = wholeNumber(1, HIGHEST_REVISION, REVISION);

/** The same, or 0 where none is published yet. */
export const baseNumber = wholeNumber(0, HIGHEST_REVISION, REVISION);
