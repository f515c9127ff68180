import type { z } from 'zod';
import type { Condition } from '../domain/condition.ts';
import { DEEPEST_CONDITION } from '../domain/condition-parts.ts';
import { didYouMean, hintFor } from '../domain/did-you-mean.ts';
import type { BehaviorField, Field } from '../domain/fields/field.ts';
import { fieldNamed, FIELDS, isBehavior, isSegment, OPEN_FIELDS } from '../domain/fields/registry.ts';
import { matches, OPERATORS, type Operator } from '../domain/matcher.ts';
import { parseSpan, whyNoSpan } from '../domain/span.ts';
import type { ValuePath } from './problems.ts';
import { isMapping, readBy, REFERS_TO, type Report } from './schemas.ts';

/**
 * The fields that a condition may use. `lead`: all fields of the lead. `fit`: the same without behavior fields. `event`: the fields
 * of `fit`, and those of the event being recorded (scoring rules, waitFor).
 */
export type About = 'lead' | 'fit' | 'event';

const ORDERING: ReadonlySet<string> = new Set<Operator>(['gt', 'gte', 'lt', 'lte']);
const EQUALITIES: ReadonlySet<string> = new Set<Operator>(['is', 'not', 'in', 'notIn']);
const LISTS: ReadonlySet<string> = new Set<Operator>(['in', 'notIn']);

/** The definitions in the JSON Schema of conditions. */
const DEFINED_AS: Readonly<Record<About, string>> = {
  lead: 'condition',
  fit: 'fitCondition',
  event: 'eventCondition',
};

/** A condition of the playbook. */
export function condition(about: About): z.ZodType<Condition> {
  return readBy((value, report) => {
    checkCondition(value, [], about, report, { depth: 1, isNot: false });
    return value as Condition;
  }).meta({ [REFERS_TO]: DEFINED_AS[about] });
}

/** Where a condition stands: the outermost has depth 1; `isNot`: within an odd number of `not`. */
interface Within {
  depth: number;
  isNot: boolean;
}

function checkCondition(value: unknown, path: ValuePath, about: About, report: Report, within: Within): void {
  if (!isMapping(value)) return report(path, 'expected a condition such as { source: ebook }');
  const entries = Object.entries(value);
  if (entries.length === 0) return report(path, 'a condition must ask about at least one field');
  const { isNot, depth } = within;
  if (depth > DEEPEST_CONDITION) return report(path, TOO_DEEP);
  const inside: Within = { depth: depth + 1, isNot };
  for (const [name, inner] of entries) {
    const here = [...path, name];
    if (name === 'not') checkCondition(inner, here, about, report, { ...inside, isNot: !isNot });
    else if (name === 'all' || name === 'any') {
      if (!Array.isArray(inner) || inner.length === 0) report(here, 'expected a list of conditions');
      else inner.forEach((one: unknown, i) => checkCondition(one, [...here, i], about, report, inside));
    } else {
      if (asksForNoOpen(name, inner, isNot)) report(here, NO_OPEN, 'key');
      checkField(name, inner, here, about, report);
    }
  }
}

const TOO_DEEP = `conditions may stand at most ${DEEPEST_CONDITION} deep inside one another; write it with fewer of not, all and any, or as segments`;
const NO_OPEN =
  'nothing may depend on "did not open": an open can be blocked by the mail program, or faked; ask for a click instead';

/** Whether the number of opens is asked to be none, or below something. */
function asksForNoOpen(name: string, matcher: unknown, isNot: boolean): boolean {
  if (name !== 'events' || !isMapping(matcher) || matcher['type'] !== 'email.opened') return false;
  const { type: _type, within: _within, ...operators } = matcher;
  const holdsForNone = matches(operators, 0) === true;
  return isNot ? !holdsForNone : holdsForNone;
}

function checkField(name: string, matcher: unknown, path: ValuePath, about: About, report: Report): void {
  const refuse = (message: string): void => report(path, message, 'key');
  const { attributes, event } = OPEN_FIELDS;
  const field = fieldNamed(name);
  if (isBelow(event.prefix, name) && about !== 'event') {
    refuse(
      `"${name}" is only known together with an event; use it in waitFor, or in the engagement and highIntent rules of scoring.yaml`,
    );
  } else if (field === undefined && !isBelow(attributes.prefix, name) && !isBelow(event.prefix, name)) {
    const hint = hintFor(name, [...FIELDS.map((one) => one.name), 'all', 'any', 'not']);
    refuse(`unknown field "${name}"${hint || `; write attributes.${name} for an own field of a lead`}`);
  } else if (field?.instead !== undefined) {
    refuse(`unknown field "${name}"; ${field.instead}`);
  } else if (field !== undefined && isBehavior(field)) {
    if (about === 'lead') checkBehavior(field, matcher, path, report);
    else refuse(`"${name}" cannot be used in scoring.yaml or waitFor, because it would be counted again at each event`);
  } else checkMatcher(name, field, matcher, path, report);
}

function isBelow(prefix: string, name: string): boolean {
  return name.startsWith(prefix) && name.length > prefix.length;
}

