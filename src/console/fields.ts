import type { Request } from 'express';
import { wrongAs, wrongField } from './wrong.ts';

/** Characters of a field of one line. */
const LONGEST_LINE = 500;

/** Characters of a field of many lines: what is longer than a note may be is cut off there. A form counts a line break as two. */
export const LONGEST_TEXT = 8_000;

/**
 * A field of the form that was posted, without spaces around it; empty when there is none.
 * @param longest Characters that it may have: whoever reads it may try a pattern on it
 * @throws AppError VALIDATION_FAILED for a longer one, or one that cannot be stored
 */
export function field(request: Request, name: string, longest: number = LONGEST_LINE): string {
  return checked(name, written(request, name), longest);
}

/** A text as it can be stored. */
export function bounded(text: string): string {
  return text.slice(0, 4_000).replaceAll('\u0000', '');
}

/** The field as it was sent, to show it again in the form; nothing else may be done with it. */
export function written(request: Request, name: string): string {
  const value = valueOf(request, name);
  return typeof value === 'string' ? value.trim() : '';
}

/** All values of a field as they were sent, to show them again in the form. */
export function writtenAll(request: Request, name: string): string[] {
  return [valueOf(request, name)].flat().filter((one) => typeof one === 'string');
}

/**
 * All values of a field that may be sent more than once: the boxes that were ticked.
 * @throws AppError VALIDATION_FAILED as `field`
 */
export function fieldsOf(request: Request, name: string): string[] {
  const value = valueOf(request, name);
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((one) => (typeof one === 'string' && one !== '' ? [checked(name, one, LONGEST_LINE)] : []));
}

function valueOf(request: Request, name: string): unknown {
  const body: unknown = request.body;
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}

function checked(name: string, text: string, longest: number): string {
  if (text.length > longest) throw wrongAs(name, `expected at most ${longest} characters`);
  if (text.includes('\u0000') || !text.isWellFormed())
    throw wrongAs(name, 'it has a character that cannot be stored; write it anew');
  return text;
}

/** @throws AppError VALIDATION_FAILED with what to choose */
export function chosen<K extends string>(
  request: Request,
  name: string,
  among: Readonly<Record<K, string>>,
  ask: string,
): K {
  const value = field(request, name);
  if (Object.hasOwn(among, value)) return value as K;
  throw wrongField(name, ask);
}
