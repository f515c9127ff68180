/** One operator as SQL over one value: what domain/matcher.ts answers, unknown (NULL) included. */
import type { Scalar } from '../../domain/condition.ts';
import { asNumber, DIGITS, NUMBER_IN_TEXT, type Operator, asText } from '../../domain/matcher.ts';
import { Prisma } from '../generated/client.ts';

/** An expression, with the type that is known of it. */
export type Value = { value: Prisma.Sql } & (
  | { kind: 'text' | 'number' | 'flag' }
  | { kind: 'choice'; values: readonly string[]; enumType: string }
);

type Wanted = Scalar | readonly Scalar[];

/**
 * In small letters as `toLowerCase` makes them (both by ICU: special letters and the sigma at the end of a word too), and compared
 * byte by byte, which is by code points.
 */
function lowered(value: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(lower(${value} COLLATE "und-x-icu") COLLATE "C")`;
}

/** Of a column or an expression with a type. An empty text is unknown. */
export function compareValue(compared: Value, operator: Operator, wanted: Wanted): Prisma.Sql {
  if (operator === 'exists') {
    const known =
      compared.kind === 'text'
        ? Prisma.sql`(coalesce(${compared.value}, '') <> '')`
        : Prisma.sql`(${compared.value} IS NOT NULL)`;
    return Prisma.sql`(${known} = ${wanted === true}::boolean)`;
  }
  if (compared.kind === 'choice') return compareChoice(compared, operator, wanted);
  const value = compared.kind === 'text' ? Prisma.sql`nullif(${compared.value}, '')` : compared.value;
  const answer = compareScalar(compared.kind, value, operator, wanted);
  return isNegative(operator) ? Prisma.sql`(NOT ${answer})` : answer;
}

/** A column with given values is compared as it is, so that its index is used. */
function compareChoice(compared: Value & { kind: 'choice' }, operator: Operator, wanted: Wanted): Prisma.Sql {
  const type = Prisma.raw(compared.enumType);
  if (!isEquality(operator)) return compareScalar('text', Prisma.sql`${compared.value}::text`, operator, wanted);
  const choices = listOf(wanted).flatMap((one) => compared.values.find((value) => asText(value) === asText(one)) ?? []);
  // With nothing to be equal to, PostgreSQL answers false for NULL too.
  const answer =
    choices.length === 0
      ? Prisma.sql`(CASE WHEN ${compared.value} IS NOT NULL THEN FALSE END)`
      : Prisma.sql`(${compared.value} = ANY(${choices}::text[]::${type}[]))`;
  return isNegative(operator) ? Prisma.sql`(NOT ${answer})` : answer;
}

/**
 * Compares JSON: a scalar, or a list, which matches when any of its members does. Members that are not scalars, and empty texts, are
 * skipped. A list without any other member is unknown.
 */
export function compareJson(value: Prisma.Sql, operator: Operator, wanted: Wanted): Prisma.Sql {
  const one = (kind: 'text' | 'number' | 'flag', cast: Prisma.Sql): Prisma.Sql =>
    compareScalar(kind, cast, operator, wanted);
  const answer = Prisma.sql`CASE jsonb_typeof(m)
    WHEN 'number' THEN ${one('number', Prisma.sql`m::float8`)}
    WHEN 'string' THEN ${one('text', Prisma.sql`(m #>> '{}')`)}
    ELSE ${one('flag', Prisma.sql`m::boolean`)} END`;
  // Greater or less can be asked of one value only. For several texts one that matches is enough; an unknown one leaves the answer open.
  const over = isOrder(operator)
    ? Prisma.sql`CASE WHEN count(*) = 1 THEN bool_or(answer) END`
    : Prisma.sql`CASE WHEN bool_or(answer) THEN TRUE WHEN count(*) = count(answer) THEN bool_or(answer) END`;
  const all = Prisma.sql`(SELECT ${over} FROM (
    SELECT ${answer} AS answer
    FROM jsonb_array_elements(CASE jsonb_typeof(${value}) WHEN 'array' THEN ${value} ELSE jsonb_build_array(${value}) END) m
    WHERE jsonb_typeof(m) IN ('number', 'boolean') OR (jsonb_typeof(m) = 'string' AND m <> '""')) members)`;
  return isNegative(operator) ? Prisma.sql`(NOT ${all})` : all;
}

/** Anything but nothing: a list without members and an object are known too. */
export function isKnownJson(value: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(coalesce(${value}, 'null') NOT IN ('null', '""'))`;
}