/** Checks a behavior field. Its parameters stand beside the operators. */
function checkBehavior(field: BehaviorField, matcher: unknown, path: ValuePath, report: Report): void {
  if (!isMapping(matcher)) return report(path, `expected its parameters and an operator, as in { ${field.example} }`);
  for (const [name, { kind, otherwise }] of Object.entries(field.parameters)) {
    const value = matcher[name];
    if (value === undefined && otherwise === undefined)
      report(path, `"${name}" is missing, as in { ${field.example} }`);
    else if (value !== undefined && kind === 'text' && (typeof value !== 'string' || value === ''))
      report([...path, name], 'expected a text');
    else if (value !== undefined && kind === 'span' && (typeof value !== 'string' || parseSpan(value) === null))
      report([...path, name], whyNoSpan(typeof value === 'string' ? value : '', '"14 days" or "P14D"'));
  }
  const operators = Object.entries(matcher).filter(([name]) => !Object.hasOwn(field.parameters, name));
  if (operators.length === 0) report(path, `expected an operator, as in { ${field.example} }`);
  else checkOperators(field.name, field, operators, path, report);
}

function checkMatcher(name: string, field: Field | undefined, matcher: unknown, path: ValuePath, report: Report): void {
  if (!isMapping(matcher)) return checkValues(name, field, matcher, path, report);
  const entries = Object.entries(matcher);
  if (entries.length === 0) report(path, 'expected a value, a list, or an operator such as { gte: 20 }');
  else checkOperators(name, field, entries, path, report);
}

function checkOperators(
  name: string,
  field: Field | undefined,
  operators: readonly [string, unknown][],
  path: ValuePath,
  report: Report,
): void {
  for (const [operator, wanted] of operators) {
    const here = [...path, operator];
    if (!(OPERATORS as readonly string[]).includes(operator)) {
      const parameters = field !== undefined && isBehavior(field) ? Object.keys(field.parameters) : [];
      report(
        here,
        `unknown operator "${operator}"${operatorHint(name, operator, [...parameters, ...OPERATORS])}`,
        'key',
      );
    } else if (field !== undefined && isSegment(field) && !EQUALITIES.has(operator)) {
      report(here, 'a lead is in a segment or is not; write a name, a list, "not" or "notIn"', 'key');
    } else if (operator === 'exists') {
      if (typeof wanted !== 'boolean') report(here, 'expected true or false');
    } else if (operator === 'contains' || operator === 'startsWith') {
      if (typeof wanted !== 'string' || !isText(wanted)) report(here, 'expected a text');
    } else if (ORDERING.has(operator)) {
      if (field?.type === 'choice' || field?.type === 'flag')
        report(here, `the values of "${name}" have no order; write a list of the values that fit`, 'key');
      else if (typeof wanted !== 'string' || field?.type === 'number') checkNumber(field, wanted, here, report);
      else checkValues(name, field, wanted, here, report);
    } else if (LISTS.has(operator) !== Array.isArray(wanted)) {
      report(
        here,
        LISTS.has(operator) ? 'expected a list' : 'a list is not allowed here; use "in" or "notIn" for a list',
      );
    } else checkValues(name, field, wanted, here, report);
  }
}

/** The operator that was meant, or all that there are; and for who asks a condition for properties of past events, where that is asked. */
function operatorHint(field: string, operator: string, known: readonly string[]): string {
  const meant = didYouMean(operator, known);
  if (meant !== '') return meant;
  const instead =
    field === 'events'
      ? '; "events" counts by type, and knows no properties: ask for one where the event comes in, by waitFor: { event: …, where: … }, or by a reminder with "key"'
      : '';
  return `; known: ${known.join(', ')}${instead}`;
}

function checkValues(name: string, field: Field | undefined, wanted: unknown, path: ValuePath, report: Report): void {
  if (Array.isArray(wanted) && wanted.length === 0) return report(path, 'expected at least one value');
  const listed = Array.isArray(wanted);
  for (const [i, one] of (listed ? (wanted as unknown[]) : [wanted]).entries()) {
    const here = listed ? [...path, i] : path;
    const known = valuesOf(field);
    if (field?.type === 'number') checkNumber(field, one, here, report);
    else if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean')
      report(here, 'expected a value');
    else if (known !== null && !known.some((each) => each.toLowerCase() === String(one).toLowerCase())) {
      report(here, `"${name}" is never "${one}"; known: ${known.join(', ')}${didYouMean(String(one), known)}`);
    } else if (typeof one === 'string' && !isText(one)) report(here, 'expected a text');
  }
}

/** The values that a field can have. Any other value is a mistake, because it would never match. */
function valuesOf(field: Field | undefined): readonly string[] | null {
  return field?.type === 'choice' ? field.values : field?.type === 'flag' ? ['true', 'false'] : null;
}

/** PostgreSQL keeps neither NUL nor half a surrogate pair: no lead can have it, and no statement can ask for it. */
function isText(value: string): boolean {
  return !value.includes('\u0000') && value.isWellFormed();
}

function checkNumber(field: Field | undefined, wanted: unknown, path: ValuePath, report: Report): void {
  if (typeof wanted !== 'number' || !Number.isFinite(wanted)) report(path, 'expected a number');
  else if (field?.type === 'number' && field.unit === 'minor units' && !Number.isInteger(wanted))
    report(path, 'expected a whole number of minor units: 2500000 is 25,000.00 EUR');
}
