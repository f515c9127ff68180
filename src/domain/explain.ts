import { partsOf, type Condition, type Scalar } from './condition-parts.ts';
import { operatorsOf, type Operator } from './matcher.ts';

/** A condition in words, for `why`: "source is trade-show and score at least 20". */
export function explainCondition(condition: Condition): string {
  const words = partsOf(condition).map((part) => {
    switch (part.kind) {
      case 'all':
        return joined(part.of, 'and');
      case 'any':
        return joined(part.of, 'or');
      case 'not':
        return `not (${explainCondition(part.of)})`;
      case 'field':
        return operatorsOf(part.matcher)
          .map(([operator, wanted]) => `${fieldInWords(part.field)} ${matcherInWords(operator, wanted)}`)
          .join(' and ');
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

function fieldInWords(field: string): string {
  if (field.startsWith('attributes.')) return `attribute ‘${field.slice('attributes.'.length)}’`;
  if (field === 'event.type') return 'event';
  if (field.startsWith('event.')) return `${field.slice('event.'.length)} of the event`;
  return field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
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
