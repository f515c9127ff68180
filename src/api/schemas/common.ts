import { z } from 'zod';
import { ID_KINDS, type IdKind } from '../../domain/ids.ts';

/** Schemas that all resources share. */

export function id(kind: IdKind) {
  const example = `${ID_KINDS[kind]}-0193f0c2a7b47c1e8f9d2b3c4d5e6f70`;
  return z
    .string()
    .max(200)
    .refine(isStorable, 'must be an id')
    .meta({ example, description: `Id of ${kind === 'assignment' || kind === 'event' ? 'an' : 'a'} ${kind}` });
}

/** Of a link in a mail. Longer ones are none of ours, and get the page that says so as any other: no error before it. */
export const Token = z.string().meta({ override: { type: 'string', maxLength: 500 } });

/** PostgreSQL keeps neither NUL nor half a surrogate pair. */
export function isStorable(value: string): boolean {
  return !value.includes('\u0000') && value.isWellFormed();
}

/** A text of people or systems: trimmed, not empty. */
export function text(max: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine(isStorable, 'must be valid text: it contains a NUL or half a surrogate pair');
}

/** One line that anybody may state. It is made clean where it is kept, and never refused for an odd character. */
export function line(max: number) {
  return z.string().trim().min(1).max(max);
}

/** An instant in a request, with its time zone. An instant before 1970 comes from a broken clock. */
export const Instant = z.iso
  .datetime({ offset: true })
  .refine((value) => isStorableYear(new Date(value)), 'must be an instant between the years 1970 and 9999 (UTC)')
  .transform((value) => new Date(value))
  .meta({ override: { type: 'string', format: 'date-time' }, example: '2026-12-01T09:00:00Z' });

/** The year in UTC: an offset may move an instant into the year 10000, which could not be read back. */
export function isStorableYear(at: Date): boolean {
  const year = at.getUTCFullYear();
  return year >= 1970 && year <= 9999;
}

/** An instant as answered. */
export const Timestamp = z.iso.datetime().meta({ example: '2026-12-01T09:00:00.000Z' });

/** `true` or `false` in a query. */
export const Flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional()
  .meta({ override: { type: 'boolean' } });

export const ANY_RECORD = z.record(z.string(), z.unknown());
