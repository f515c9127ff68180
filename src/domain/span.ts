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

/**
 * "2 days", "3 business days", "30 minutes", "1 week", "4 hours", or ISO 8601 in one kind of unit ("P2D", "P1W", "PT90M").
 * Null for anything else. Days, weeks and business days are whole numbers.
 */
export function parseSpan(text: string): Span | null {
  const trimmed = text.trim();
  if (/^P/i.test(trimmed)) return parseIso(trimmed.toUpperCase());
  const [, number, word] = /^(\d+(?:\.\d+)?)\s*([a-z][a-z ]*)$/i.exec(trimmed) ?? [];
  const name = word?.toLowerCase().replaceAll(/\s+/g, ' ');
  const unit = name !== undefined && Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
  return number !== undefined && unit ? checked({ amount: Number(number), unit }) : null;
}

function parseIso(text: string): Span | null {
  const duration = Duration.fromISO(text);
  if (!duration.isValid) return null;
  const { years, quarters, months, weeks, days, hours, minutes, seconds, milliseconds } = duration;
  if (years || quarters || months) return null;
  const inMinutes = hours * 60 + minutes + (seconds + milliseconds / 1000) / 60;
  const parts: Span[] = [];
  if (weeks) parts.push({ amount: weeks, unit: 'weeks' });
  if (days) parts.push({ amount: days, unit: 'days' });
  if (inMinutes)
    parts.push(
      inMinutes % 60 === 0 ? { amount: inMinutes / 60, unit: 'hours' } : { amount: inMinutes, unit: 'minutes' },
    );
  const [only] = parts;
  if (!only) return { amount: 0, unit: 'minutes' };
  return parts.length > 1 ? null : checked(only);
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
