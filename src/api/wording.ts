import type { z } from 'zod';
import { hintFor } from '../domain/did-you-mean.ts';

type Issue = Parameters<z.core.$ZodErrorMap>[0];

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null',
};

const FORMATS: Readonly<Record<string, string>> = {
  email: 'an email address, as in ada@example.com',
  datetime: 'an instant with its offset, as in 2026-12-01T09:00:00Z',
  url: 'a URL, as in https://example.com/page',
};

/**
 * What is wrong with a value and what would be right, in one sentence that reads after the field's path. It never repeats
 * the value: that may be personal. Messages that stand in a schema win over these.
 */
export function issueInWords(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing; it must be ${kind(issue.expected)}`
        : `must be ${kind(issue.expected)}`;
    case 'invalid_format':
      return `must be ${FORMATS[issue.format] ?? `written as ${issue.format}`}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return size(issue.origin, 'at least', Number(issue.minimum));
    case 'too_big':
      return size(issue.origin, 'at most', Number(issue.maximum));
    case 'unrecognized_keys':
      // Names the fields that are known; each field that is not gets a message of its own (unknownField).
      return knownKeys(issue.inst).join(' ');
    case 'invalid_union':
      return issue.input === undefined ? 'is missing' : 'matches none of the forms that are allowed here';
    default:
      return undefined;
  }
}

/** Of a field that has no place in an object or a query; `known` as `issueInWords` lists them. */
export function unknownField(key: string, known: string): string {
  const fields = known === '' ? [] : known.split(' ');
  if (key === 'form' && fields.includes('event'))
    return 'is not a known field: the form is named by its event, { "type": "form.submitted", "properties": { "form": "…" } }';
  return `is not a known field${hintFor(key, fields)}`;
}

function knownKeys(schema: unknown): string[] {
  const shape = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape;
  return Object.keys(shape ?? {});
}

function kind(expected: string): string {
  return KINDS[expected] ?? expected;
}

function size(origin: string, bound: 'at least' | 'at most', limit: number): string {
  const things = limit === 1 ? '' : 's';
  switch (origin) {
    case 'string':
      return bound === 'at least' && limit === 1
        ? 'must not be empty'
        : `must have ${bound} ${limit} character${things}`;
    case 'array':
    case 'set':
      return `must have ${bound} ${limit} entr${limit === 1 ? 'y' : 'ies'}`;
    default:
      return `must be ${bound} ${limit}`;
  }
}
