/** Cron expressions of five fields, as Temporal's schedules read them. */
import { WEEKDAYS } from './cadence.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const FIELDS: readonly { name: string; from: number; to: number; names?: readonly string[] }[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: ['', ...MONTHS] },
  { name: 'day of the week', from: 0, to: 7, names: ['sun', ...WEEKDAYS.slice(0, 6), 'sun'] },
];

/** What is wrong of a cron expression, in words; null when nothing is. */
export function cronProblem(text: string): string | null {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length)
    return 'expected five fields: minute, hour, day of the month, month, day of the week, such as "0 9 * * tue"';
  for (const [n, { name, from, to, names }] of FIELDS.entries()) {
    const part = parts[n] ?? '';
    if (n === 0 && !/^\d+$/.test(part))
      return `the minute "${part}" must be one number from 0 to 59: a newsletter goes out once an hour at most`;
    if (!part.split(',').every((one) => isRange(one, from, to, names)))
      return `the ${name} "${part}" is not understood; expected *, a number from ${from} to ${to}, a range, or a list of these`;
  }
  return null;
}

function isRange(text: string, from: number, to: number, names: readonly string[] | undefined): boolean {
  const [, range = '', step] = /^([^/]+)(?:\/([1-9]\d?))?$/.exec(text) ?? [];
  if (range === '*') return true;
  const ends = range.split('-').map((end) => {
    const named = names?.indexOf(end.toLowerCase()) ?? -1;
    return named >= 0 && end !== '' ? named : /^\d{1,2}$/.test(end) ? Number(end) : Number.NaN;
  });
  const [first = Number.NaN, last] = ends;
  if (ends.length > 2 || ends.some((end) => !(end >= from && end <= to))) return false;
  return last === undefined ? step === undefined : first <= last;
}
