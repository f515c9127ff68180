import { IANAZone } from 'luxon';
import { z } from 'zod';
import { WEEKDAYS, type Hours, type SendWindow, type Span, type Weekday } from '../domain/cadence.ts';
import { anyCase, parseSpan, SPAN_PATTERN, whyNoSpan } from '../domain/span.ts';
import { minutesOf } from '../domain/window.ts';
import type { ValuePath } from './problems.ts';

/** Reports a problem at a path inside the value. */
export type Report = (path: ValuePath, message: string, at?: 'value' | 'key') => void;

/** Keys with values, as YAML has them. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Key of a schema's metadata: the definition that a JSON Schema has in its place. */
export const REFERS_TO = 'refersTo';

/** Key of a schema's metadata: the schemas of the ways in which it may be written, where it reads a value by itself. */
export const WRITTEN_AS = 'writtenAs';

/**
 * What an editor is told of a text: its pattern, and examples of it. `patternErrorMessage` is read by the YAML language server, which
 * would show the pattern otherwise.
 */
export function textLike(
  pattern: string,
  expected: string,
  examples: readonly string[],
): { type: 'string'; pattern: string; patternErrorMessage: string; description: string; examples: string[] } {
  const description = `${expected[0]?.toUpperCase() ?? ''}${expected.slice(1)}`;
  return { type: 'string', pattern, patternErrorMessage: `expected ${expected}`, description, examples: [...examples] };
}

/** A value read by hand-written code. `read` returns undefined when it has reported. */
export function readBy<T>(read: (value: unknown, report: Report) => T | undefined): z.ZodType<T> {
  return z.unknown().transform((value, context): T => {
    let failed = false;
    const result = read(value, (path, message, at = 'value') => {
      failed = true;
      context.addIssue({ code: 'custom', path: [...path], message, params: { at } });
    });
    return failed || result === undefined ? z.NEVER : result;
  });
}

/** Keys with values; a key that is not in the shape is a mistake. */
export function mapping<S extends z.core.$ZodLooseShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  });
}

/** A name that is used as a key: in URLs, ids, lists. */
export const key = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'expected a key of small letters, digits and dashes such as "case-study"');

export const words = z.string().trim().min(1, 'expected a text');

const anySpan = z
  .string({ error: 'expected a duration such as "2 days" or "P2D"' })
  .transform((text, context): Span => {
    const span = parseSpan(text);
    if (span) return span;
    context.addIssue({ code: 'custom', message: whyNoSpan(text, '"2 days" or "P2D"') });
    return z.NEVER;
  });

const DURATIONS = ['30 minutes', '4 hours', '2 days', '3 business days', '1 week', 'P2D'];

/** A duration that may be zero. */
export const spanOrNone = anySpan.meta(textLike(SPAN_PATTERN, 'a duration such as "2 days" or "P2D"', DURATIONS));

export const SPAN_TEXT = textLike(
  `^(?!\\s*0+(\\.0+)?\\s*[A-Za-z])${SPAN_PATTERN.slice(1)}`,
  'a duration longer than zero such as "2 days" or "P2D"',
  DURATIONS,
);

export const span = anySpan
  .refine((one) => one.amount > 0, 'expected a duration longer than zero')
  .meta({ ...SPAN_TEXT });

export const zone = z
  .string()
  .refine((name) => IANAZone.isValidZone(name), 'expected a time zone such as "Europe/Berlin"')
  .meta(
    textLike('^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$', 'a time zone such as "Europe/Berlin"', [
      'Europe/Berlin',
      'America/New_York',
    ]),
  );

/** "09:00" up to "24:00", for patterns. */
export const CLOCK_PATTERN = '(24:00|([01]?\\d|2[0-3]):[0-5]\\d)';

export const clock = z
  .string()
  .refine((text) => minutesOf(text) !== null, 'expected a time such as "09:00"')
  .meta(
    textLike(`^${CLOCK_PATTERN}$`, 'a time such as "09:00"; in quotes, as YAML reads 9:00 as a number', [
      '09:00',
      '17:30',
    ]),
  );

