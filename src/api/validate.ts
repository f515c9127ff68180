import type { z } from 'zod';
import { AppError, type FieldError } from '../domain/errors.ts';
import type { Stated } from '../domain/stated.ts';
import { issueInWords, unknownField } from './wording.ts';

/** The most unknown fields that are reported. A body may have a million. */
const MOST_UNKNOWN = 20;

/**
 * The issues of zod as path and message; each unknown field has its own path. A schema that files are read by as well says "expected a date", which
 * stands behind a colon there.
 */
function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue) => {
    const pathTo = (...more: string[]): string => [...issue.path.map(String), ...more].join('.');
    return issue.code === 'unrecognized_keys'
      ? issue.keys
          .slice(0, MOST_UNKNOWN)
          .map((key) => ({ path: pathTo(key.slice(0, 100)), message: unknownField(key.slice(0, 100), issue.message) }))
      : [{ path: pathTo(), message: issue.message.replace(/^expected /, 'must be ') }];
  });
}

export type Checked<T> = { ok: true; value: T } | { ok: false; fields: FieldError[] };

/** The output of a schema without `undefined`: a property that was not given is absent. */
export type Output<S extends z.ZodType> = Stated<z.output<S>>;

export function check<S extends z.ZodType>(schema: S, value: unknown): Checked<Output<S>> {
  const result = schema.safeParse(value, { error: issueInWords });
  return result.success
    ? { ok: true, value: result.data as Output<S> }
    : { ok: false, fields: fieldErrors(result.error) };
}

/** @throws AppError VALIDATION_FAILED with one entry per field that is wrong */
export function validate<S extends z.ZodType>(schema: S, value: unknown, where: 'path' | 'query' | 'body'): Output<S> {
  const checked = check(schema, value);
  if (checked.ok) return checked.value;
  throw invalid(where, checked.fields);
}

export function invalid(where: 'path' | 'query' | 'body', fields: readonly FieldError[]): AppError {
  return new AppError('VALIDATION_FAILED', `The ${where} is not valid: ${inOneLine(fields)}`, { fields });
}

/** The first problem, and the number of others. */
export function inOneLine(fields: readonly FieldError[]): string {
  const [first] = fields;
  if (first === undefined) return 'it does not match its schema';
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more, see errors)` : '';
  return `${first.path === '' ? 'it' : first.path} ${first.message}${more}`;
}
