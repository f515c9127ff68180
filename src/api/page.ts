import { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import type { PageEnd } from '../store/lists/page-end.ts';
import { json, type Reply } from './reply.ts';
import { isStorableYear, isStorable } from './schemas/common.ts';

/** Pagination of every list. */

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** The query parameters of every list. Filters are added to them. */
export const PAGE_QUERY = {
  cursor: z.string().max(512).optional().meta({ description: 'The nextCursor of the previous page' }),
  limit: z.coerce
    .number('must be a whole number')
    .int('must be a whole number')
    .min(1)
    .max(MAX_LIMIT)
    .default(DEFAULT_LIMIT)
    .meta({
      description: `Entries in a page, at most ${MAX_LIMIT}`,
      override: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
    }),
};

/** The answer's schema. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'null on the last page' }),
  });
}

/**
 * Returns a page. One entry more is read, to know whether there is another page.
 *
 * @param list.endOf Makes the cursor of the next page from the last entry of this one
 */
export async function answerPage<T>(list: {
  limit: number;
  read: (count: number) => Promise<T[]>;
  endOf: (last: T) => string;
  show: (items: readonly T[]) => unknown[] | Promise<unknown[]>;
}): Promise<Reply> {
  const read = await list.read(list.limit + 1);
  const items = read.slice(0, list.limit);
  const last = items.at(-1);
  const nextCursor = read.length > list.limit && last !== undefined ? list.endOf(last) : null;
  return json(200, { items: await list.show(items), nextCursor });
}

/** End of a page in a list by id. */
export function idCursor(id: string): string {
  return writeCursor([id]);
}

/** @throws AppError VALIDATION_FAILED */
export function readIdCursor(cursor: string | undefined): string | null {
  return readCursor(cursor, 1)?.[0] ?? null;
}

/** End of a page in a list by instant. */
export function pageEndCursor({ at, key }: PageEnd): string {
  return writeCursor([at.toISOString(), key]);
}

/** @throws AppError VALIDATION_FAILED */
export function readPageEndCursor(cursor: string | undefined): PageEnd | null {
  const keys = readCursor(cursor, 2);
  if (keys === null) return null;
  const [at = '', key = ''] = keys;
  const place = new Date(at);
  if (!isStorableYear(place) || place.toISOString() !== at) throw notACursor();
  return { at: place, key };
}

/** End of a page in a list by number. */
export function numberCursor(number: number): string {
  return writeCursor([String(number)]);
}

/** @throws AppError VALIDATION_FAILED */
export function readNumberCursor(cursor: string | undefined): number | null {
  const [key] = readCursor(cursor, 1) ?? [];
  if (key === undefined) return null;
  // Nine digits fit a column of 32 bits.
  if (!/^\d{1,9}$/.test(key)) throw notACursor();
  return Number(key);
}

/** End of a page in a list in a chosen order. `atMs`: the instant of which its values are, the same on every page. */
export interface OrderedEnd {
  id: string;
  value: number;
  atMs: number;
}

/** `order`: the word by which it was asked for. */
export function orderedCursor(order: string, { id, value, atMs }: OrderedEnd): string {
  return writeCursor([order, id, String(value), String(atMs)]);
}

/**
 * @param list.order The word by which the page is asked for: a cursor of another order is refused
 * @param list.isByTime The values are instants, which PostgreSQL must know
 * @throws AppError VALIDATION_FAILED
 */
export function readOrderedCursor(
  cursor: string | undefined,
  { order, isByTime }: { order: string; isByTime: boolean },
): OrderedEnd | null {
  const keys = readCursor(cursor, 4);
  if (keys === null) return null;
  const [of, id = '', valueText, atText] = keys;
  const [value, atMs] = [Number(valueText), Number(atText)];
  const isValue = isByTime ? isStorableYear(new Date(value)) : Number.isFinite(value);
  if (of !== order || !isValue || !isStorableYear(new Date(atMs))) throw notACursor();
  return { id, value, atMs };
}

/** Opaque to callers. */
function writeCursor(keys: readonly string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

/**
 * Null without a cursor.
 * @throws AppError VALIDATION_FAILED when `writeCursor` did not make it, or made it with another number of keys.
 */
function readCursor(cursor: string | undefined, keys: number): string[] | null {
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

function notACursor(): AppError {
  const message = 'must be the nextCursor of another page of this list';
  return new AppError('VALIDATION_FAILED', `The query is not valid: cursor: ${message}`, {
    fields: [{ path: 'cursor', message }],
  });
}
