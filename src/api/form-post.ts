/**
 * Turns the post of an HTML form into the JSON of the same meaning. A name with dots (`consent.text`) becomes a nested field. Texts of
 * number and yes/no fields become numbers and booleans. Empty fields are left out. A page without a script cannot send a header, so
 * the key is in the field `key`.
 */
import express, { type Request, type Response } from 'express';
import { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import { Submission } from './schemas/submission.ts';

export interface FormPost {
  body: Record<string, unknown>;
  /** The URL to which the browser is redirected, if that is allowed. */
  redirect: string | null;
  /** Sent by a browser without a script: people read the answer. */
  isPlain: boolean;
}

const TYPE = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i;
const readBytes = express.raw({ limit: '100kb', type: () => true });
const MOST_FIELDS = 200;
const NAME = /^[a-zA-Z][\w-]{0,99}(?:\.[a-zA-Z][\w-]{0,99}){0,2}$/;
const NUMBERS = new Set(pathsOf(Submission, (schema) => schema instanceof z.ZodNumber));
const FLAGS = new Set(pathsOf(Submission, (schema) => schema instanceof z.ZodBoolean));
/** A form may have fields of any name. A field that the API does not know becomes an attribute. */
const OURS = new Set(Object.keys(Submission.shape));

type Fields = readonly [string, string][];

/** The fields of a form whose sender is not known yet. */
const read = new WeakMap<Request, Fields>();
const posts = new WeakMap<Request, FormPost>();

export function isFormPost(request: Request): boolean {
  return TYPE.test(request.headers['content-type'] ?? '');
}

/** The form that was read of this request, if it is one. */
export function formPostOf(request: Request): FormPost | undefined {
  return posts.get(request);
}

/** Reads the form for its key alone, which then counts as that of the header. @throws AppError VALIDATION_FAILED */
export async function readKeyOfForm(request: Request, response: Response): Promise<void> {
  const fields = await readFields(request, response);
  const key = new Map(fields).get('key');
  if (key !== undefined) request.headers.authorization = `Bearer ${key}`;
}

/** Reads the form, once it is known who sent it. @throws AppError VALIDATION_FAILED */
export async function readFormPost(request: Request, response: Response, isPlain: boolean): Promise<void> {
  const fields = isPlain ? (read.get(request) ?? []) : await readFields(request, response);
  posts.set(request, { body: bodyOf(fields), redirect: new Map(fields).get('redirect') ?? null, isPlain });
}

async function readFields(request: Request, response: Response): Promise<Fields> {
  await new Promise<void>((resolve, reject) => {
    readBytes(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('The form could not be read'));
    });
  });
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new globalThis.Response(new Uint8Array(bytes), { headers }).formData().catch((cause: unknown) => {
    throw new AppError('VALIDATION_FAILED', 'The form could not be read: it is cut off, or not in UTF-8', { cause });
  });
  // Files are skipped.
  const fields = [...form].flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()]] : [],
  );
  if (fields.length > MOST_FIELDS)
    throw new AppError('VALIDATION_FAILED', `The form has too many fields; at most ${MOST_FIELDS} are allowed`);
  read.set(request, fields);
  return fields;
}

function bodyOf(fields: Fields): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, text] of fields) {
    if (name === 'key' || name === 'redirect' || !NAME.test(name)) continue;
    const path = name.split('.');
    put(body, OURS.has(path[0] ?? '') ? path : ['attributes', name], valueOf(name, text));
  }
  return body;
}

function valueOf(name: string, text: string): unknown {
  if (NUMBERS.has(name) && /^\d+$/.test(text)) return Number(text);
  if (FLAGS.has(name)) return /^(?:on|true|yes|1)$/i.test(text);
  return text;
}

/** The dotted names of the parts of a schema that are of a type. */
function pathsOf(schema: z.core.$ZodType, isOfType: (part: z.core.$ZodType) => boolean): string[] {
  if (!(schema instanceof z.ZodObject)) return [];
  const parts = Object.entries<z.core.$ZodType>(schema.shape);
  return parts.flatMap(([name, part]) => {
    const bare = part instanceof z.ZodOptional ? part.unwrap() : part;
    return isOfType(bare) ? [name] : pathsOf(bare, isOfType).map((path) => `${name}.${path}`);
  });
}

/** A name that comes twice (checkboxes) holds all of its values. */
function put(target: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  const known = Object.hasOwn(target, name) ? target[name] : undefined;
  if (rest.length > 0) {
    const inner: Record<string, unknown> = typeof known === 'object' && known !== null ? { ...known } : {};
    put(inner, rest, value);
    target[name] = inner;
  } else target[name] = typeof known === 'string' && typeof value === 'string' ? `${known}, ${value}` : value;
}