const EXPECTED_DAYS = `expected days such as "mon-fri" or [mon, wed] (${WEEKDAYS.join(', ')})`;

const DAY_NAME = anyCase(`(${WEEKDAYS.join('|')})`);
const DAY_OR_DAYS = `\\s*(${anyCase('daily')}|${DAY_NAME}(\\s*-\\s*${DAY_NAME})?)\\s*`;
const DAYS_TEXT = textLike(`^${DAY_OR_DAYS}(,${DAY_OR_DAYS})*$`, 'days such as "mon-fri", "sat" or "daily"', [
  'mon-fri',
  'daily',
  'sat',
]);

/** "mon-fri", "mon", "fri-mon", "daily", or a list of these. */
export const days = readBy<Weekday[]>((value, report) => {
  const parts: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  const found = new Set<Weekday>();
  for (const [i, part] of parts.entries()) {
    const range = typeof part === 'string' ? daysOf(part.trim().toLowerCase()) : null;
    if (!range && Array.isArray(value) && typeof part === 'string') return report([i], noDay(part)) ?? undefined;
    if (!range) return report([], EXPECTED_DAYS) ?? undefined;
    for (const day of range) found.add(day);
  }
  if (found.size === 0) return report([], EXPECTED_DAYS) ?? undefined;
  return WEEKDAYS.filter((day) => found.has(day));
}).meta({
  anyOf: [DAYS_TEXT, { type: 'array', minItems: 1, items: { ...DAYS_TEXT, pattern: `^${DAY_OR_DAYS}$` } }],
  examples: ['mon-fri', ['mon', 'wed']],
});

/** A day is known by its first two letters. */
function noDay(written: string): string {
  const meant = WEEKDAYS.find((day) => written.trim().toLowerCase().startsWith(day.slice(0, 2)));
  return `"${written}" is no day; ${meant === undefined ? `known: ${WEEKDAYS.join(', ')}` : `did you mean "${meant}"?`}`;
}

function daysOf(text: string): Weekday[] | null {
  if (text === 'daily') return [...WEEKDAYS];
  const [first, last = first, more] = text.split('-').map((name) => WEEKDAYS.indexOf(name.trim() as Weekday));
  if (first === undefined || last === undefined || first < 0 || last < 0 || more !== undefined) return null;
  const length = ((last - first + 7) % 7) + 1;
  return Array.from({ length }, (_, i) => WEEKDAYS[(first + i) % 7]).filter((day) => day !== undefined);
}

/** Days and hours. With `to` before `from` they pass midnight. Equal times mean the whole day. */
export const hours: z.ZodType<Hours> = mapping({ days, from: clock, to: clock });

/** The same, on all days where none are named. */
const hoursOfAnyDay = mapping({ days: days.default([...WEEKDAYS]), from: clock, to: clock });

/** One or a list. */
export const sendWindow: z.ZodType<SendWindow> = oneOrMore(hours);
export const quietHours: z.ZodType<readonly Hours[]> = oneOrMore(hoursOfAnyDay);

function oneOrMore(schema: z.ZodType<Hours>): z.ZodType<readonly Hours[]> {
  const error = 'expected { days, from, to }, or a list of these';
  const list = z.array(schema, { error }).min(1, error);
  const one = schema.transform((hours) => [hours]);
  return writtenAs<readonly Hours[]>((value) => (isMapping(value) ? one : list), [schema, list]);
}

/**
 * A value whose schema depends on how it is written. Mistakes have their place in what was written.
 * @param ways The schemas of all ways to write it, for editors; without them editors take anything
 */
export function writtenAs<T>(schemaFor: (value: unknown) => z.ZodType<T>, ways?: readonly z.ZodType[]): z.ZodType<T> {
  const schema = z.unknown().transform((value, context): T => {
    const { success, data, error } = schemaFor(value).safeParse(value, { reportInput: true });
    if (success) return data;
    context.issues.push(...error.issues.map((issue) => ({ ...issue, input: value }) as z.core.$ZodRawIssue));
    return z.NEVER;
  });
  return ways === undefined ? schema : schema.meta({ [WRITTEN_AS]: ways });
}
