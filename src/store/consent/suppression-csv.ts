/** Suppressions as CSV: what other tools export, and what this one does. */
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { singleLine } from '../../domain/clean-text.ts';
import { countOf } from '../../domain/count-of.ts';
import { AppError } from '../../domain/errors.ts';
import { hasAsciiLocalPart, LOCAL_PART_WORDS } from '../../domain/email-address.ts';
import { reasonOf, storedAddress, SUPPRESSION_REASONS } from '../../domain/suppression.ts';
import type { NewSuppression, Suppression } from './suppressions.ts';

export interface ReadSuppressions {
  suppressions: NewSuppression[];
  /** Lines that say nothing that could be kept; no address is quoted. */
  refused: { line: number; message: string }[];
  /** What was kept otherwise than it may be meant: columns that are not read, lines without a reason or a time that can be read. */
  warnings: string[];
}

const EMAIL_COLUMNS = new Set(['email', 'e-mail', 'email address', 'address', 'recipient', 'subscriber email']);
const REASON_COLUMNS = new Set(['reason', 'type', 'status', 'event']);
const SOURCE_COLUMNS = new Set(['source', 'origin']);
const TIME_COLUMNS = new Set(['since', 'at', 'created', 'created at', 'date', 'timestamp']);
const COLUMNS = [EMAIL_COLUMNS, REASON_COLUMNS, SOURCE_COLUMNS, TIME_COLUMNS];

/**
 * Reads a file with a line of titles (`email`, `reason`, `source`, `since`; only the first is needed), or with addresses alone. Commas,
 * semicolons or tabs. A reason that is not named is `manual`, which is warned of.
 *
 * @param source Of a line that names none
 * @param nowMs Nothing is suppressed since a later time: an address is rather kept than refused for it
 * @throws AppError VALIDATION_FAILED: it is no CSV, or has no column of addresses
 */
export function readSuppressionCsv(text: string, source: string, nowMs: number): ReadSuppressions {
  const rows = rowsOf(text);
  const [first = []] = rows;
  const titles = first.map((title) => title.toLowerCase());
  const find = (names: ReadonlySet<string>): number => titles.findIndex((title) => names.has(title));
  const hasTitles = !first.some((cell) => cell.includes('@'));
  const email = hasTitles ? find(EMAIL_COLUMNS) : first.findIndex((cell) => cell.includes('@'));
  if (rows.length > 0 && email < 0)
    throw new AppError('VALIDATION_FAILED', 'The file has no column ‘email’: its first line names the columns.');
  const columns = { reason: find(REASON_COLUMNS), source: find(SOURCE_COLUMNS), at: find(TIME_COLUMNS) };
  const isKnown = (title: string): boolean => COLUMNS.some((names) => names.has(title));
  const unread = hasTitles ? first.filter((title, at) => title !== '' && !isKnown(titles[at] ?? '')) : [];
  const read: ReadSuppressions = { suppressions: [], refused: [], warnings: unread.slice(0, MOST_NAMED).map(notRead) };
  let bare = 0;
  let timeless = 0;
  for (const [index, cells] of rows.entries()) {
    if (hasTitles && index === 0) continue;
    const cell = (column: number): string => (hasTitles && column >= 0 ? (cells[column] ?? '') : '');
    const address = storedAddress((cells[email] ?? '').replace(/^'(?=['=+@-])/, ''));
    const reason = reasonOf(cell(columns.reason));
    const since = cell(columns.at);
    const at = new Date(since);
    const isTime = at.getTime() >= 0 && at.getTime() <= nowMs + AHEAD_MS;
    const line = index + 1;
    if (address !== null && !hasAsciiLocalPart(address))
      read.refused.push({ line, message: `the address ${LOCAL_PART_WORDS}` });
    else if (address === null) read.refused.push({ line, message: 'this is no email address' });
    else if (reason === null)
      read.refused.push({ line, message: `the reason must be one of ${SUPPRESSION_REASONS.join(', ')}` });
    else {
      if (cell(columns.reason) === '') bare += 1;
      if (since !== '' && !isTime) timeless += 1;
      read.suppressions.push({
        address,
        reason,
        source: singleLine(cell(columns.source), 200) || source,
        ...(isTime ? { at } : {}),
      });
    }
  }
  if (bare > 0) read.warnings.push(`${countOf(bare, 'line')} without a reason: taken as ‘manual’`);
  if (timeless > 0)
    read.warnings.push(
      `${countOf(timeless, 'line')} with a time that cannot be read, or has not come: taken as since now. Write it as in 2026-05-03T12:00:00Z`,
    );
  return read;
}

/** Titles of columns are named one by one up to so many. */
const MOST_NAMED = 20;
/** Clocks differ, and a day without a zone is one of UTC. Milliseconds. */
const AHEAD_MS = 86_400_000;

function notRead(title: string): string {
  return `column ‘${singleLine(title, 50)}’ is not read: known are email, reason, source, since`;
}

/** The API answers nobody else while a file is read. */
const MOST_LINES = 200_000;

function rowsOf(text: string): string[][] {
  if (text.split('\n', MOST_LINES + 2).length > MOST_LINES + 1)
    throw new AppError('VALIDATION_FAILED', `A file has at most ${MOST_LINES} lines: send it in parts.`);
  try {
    return parse(text, {
      bom: true,
      delimiter: [',', ';', '\t'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
  } catch (cause) {
    throw new AppError('VALIDATION_FAILED', 'The file is no CSV: a quotation mark is open, or not doubled.', { cause });
  }
}

const TITLES = ['email', 'reason', 'source', 'since'];

/** What `readSuppressionCsv` reads again as it was. A spreadsheet runs no address as a formula. */
export function suppressionLines(suppressions: readonly Suppression[], withTitles: boolean): string {
  const lines = suppressions.map(({ email, reason, source, occurredAt }) => [
    // An apostrophe of its own is doubled, so that reading does not take it for the one against formulas.
    (email ?? '').replace(/^'(?=['=+@-])/, "''"),
    reason,
    source,
    occurredAt.toISOString(),
  ]);
  return stringify(withTitles ? [TITLES, ...lines] : lines, { escape_formulas: true, record_delimiter: 'windows' });
}
