import { Duration } from 'luxon';
import type { Span } from './cadence.ts';

const UNITS: Readonly<Record<string, Span['unit']>> = {
  m: 'minutes',
  min: 'minutes',
  mins: 'minutes',
  minute: 'minutes',
  minutes: 'minutes',
  h: 'hours',
  hour: 'hours',
  hours: 'hours',
  d: 'days',
  day: 'days',
  days: 'days',
  w: 'weeks',
  week: 'weeks',
  weeks: 'weeks',
  'business day': 'business days',
  'business days': 'business days',
};

/** A pattern that takes small and capital letters, where flags cannot be given: "day" as "[Dd][Aa][Yy]". */
export function anyCase(pattern: string): string {
  return pattern.replaceAll(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}

const NAMES = Object.keys(UNITS);
const namesOf = (fractional: boolean): string =>
  anyCase(
    NAMES.filter((name) => (UNITS[name] === 'minutes' || UNITS[name] === 'hours') === fractional).join('|'),
  ).replaceAll(' ', '\\s+');

/** What `parseSpan` reads, as the pattern of a JSON Schema. */
export const SPAN_PATTERN =
  `^\\s*(\\d+(\\.\\d+)?\\s*(${namesOf(true)})|\\d+\\s*(${namesOf(false)})` +
  '|[Pp](?=\\d)(\\d+[Ww])?(\\d+[Dd])?|[Pp][Tt](?=\\d)(\\d+(\\.\\d+)?[Hh])?(\\d+(\\.\\d+)?[Mm])?(\\d+(\\.\\d+)?[Ss])?)\\s*$';

/**
 * "2 days", "3 business days", "30 minutes", "1 week", "4 hours", or ISO 8601 ("P2D", "P1W2D", "PT1H30M"). Null for anything else:
 * see `whyNoSpan`. Days, weeks and business days are whole numbers. Days and weeks follow the calendar, hours and minutes do not,
 * so "P1DT12H" is no span.
 */
export function parseSpan(text: string): Span | null {
  const trimmed = text.trim();
  if (/^P/i.test(trimmed)) return parseIso(trimmed.toUpperCase());
  const [, number, word] = /^(\d+(?:\.\d+)?)\s*([a-z][a-z ]*)$/i.exec(trimmed) ?? [];
  const name = word?.toLowerCase().replaceAll(/\s+/g, ' ');
  const unit = name !== undefined && Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
  return number !== undefined && unit ? checked({ amount: Number(number), unit }) : null;
}

/**
 * A length of time as milliseconds, written as `parseSpan` reads it, or in ISO 8601 of several units ("P1DT12H"). A day has 24
 * hours. Null for anything else, and for business days: how long they are depends on a calendar.
 */
export function parseMilliseconds(text: string): number | null {
  const trimmed = text.trim();
  const spans = /^P/i.test(trimmed) ? isoSpans(trimmed.toUpperCase()) : [parseSpan(trimmed)];
  let total = 0;
  for (const span of spans ?? [null]) {
    if (span === null || span.unit === 'business days') return null;
    total += spanToMs(span);
  }
  return Math.round(total);
}

function parseIso(text: string): Span | null {
  const spans = isoSpans(text);
  if (spans === null) return null;
  const [first = { amount: 0, unit: 'minutes' } as const, ...more] = spans;
  if (more.length === 0) return first;
  return spans.every(({ unit }) => unit === 'weeks' || unit === 'days')
    ? { amount: totalMs(spans) / UNIT_MS.days, unit: 'days' }
    : null;
}

/** What to write instead of a text that `parseSpan` does not read, as "expected …". `examples`: of what may stand there. */
export function whyNoSpan(text: string, examples: string): string {
  const [, many, unit] = /^(\d+)\s*(month|year)s?$/i.exec(text.trim()) ?? [];
  if (many !== undefined && unit !== undefined) {
    const weeks = Number(many) * (unit.toLowerCase() === 'month' ? 4 : 52);
    return `expected a duration such as ${examples}; there are no months and years, as their length varies: write "${spanToText({ amount: weeks, unit: 'weeks' })}", or days`;
  }
  const spans = /^P/i.test(text.trim()) ? isoSpans(text.trim().toUpperCase()) : null;
  if (spans === null || spans.length < 2) return `expected a duration such as ${examples}`;
  const minutes = totalMs(spans) / UNIT_MS.minutes;
  const instead: Span =
    minutes % 60 === 0 ? { amount: minutes / 60, unit: 'hours' } : { amount: minutes, unit: 'minutes' };
  return `expected days or hours and not both, as days follow the calendar and hours do not: write "${spanToText(instead)}", or whole days`;
}

/** The units of an ISO 8601 duration that are more than none. Null for months and years: they have no fixed length. */
function isoSpans(text: string): Span[] | null {
  const duration = Duration.fromISO(text);
  if (!duration.isValid || !/\d/.test(text)) return null;
  const { years, quarters, months, weeks, days, hours, minutes, seconds, milliseconds } = duration;
  if (years || quarters || months) return null;
  const inMinutes = hours * 60 + minutes + (seconds + milliseconds / 1000) / 60;
  const inHours: Span =
    inMinutes % 60 === 0 ? { amount: inMinutes / 60, unit: 'hours' } : { amount: inMinutes, unit: 'minutes' };
  const spans: Span[] = [{ amount: weeks, unit: 'weeks' }, { amount: days, unit: 'days' }, inHours];
  const given = spans.filter(({ amount }) => amount !== 0);
  return given.every((span) => checked(span) !== null) ? given : null;
}

function checked(span: Span): Span | null {
  const fractional = span.unit === 'minutes' || span.unit === 'hours';
  return span.amount >= 0 && (fractional || Number.isInteger(span.amount)) ? span : null;
}

/** "2 days", "1 business day". */
export function spanToText(span: Span): string {
  return `${span.amount} ${span.amount === 1 ? span.unit.slice(0, -1) : span.unit}`;
}

const HOUR_MS = 3_600_000;
const UNIT_MS: Readonly<Record<Span['unit'], number>> = {
  minutes: 60_000,
  hours: HOUR_MS,
  days: 24 * HOUR_MS,
  weeks: 7 * 24 * HOUR_MS,
  'business days': 24 * HOUR_MS,
};

/** Milliseconds, with days of 24 hours: for caps, cool-off and half-life, where the wall clock does not matter. */
export function spanToMs(span: Span): number {
  return span.amount * UNIT_MS[span.unit];
}

function totalMs(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + spanToMs(span), 0);
}
