import { z } from 'zod';
import { AppError } from '../../domain/errors.ts';
import { ID_KINDS, type IdKind } from '../../domain/ids.ts';

/** What all resources are described with. */

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

export function id(kind: IdKind) {
  const example = `${ID_KINDS[kind]}-0193f0c2a7b47c1e8f9d2b3c4d5e6f70`;
  return z
    .string()
    .max(200)
    .refine(isStorable, 'must be an id')
    .meta({ example, description: `Id of ${kind === 'assignment' || kind === 'event' ? 'an' : 'a'} ${kind}` });
}

/** PostgreSQL keeps neither NUL nor half a surrogate pair. */
function isStorable(value: string): boolean {
  return !value.includes('\u0000') && value.isWellFormed();
}

/** A text of people or systems: trimmed, not empty. */
export function text(max: number) {
  return z.string().trim().min(1).max(max).refine(isStorable, 'must be text: it has a NUL or half a character in it');
}

/** An instant in a request, with its time zone. An instant before 1970 comes from a broken clock. */
export const Instant = z.iso
  .datetime({ offset: true })
  .refine((value) => isStorableYear(new Date(value)), 'must be an instant between the years 1970 and 9999 (UTC)')
  .transform((value) => new Date(value))
  .meta({ override: { type: 'string', format: 'date-time' }, example: '2026-12-01T09:00:00Z' });

/** The year in UTC: an offset may move an instant into the year 10000, which could not be read back. */
function isStorableYear(at: Date): boolean {
  const year = at.getUTCFullYear();
  return year >= 1970 && year <= 9999;
}

/** An instant as answered. */
export const At = z.iso.datetime().meta({ example: '2026-12-01T09:00:00.000Z' });

export const Cursor = z.string().max(512).optional().meta({ description: 'nextCursor of the page before' });

export const Limit = z.coerce
  .number('must be a whole number')
  .int('must be a whole number')
  .min(1)
  .max(MAX_LIMIT)
  .default(DEFAULT_LIMIT)
  .meta({
    description: `Entries a page, at most ${MAX_LIMIT}`,
    override: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
  });

/** `true` or `false` in a query. */
export const Flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional()
  .meta({ override: { type: 'boolean' } });

export function page<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'null on the last page' }),
  });
}

/** Opaque to callers: the keys of the last entry of a page. */
export function writeCursor(...keys: string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

/** @throws AppError VALIDATION_FAILED when it is none that `writeCursor` made with as many keys. */
export function readCursor(cursor: string | undefined, keys: number): string[] | null {
  if (cursor === undefined) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (
      Array.isArray(value) &&
      value.length === keys &&
      value.every((key) => typeof key === 'string' && isStorable(key))
    ) {
      return value as string[];
    }
  } catch {
    // Falls through to the one answer.
  }
  throw notACursor();
}

/** Where a page ended in a list by instant. */
export interface Place {
  at: Date;
  key: string;
}

export function writePlace(at: Date, key: string): string {
  return writeCursor(at.toISOString(), key);
}

/** @throws AppError VALIDATION_FAILED */
export function readPlace(cursor: string | undefined): Place | null {
  const keys = readCursor(cursor, 2);
  if (keys === null) return null;
  const [at = '', key = ''] = keys;
  const place = new Date(at);
  if (!isStorableYear(place) || place.toISOString() !== at) throw notACursor();
  return { at: place, key };
}

/** The answer to a cursor that no page of this list ended with. */
export function notACursor(): AppError {
  const message = 'must be the nextCursor of another page of this list';
  return new AppError('VALIDATION_FAILED', `The query is not valid: cursor: ${message}`, {
    fields: [{ path: 'cursor', message }],
  });
}

export const ANY_RECORD = z.record(z.string(), z.unknown());
