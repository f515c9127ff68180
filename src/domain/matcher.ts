import type { Matcher, Scalar, Truth } from './condition-parts.ts';

/**
 * Answer of one matcher for one value. An unknown value (null, an empty text, NaN, an object) gives null, but for `exists`.
 * A list as value (an attribute with several choices) is what any of its members is; `not` and `notIn` ask that none is.
 */
export function matches(matcher: Matcher, value: unknown): Truth {
  const operators = operatorsOf(matcher);
  let unknown = false;
  for (const [operator, wanted] of operators) {
    const truth = apply(operator, wanted, value);
    if (truth === false) return false;
    if (truth === null) unknown = true;
  }
  return unknown ? null : true;
}

/** Operators of the long form, in the order they are explained. */
export const OPERATORS = [
  'is',
  'not',
  'in',
  'notIn',
  'gt',
  'gte',
  'lt',
  'lte',
  'contains',
  'startsWith',
  'exists',
] as const;
export type Operator = (typeof OPERATORS)[number];

type Operators = readonly [Operator, Scalar | readonly Scalar[]][];
/** Matchers do not change. */
const known = new WeakMap<object, Operators>();

/** A matcher in its long form: a scalar is `is`, a list is `in`. */
export function operatorsOf(matcher: Matcher): Operators {
  if (typeof matcher !== 'object') return [['is', matcher]];
  const before = known.get(matcher);
  if (before !== undefined) return before;
  const found = readOperators(matcher);
  known.set(matcher, found);
  return found;
}

function readOperators(matcher: Matcher & object): Operators {
  if (isList(matcher)) return [['in', matcher]];
  return OPERATORS.flatMap((operator): [Operator, Scalar | readonly Scalar[]][] => {
    const wanted = matcher[operator];
    return wanted === undefined ? [] : [[operator, wanted]];
  });
}

function apply(operator: Operator, wanted: Scalar | readonly Scalar[], value: unknown): Truth {
  const values = scalarsOf(value);
  if (operator === 'exists') return (value !== null && value !== undefined && value !== '') === wanted;
  if (values.length === 0) return null;
  const choices: readonly Scalar[] = isList(wanted) ? wanted : [wanted];
  const first = choices[0];
  switch (operator) {
    case 'is':
    case 'in':
      return values.some((one) => choices.some((choice) => same(one, choice)));
    case 'not':
    case 'notIn':
      return !values.some((one) => choices.some((choice) => same(one, choice)));
    case 'contains':
    case 'startsWith':
      return any(values.map((one) => hasText(operator, one, asText(first ?? ''))));
    default:
      return first === undefined || values.length > 1 ? null : ordered(operator, values[0] ?? '', first);
  }
}

/** True when one is true, else unknown when one is. */
function any(truths: readonly Truth[]): Truth {
  return truths.includes(true) ? true : truths.includes(null) ? null : false;
}

function hasText(operator: 'contains' | 'startsWith', value: Scalar, wanted: string): Truth {
  const written = typeof value === 'number' ? digitsOf(value) : asText(value);
  if (written === null) return null;
  return operator === 'contains' ? written.includes(wanted) : written.startsWith(wanted);
}

/** Numbers by size (a text that is a number counts as one), other texts by the alphabet, which suits ISO dates. */
function ordered(operator: 'gt' | 'gte' | 'lt' | 'lte', value: Scalar, wanted: Scalar): Truth {
  const numbers = [asNumber(value), asNumber(wanted)] as const;
  let order: number;
  if (numbers[0] !== null && numbers[1] !== null) order = Math.sign(numbers[0] - numbers[1]);
  else if (typeof value === 'string' && typeof wanted === 'string') order = byAlphabet(asText(value), asText(wanted));
  else return null;
  switch (operator) {
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
  }
}

function same(a: Scalar, b: Scalar): boolean {
  if (typeof a === 'number' || typeof b === 'number') {
    const numbers = [asNumber(a), asNumber(b)];
    return numbers[0] !== null && numbers[0] === numbers[1];
  }
  return asText(a) === asText(b);
}

/** A number in a text: decimal digits with a sign and a point where they are wanted, and blanks around. No `1e3`, no `0x10`. */
export const NUMBER_IN_TEXT = '^ *[+-]?([0-9]{1,100}([.][0-9]{0,100})?|[.][0-9]{1,100}) *$';
const IS_NUMBER = new RegExp(NUMBER_IN_TEXT);

/** Null: it is none. */
export function asNumber(value: Scalar): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && IS_NUMBER.test(value) ? Number(value) : null;
}

/** Beyond these a number is not written in digits alone. */
export const DIGITS = { least: 1e-6, below: 1e21 };

/** As a text, to look for digits in; null: very large or very small. */
function digitsOf(value: number): string | null {
  const size = Math.abs(value);
  return size === 0 || (size >= DIGITS.least && size < DIGITS.below) ? String(value) : null;
}

/** As texts are compared: without case. */
export function asText(value: Scalar): string {
  return String(value).toLowerCase();
}

/** Negative, 0 or positive, by code points, as PostgreSQL orders UTF-8. JavaScript's `<` goes by halves of surrogate pairs. */
function byAlphabet(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === a.length || at === b.length) return a.length - b.length;
  // They may differ in the second half of a pair only.
  const start = at > 0 && isHigh(a.charCodeAt(at - 1)) ? at - 1 : at;
  return (a.codePointAt(start) ?? 0) - (b.codePointAt(start) ?? 0);
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function scalarsOf(value: unknown): Scalar[] {
  if (isList(value)) return value.flatMap((one: unknown) => (isList(one) ? [] : scalarsOf(one)));
  if (typeof value === 'number') return Number.isNaN(value) ? [] : [value];
  if (typeof value === 'string') return value === '' ? [] : [value];
  return typeof value === 'boolean' ? [value] : [];
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
