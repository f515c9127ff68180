import { type Condition, type Matcher, type Scalar } from '../../domain/condition.ts';
import { partsOf } from '../../domain/condition-parts.ts';
import { askedBy, type BehaviorAsk, behaviorAsk } from '../../domain/fields/asked.ts';
import type { Field } from '../../domain/fields/field.ts';
import { fieldNamed, isBehavior, isSegment, OPEN_FIELDS } from '../../domain/fields/registry.ts';
import { operatorsOf, type Operator } from '../../domain/matcher.ts';
import { SEGMENT, type SegmentConditions, segmentAsks } from '../../domain/segment.ts';
import { joinsOf } from '../facts/parts.ts';
import { Prisma } from '../generated/client.ts';
import { behaviorOfAllSql, behaviorSql, bound, type SqlMoment } from './bind.ts';
import { compareJson, compareValue, isKnownJson } from './compare.ts';

/** A condition as SQL about `leads l`: `SELECT … FROM leads l ${joins} WHERE ${truth}`. */
export interface ConditionSql {
  joins: Prisma.Sql;
  /** True, false, or NULL for unknown: what `evaluate` answers for the same lead. */
  truth: Prisma.Sql;
}

/**
 * Compiles a condition; every value in it becomes a parameter. There is no event at hand: what asks about one is unknown. The
 * statement is for `planned`: a plan fits the values of one condition only.
 */
export function conditionSql(
  condition: Condition,
  moment: SqlMoment,
  segments: SegmentConditions = new Map(),
): ConditionSql {
  return { joins: joinsOf(askedBy([condition], segments).parts), truth: truthOf(condition, { ...moment, segments }) };
}

/**
 * The same for a statement that reads all leads: what they did is counted once for all of them, and not looked up for each. Of a million
 * leads that is several times as fast; of a few it would read the events of everybody.
 */
export function conditionOfAllSql(
  condition: Condition,
  moment: SqlMoment,
  segments: SegmentConditions = new Map(),
): ConditionSql {
  const counted: Prisma.Sql[] = [];
  const truth = truthOf(condition, { ...moment, segments, counted });
  const joins = joinsOf(askedBy([condition], segments).parts);
  return { joins: Prisma.join([joins, ...counted], ' '), truth };
}

/** `counted`: joins of what leads did; undefined: it is looked up for each lead. */
type Moment = SqlMoment & { segments: SegmentConditions; counted?: Prisma.Sql[] };

function truthOf(condition: Condition, moment: Moment): Prisma.Sql {
  const parts = partsOf(condition).map((part) => {
    switch (part.kind) {
      case 'all':
      case 'any':
        return joined(
          part.kind === 'all' ? 'AND' : 'OR',
          part.of.map((inner) => truthOf(inner, moment)),
        );
      case 'not':
        return Prisma.sql`(NOT ${truthOf(part.of, moment)})`;
      case 'field':
        if (part.field === SEGMENT) return membershipSql(part.matcher, moment);
        return matcherSql(part.field, part.matcher, moment);
    }
  });
  return joined('AND', parts);
}

/** As `membership` of domain/condition.ts. */
function membershipSql(matcher: Matcher, moment: Moment): Prisma.Sql {
  const isIn = (name: string): Prisma.Sql => {
    const when = moment.segments.get(name);
    return when === undefined ? UNKNOWN : truthOf(when, moment);
  };
  const answers = segmentAsks(matcher).map(({ names, isNegative }) => {
    const truth = names.length === 0 ? UNKNOWN : joined('OR', names.map(isIn));
    return isNegative ? Prisma.sql`(NOT ${truth})` : truth;
  });
  return joined('AND', answers);
}

/** SQL's own AND, OR and NOT are those of Kleene. */
function joined(word: 'AND' | 'OR', parts: readonly Prisma.Sql[]): Prisma.Sql {
  if (parts.length === 0) return word === 'AND' ? Prisma.sql`TRUE` : Prisma.sql`FALSE`;
  return Prisma.sql`(${Prisma.join([...parts], ` ${word} `)})`;
}

function matcherSql(name: string, matcher: Matcher, moment: Moment): Prisma.Sql {
  const answers = operatorsOf(matcher).map(([operator, wanted]) =>
    operatorSql(name, matcher, operator, wanted, moment),
  );
  return joined('AND', answers);
}

function operatorSql(
  name: string,
  matcher: Matcher,
  operator: Operator,
  wanted: Scalar | readonly Scalar[],
  moment: Moment,
): Prisma.Sql {
  const { attributes } = OPEN_FIELDS;
  const field = fieldNamed(name);
  if (field !== undefined && !isSegment(field)) {
    const value = isBehavior(field) ? behaviorValue(behaviorAsk(field, matcher), moment) : bound(field.sql, moment);
    return compareValue({ ...comparedAs(field), value: Prisma.sql`(${value})` }, operator, wanted);
  }
  if (!name.startsWith(attributes.prefix))
    return operator === 'exists' ? Prisma.sql`${wanted === false}::boolean` : UNKNOWN;
  const value = Prisma.sql`(l.attributes -> ${name.slice(attributes.prefix.length)}::text)`;
  if (operator === 'exists') return Prisma.sql`(${isKnownJson(value)} = ${wanted === true}::boolean)`;
  return compareJson(value, operator, wanted);
}

function behaviorValue(ask: BehaviorAsk, moment: Moment): Prisma.Sql {
  const { counted } = moment;
  const ofAll = counted === undefined ? null : behaviorOfAllSql(ask, moment);
  if (counted === undefined || ofAll === null) return behaviorSql(ask, moment);
  const name = Prisma.raw(`did${counted.length}`);
  counted.push(Prisma.sql`LEFT JOIN (${ofAll}) ${name} ON ${name}.lead_id = l.id`);
  return Prisma.sql`(CASE WHEN ${name}.lead_id IS NULL THEN 0 ELSE ${name}.value END)`;
}

const UNKNOWN = Prisma.sql`NULL::boolean`;

function comparedAs(
  field: Field,
): { kind: 'text' | 'number' | 'flag' } | { kind: 'choice'; values: readonly string[]; enumType: string } {
  return field.type === 'choice'
    ? { kind: 'choice', values: field.values, enumType: field.enumType ?? 'text' }
    : { kind: field.type };
}