/** NULL where the value is. `not` and `notIn` are answered as `is` and `in`: the caller turns them round. */
function compareScalar(
  kind: 'text' | 'number' | 'flag',
  value: Prisma.Sql,
  operator: Operator,
  wanted: Wanted,
): Prisma.Sql {
  const choices = listOf(wanted);
  const [first] = choices;
  if (isEquality(operator)) return equals(kind, value, choices);
  if (operator === 'contains' || operator === 'startsWith') return hasText(kind, value, operator, asText(first ?? ''));
  return first === undefined ? Prisma.sql`NULL::boolean` : ordered(kind, value, ORDERS[operator], first);
}

const ORDERS: Readonly<Record<string, Prisma.Sql>> = {
  gt: Prisma.sql`>`,
  gte: Prisma.sql`>=`,
  lt: Prisma.sql`<`,
  lte: Prisma.sql`<=`,
};

function equals(kind: 'text' | 'number' | 'flag', value: Prisma.Sql, choices: readonly Scalar[]): Prisma.Sql {
  const numbers = choices.flatMap((one) => (kind === 'number' || typeof one === 'number' ? (asNumber(one) ?? []) : []));
  const texts = kind === 'number' ? [] : choices.flatMap((one) => (typeof one === 'number' ? [] : asText(one)));
  const answers = [
    ...(numbers.length === 0 || kind === 'flag'
      ? []
      : [Prisma.sql`${numberOf(kind, value)} = ANY(${numbers}::float8[])`]),
    ...(kind === 'number' || texts.length === 0 ? [] : [Prisma.sql`${textOf(kind, value)} = ANY(${texts}::text[])`]),
  ];
  // A text that is no number is not equal to one, and what is left without a choice is equal to none.
  return Prisma.sql`CASE WHEN ${value} IS NULL THEN NULL ELSE coalesce(${answers.length === 0 ? Prisma.sql`FALSE` : Prisma.join(answers, ' OR ')}, FALSE) END`;
}

function ordered(
  kind: 'text' | 'number' | 'flag',
  value: Prisma.Sql,
  order: Prisma.Sql | undefined,
  wanted: Scalar,
): Prisma.Sql {
  if (kind === 'flag' || order === undefined) return Prisma.sql`NULL::boolean`;
  const number = asNumber(wanted);
  const byNumber = number === null ? null : Prisma.sql`${numberOf(kind, value)} ${order} ${number}::float8`;
  const byText =
    kind === 'text' && typeof wanted === 'string'
      ? Prisma.sql`${lowered(value)} ${order} ${asText(wanted)}::text`
      : null;
  if (byNumber === null) return byText ?? Prisma.sql`NULL::boolean`;
  // Both as numbers where both are some, else both as texts.
  return byText === null ? Prisma.sql`(${byNumber})` : Prisma.sql`coalesce(${byNumber}, ${byText})`;
}

function hasText(
  kind: 'text' | 'number' | 'flag',
  value: Prisma.Sql,
  operator: 'contains' | 'startsWith',
  wanted: string,
): Prisma.Sql {
  const written = kind === 'number' ? digitsOf(value) : textOf(kind, value);
  return operator === 'contains'
    ? Prisma.sql`(strpos(${written}, ${wanted}::text) > 0)`
    : Prisma.sql`starts_with(${written}, ${wanted}::text)`;
}

/** NULL for a text that is no number. */
function numberOf(kind: 'text' | 'number', value: Prisma.Sql): Prisma.Sql {
  if (kind === 'number') return Prisma.sql`${value}::float8`;
  return Prisma.sql`(CASE WHEN ${value} ~ ${NUMBER_IN_TEXT}::text THEN (${value})::float8 END)`;
}

function textOf(kind: 'text' | 'flag', value: Prisma.Sql): Prisma.Sql {
  return kind === 'text'
    ? lowered(value)
    : Prisma.sql`(CASE WHEN ${value} THEN 'true' WHEN NOT ${value} THEN 'false' END)`;
}

/** As JavaScript writes a number: the fewest digits that tell it from its neighbors, and no exponent. */
function digitsOf(value: Prisma.Sql): Prisma.Sql {
  const size = Prisma.sql`abs(${value}::float8)`;
  return Prisma.sql`(CASE WHEN ${size} = 0 OR (${size} >= ${DIGITS.least}::float8 AND ${size} < ${DIGITS.below}::float8)
    THEN trim_scale(${value}::float8::text::numeric)::text END)`;
}

function listOf(wanted: Wanted): readonly Scalar[] {
  return typeof wanted === 'object' ? wanted : [wanted];
}

function isEquality(operator: Operator): boolean {
  return operator === 'is' || operator === 'in' || isNegative(operator);
}

function isNegative(operator: Operator): boolean {
  return operator === 'not' || operator === 'notIn';
}

function isOrder(operator: Operator): boolean {
  return Object.hasOwn(ORDERS, operator);
}
