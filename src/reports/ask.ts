/** What is asked of a report, read from words as they stand in an address or on the command line. */
import { AppError, type FieldError } from '../domain/errors.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { Scope } from '../domain/policy.ts';
import { type Dimension, DIMENSION_KEYS, FILTER_KEYS } from './dimensions.ts';
import { BEGIN_WORDS, beginOfWords, DAY_MS, dayOf, endOfWords, NO_END } from './periods.ts';
import type { Asked, Report } from './report.ts';

/** The words that are asked with; all can be left out. */
export type AskWords = Readonly<Partial<Record<'since' | 'until' | 'by' | 'segment' | Dimension, string>>>;

export const ASK_KEYS = ['since', 'until', 'by', 'segment', ...FILTER_KEYS] as const;

const DEFAULT_DAYS = '90d';
const MOST_WEEKS = 27;
/** Every week of the period is a row, also one in which nothing came. */
const MOST_YEARS = 20;

interface Asker {
  scope: Scope;
  playbook: Playbook;
  realNowMs: number;
}

/** @throws AppError VALIDATION_FAILED, with every field that is wrong */
export function readAsk(report: Report, words: AskWords, { scope, playbook, realNowMs }: Asker): Asked {
  const fields: FieldError[] = [];
  const zone = playbook.defaultTimeZone;
  const now = new Date(realNowMs);
  const since = beginOfWords(words.since ?? report.since ?? DEFAULT_DAYS, now, zone);
  if (since === null) fields.push({ path: 'since', message: BEGIN_WORDS });
  const lastDay = words.until ?? dayOf(now, zone);
  // The day itself belongs to the period.
  const ends = endOfWords(lastDay, zone);
  if (ends === null)
    fields.push({ path: 'until', message: 'must be a day such as 2026-03-31: the last one of the period' });
  if (since !== null && ends !== null && since >= ends) fields.push(turnedRound(words, dayOf(since, zone), lastDay));
  if (since !== null && ends !== null && ends.getTime() - since.getTime() > MOST_YEARS * 366 * DAY_MS)
    fields.push({ path: 'since', message: `must be at most ${MOST_YEARS} years before the end of the period` });
  const by = DIMENSION_KEYS.find((key) => key === (words.by ?? defaultBy(report, since, ends)));
  if (by === undefined || !report.by.includes(by))
    fields.push({ path: 'by', message: `must be one of ${report.by.join(', ')}` });
  const { segments } = playbook;
  const segment = words.segment === undefined ? null : segments.find((one) => one.segment === words.segment);
  if (segment === undefined)
    fields.push({
      path: 'segment',
      message: `must be one of ${segments.map((one) => one.segment).join(', ') || '(the playbook has none)'}`,
    });
  if (fields.length > 0 || since === null || ends === null || by === undefined || segment === undefined)
    throw new AppError('VALIDATION_FAILED', fields.map(({ path, message }) => `${path} ${message}`).join('; '), {
      fields,
    });
  const filters = Object.fromEntries(
    FILTER_KEYS.flatMap((key) => (words[key] === undefined ? [] : [[key, words[key]]])),
  );
  const given = ASK_KEYS.flatMap((key) => (words[key] === undefined ? [] : [[key, words[key]]]));
  const until = ends > now ? NO_END : ends;
  return {
    words: Object.fromEntries(given),
    since,
    until,
    ends,
    zone,
    by,
    filters,
    segment,
    scope,
    playbook,
    realNowMs,
  };
}

/** A period that ends before it begins. What was not asked for is named with the day that it has then (YYYY-MM-DD). */
function turnedRound({ since, until }: AskWords, first: string, last: string): FieldError {
  if (since === undefined)
    return {
      path: 'since',
      message: `is missing, and is ${first} then, after \`until\`: a day up to ${last} is needed`,
    };
  if (until === undefined)
    return {
      path: 'until',
      message: `is missing, and is today then, ${last}, before \`since\`: a day from ${first} on is needed`,
    };
  return { path: 'until', message: 'must not be before `since`' };
}

/** Of a report that has rows of its own. `named`: as whoever asks wrote it. @throws AppError VALIDATION_FAILED */
export function refuseBy(
  { key, takes }: Report,
  by: string | undefined,
  others: readonly Report[],
  named = `by=${by}`,
): void {
  if (by === undefined || takes?.by !== false) return;
  const split = others.filter((one) => one.takes?.by !== false).map((one) => one.key);
  const message = `the rows of ‘${key}’ are its own, leave it out; these can be split: ${split.join(', ')}`;
  throw new AppError('VALIDATION_FAILED', `${named}: ${message}`, { fields: [{ path: 'by', message }] });
}

/** A long time is shown by months: nobody reads a hundred weeks. */
function defaultBy({ by: [first, ...others] }: Report, since: Date | null, until: Date | null): Dimension {
  const isLong = since !== null && until !== null && until.getTime() - since.getTime() > MOST_WEEKS * 7 * DAY_MS;
  return first === 'week' && isLong && others.includes('month') ? 'month' : first;
}
