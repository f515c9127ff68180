import { partsOf, type Condition, type Matcher, type Scalar } from './condition-parts.ts';
import type { Field, Unit } from './fields/field.ts';
import { fieldNamed, isBehavior, OPEN_FIELDS } from './fields/registry.ts';
import { operatorsOf, type Operator } from './matcher.ts';

/** A condition in words, for `why`: "source is trade-show and score at least 20 points". */
export function explainCondition(condition: Condition): string {
  const words = partsOf(condition).map((part) => {
    switch (part.kind) {
      case 'all':
        return joined(part.of, 'and');
      case 'any':
        return joined(part.of, 'or');
      case 'not':
        return `not (${explainCondition(part.of)})`;
      case 'field': {
        const field = fieldNamed(part.field);
        const name = fieldInWords(part.field, field, part.matcher);
        return operatorsOf(part.matcher)
          .map(([operator, wanted]) => `${name} ${matcherInWords(operator, wanted)}${unitInWords(field, operator)}`)
          .join(' and ');
      }
    }
  });
  return words.length === 0 ? 'always' : words.join(' and ');
}

function joined(conditions: readonly Condition[], word: 'and' | 'or'): string {
  if (conditions.length === 0) return word === 'and' ? 'always' : 'never';
  const [only, ...others] = conditions;
  if (only && others.length === 0) return explainCondition(only);
  return `(${conditions.map(explainCondition).join(` ${word} `)})`;
}

function fieldInWords(name: string, field: Field | undefined, matcher: Matcher): string {
  const { attributes, event } = OPEN_FIELDS;
  if (name.startsWith(attributes.prefix)) return `attribute ‘${name.slice(attributes.prefix.length)}’`;
  if (name === `${event.prefix}type`) return 'event';
  if (name.startsWith(event.prefix)) return `${name.slice(event.prefix.length)} of the event`;
  const words = field?.words ?? name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return field !== undefined && isBehavior(field)
    ? `${words} (${parametersInWords(field.parameters, matcher)})`
    : words;
}

/** "type email.clicked, within 14 days" */
function parametersInWords(parameters: object, matcher: Matcher): string {
  const given = matcher as Readonly<Record<string, unknown>>;
  return Object.keys(parameters)
    .filter((name) => given[name] !== undefined)
    .map((name) => `${name} ${String(given[name])}`)
    .join(', ');
}

const UNITS: Readonly<Record<Unit, string>> = {
  points: ' points',
  people: ' people',
  times: ' times',
  percent: ' percent',
  days: ' days',
  'minor units': ' minor units',
  'whole units': '',
};

function unitInWords(field: Field | undefined, operator: Operator): string {
  return field?.type === 'number' && operator !== 'exists' ? UNITS[field.unit] : '';
}

function matcherInWords(operator: Operator, wanted: Scalar | readonly Scalar[]): string {
  const value = Array.isArray(wanted) ? wanted.join(', ') : String(wanted);
  switch (operator) {
    case 'is':
      return `is ${value}`;
    case 'not':
      return `is not ${value}`;
    case 'in':
      return Array.isArray(wanted) && wanted.length === 1 ? `is ${value}` : `is one of ${value}`;
    case 'notIn':
      return `is none of ${value}`;
    case 'gt':
      return `more than ${value}`;
    case 'gte':
      return `at least ${value}`;
    case 'lt':
      return `less than ${value}`;
    case 'lte':
      return `at most ${value}`;
    case 'contains':
      return `contains ${value}`;
    case 'startsWith':
      return `starts with ${value}`;
    case 'exists':
      return wanted === true ? 'is known' : 'is unknown';
  }
}
