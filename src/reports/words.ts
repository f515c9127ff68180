/** Figures as people read them. */
import type { Scope } from '../domain/policy.ts';
import { singleLine } from '../domain/clean-text.ts';
import { countOf } from '../domain/count-of.ts';
import { decimalsOf } from '../domain/currency.ts';
import type { Cell, Column, Row, Unit } from './report.ts';

/** What is not known of a group of leads. */
export const NOT_KNOWN = 'not known';

const COUNT = new Intl.NumberFormat('en');
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });
const SHARE = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

/** @param currency ISO 4217, of money */
export function inWords(value: Cell, unit: Unit, currency: string): string {
  if (value === null) return unit === 'text' ? NOT_KNOWN : '–';
  // Words of strangers: what a terminal or a mail would obey is no part of them.
  if (typeof value === 'string') return unit === 'day' ? dayInWords(value) : singleLine(value);
  switch (unit) {
    case 'share':
      return SHARE.format(value);
    case 'money':
      return new Intl.NumberFormat('en', { style: 'currency', currency, maximumFractionDigits: 0 }).format(
        value / 10 ** decimalsOf(currency),
      );
    case 'seconds':
      return lengthInWords(value);
    default:
      return COUNT.format(value);
  }
}

/** A cell as its table shows it: "Mar 2026" for a month, and "Mar 2026 (partial)" where the period asked for has a part of it. */
export function cellInWords({ cells, isPartial }: Row, { key, unit, period }: Column, currency: string): string {
  const value = cells[key] ?? null;
  const words = period === 'month' && typeof value === 'string' ? monthInWords(value) : inWords(value, unit, currency);
  return period !== undefined && isPartial === true ? `${words} (partial)` : words;
}

/** Whose leads are counted, where it is not all of them; empty otherwise. */
export function reachInWords(scope: Scope): string {
  if (scope.kind === 'all') return '';
  return scope.teams.length === 0
    ? 'Of your leads only: what you sent back is not among them, so shares of what was handed over are higher here than what you accept. Offers, Hand-off and target planning count all that you were handed.'
    : 'Of the leads of your teams only: what they sent back is not among them, so shares of what was handed over are higher here than what they accept. Offers, Hand-off and target planning count all that your teams were handed.';
}

/** "by source, region Baden": what is asked of a report, as it stands in its address; empty: nothing is. */
export function wordsAsked(words: Readonly<Partial<Record<string, string>>>): string {
  return Object.entries(words)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}

/** "27 Nov 2026"; whatever is no day stays as it is. */
export function dayInWords(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? day : DAY.format(at);
}

/** "Mar 2026" of its first day; whatever is no day stays as it is. */
function monthInWords(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? day : MONTH.format(at);
}

/** "40 min", "3 h 20 min", "2.5 days". */
export function lengthInWords(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
  return countOf(Math.round(minutes / 144) / 10, 'day');
}

/** "3.1 and 5.2%"; null where there is nothing to say. The ends are shares from 0 to 1. */
export function intervalInWords(interval: { low: number; high: number } | null): string | null {
  const percent = (value: number): string => `${Math.round(value * 1_000) / 10}`;
  return interval === null ? null : `${percent(interval.low)} and ${percent(interval.high)}%`;
}

/** "2026-11-28 14:05:10", in the zone. */
export function instantIn(at: Date, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: zone }).format(at);
}

/** "As of 2026-11-28 14:05:10, 3 min old." The age is left out where the answer was counted for who asks. */
export function asOfInWords({ asOf, isKept }: { asOf: Date; isKept: boolean }, zone: string, nowMs: number): string {
  const age = isKept ? `, ${lengthInWords(Math.max(0, nowMs - asOf.getTime()) / 1_000)} old` : '';
  return `As of ${instantIn(asOf, zone)} (${zone})${age}.`;
}
