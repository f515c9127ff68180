import type { z } from 'zod';
import { didYouMean, hintFor, nearest } from '../domain/did-you-mean.ts';
import type { ValuePath } from './problems.ts';

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
};

/** A problem relative to the value that was parsed. */
export interface SchemaMessage {
  path: ValuePath;
  message: string;
  at: 'value' | 'key';
}

/**
 * The issues without those that only follow from others: a key that is missing because it is misspelled is told where it is misspelled.
 */
export function withoutFollowing(issues: readonly z.core.$ZodIssue[], value: unknown): z.core.$ZodIssue[] {
  const meant = new Set(
    issues.flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys') return [];
      const known = issue.message.split(' ');
      return issue.keys.map((key) => JSON.stringify([...issue.path, nearest(key, known)]));
    }),
  );
  return issues.filter(
    (issue) =>
      issue.code === 'unrecognized_keys' ||
      !meant.has(JSON.stringify(issue.path)) ||
      valueAt(value, issue.path.map(asKey)) !== undefined,
  );
}

const asKey = (part: PropertyKey): string | number => (typeof part === 'number' ? part : String(part));

/** An issue of a schema in the marketer's words. A message that begins with "expected" is completed with the value that was found. */
export function messagesOf(issue: z.core.$ZodIssue, value: unknown): SchemaMessage[] {
  const path = issue.path.map(asKey);
  const found = valueAt(value, path);
  const one = (message: string, at: 'value' | 'key' = 'value'): SchemaMessage[] => [
    { path, message: message.startsWith('expected ') ? complete(message, found) : message, at },
  ];
  switch (issue.code) {
    case 'unrecognized_keys': {
      // `mapping` puts the keys it knows into the message.
      const known = issue.message.split(' ');
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `unknown key "${key}"${hintFor(key, known)}`,
        at: 'key',
      }));
    }
    case 'invalid_type':
      return one(
        issue.message.startsWith('expected ')
          ? issue.message
          : `expected ${EXPECTED[issue.expected] ?? issue.expected}`,
      );
    case 'invalid_value': {
      const hint = typeof found === 'string' ? didYouMean(found, issue.values.map(String)) : '';
      const message = complete(`expected ${issue.values.map((each) => `"${String(each)}"`).join(' or ')}`, found);
      return [{ path, message: `${message}${hint}`, at: 'value' }];
    }
    case 'invalid_key': {
      const [reason] = issue.issues;
      const key = path.at(-1);
      return reason === undefined ? [] : [{ path, message: complete(reason.message, key), at: 'key' }];
    }
    case 'custom':
      return one(issue.message, issue.params?.['at'] === 'key' ? 'key' : 'value');
    default:
      return one(issue.message);
  }
}

function complete(message: string, found: unknown): string {
  return found === undefined ? `${message}, but it is missing` : `${message}, found ${shown(found)}`;
}

function shown(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'no keys' : 'keys with values';
  return JSON.stringify(value);
}

/** Follows own properties only. */
export function valueAt(value: unknown, path: ValuePath): unknown {
  return path.reduce<unknown>(
    (found, part) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, part)
        ? (found as Record<string | number, unknown>)[part]
        : undefined,
    value,
  );
}
