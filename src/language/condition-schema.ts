import type { z } from 'zod';
import { LEAD_FIELDS, type Condition } from '../domain/condition.ts';
import { OPERATORS, type Operator } from '../domain/matcher.ts';
import { BANT_STATES, GRADES, MATURITIES, STAGES } from '../domain/stage.ts';
import { hintFor, knownAre } from '../domain/did-you-mean.ts';
import type { ValuePath } from './problems.ts';
import { readBy, type Report } from './schemas.ts';

/** Values a field can have; others are a slip that would never match. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  stage: STAGES,
  grade: GRADES,
  maturity: MATURITIES,
  budget: BANT_STATES,
  authority: BANT_STATES,
  needKnown: BANT_STATES,
  timing: BANT_STATES,
  freeMail: ['true', 'false'],
  hasEmail: ['true', 'false'],
  consented: ['true', 'false'],
};
const NUMERIC = new Set(['score', 'value', 'companySize', 'recycleCount']);
const ORDERING: ReadonlySet<string> = new Set<Operator>(['gt', 'gte', 'lt', 'lte']);
const LISTS: ReadonlySet<string> = new Set<Operator>(['in', 'notIn']);

/** A condition of the playbook; `event` says whether there is an event to ask about (scoring rules, waitFor). */
export function condition(about: 'lead' | 'event'): z.ZodType<Condition> {
  return readBy((value, report) => {
    checkCondition(value, [], about, report);
    return value as Condition;
  });
}

function checkCondition(value: unknown, path: ValuePath, about: 'lead' | 'event', report: Report): void {
  if (!isMapping(value)) return report(path, 'expected a condition such as { source: ebook }');
  const entries = Object.entries(value);
  if (entries.length === 0) return report(path, 'a condition must ask about at least one field');
  for (const [name, inner] of entries) {
    const here = [...path, name];
    if (name === 'not') checkCondition(inner, here, about, report);
    else if (name === 'all' || name === 'any') {
      if (!Array.isArray(inner) || inner.length === 0) report(here, 'expected a list of conditions');
      else inner.forEach((one: unknown, i) => checkCondition(one, [...here, i], about, report));
    } else if (checkField(name, here, about, report)) checkMatcher(name, inner, here, report);
  }
}

function checkField(name: string, path: ValuePath, about: 'lead' | 'event', report: Report): boolean {
  if (/^attributes\../.test(name)) return true;
  if (/^event\../.test(name)) {
    if (about === 'event') return true;
    report(
      path,
      `"${name}" can only be asked where an event is at hand: in waitFor, and in the engagement and highIntent rules of scoring.yaml`,
      'key',
    );
    return false;
  }
  if ((LEAD_FIELDS as readonly string[]).includes(name)) return true;
  const hint = hintFor(name, [...LEAD_FIELDS, 'all', 'any', 'not']);
  report(path, `unknown field "${name}"${hint || `; own fields of a lead are written attributes.${name}`}`, 'key');
  return false;
}

function checkMatcher(field: string, matcher: unknown, path: ValuePath, report: Report): void {
  if (!isMapping(matcher)) return checkValues(field, matcher, path, report);
  const entries = Object.entries(matcher);
  if (entries.length === 0) return report(path, 'expected a value, a list, or an operator such as { gte: 20 }');
  for (const [operator, wanted] of entries) {
    const here = [...path, operator];
    if (!(OPERATORS as readonly string[]).includes(operator)) {
      report(here, `unknown operator "${operator}"${hintFor(operator, OPERATORS)}`, 'key');
    } else if (operator === 'exists') {
      if (typeof wanted !== 'boolean') report(here, 'expected true or false');
    } else if (operator === 'contains' || operator === 'startsWith') {
      if (typeof wanted !== 'string') report(here, 'expected a text');
    } else if (ORDERING.has(operator)) {
      if (VALUES[field]) report(here, `"${field}" has no order: write a list of the values that fit`, 'key');
      else if (typeof wanted !== 'string' || NUMERIC.has(field)) checkNumber(wanted, here, report);
    } else if (LISTS.has(operator) !== Array.isArray(wanted)) {
      report(here, LISTS.has(operator) ? 'expected a list' : 'a list goes with "in" or "notIn"');
    } else checkValues(field, wanted, here, report);
  }
}

function checkValues(field: string, wanted: unknown, path: ValuePath, report: Report): void {
  if (Array.isArray(wanted) && wanted.length === 0) return report(path, 'expected at least one value');
  const listed = Array.isArray(wanted);
  for (const [i, one] of (listed ? (wanted as unknown[]) : [wanted]).entries()) {
    const here = listed ? [...path, i] : path;
    const known = VALUES[field];
    if (NUMERIC.has(field)) checkNumber(one, here, report);
    else if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean')
      report(here, 'expected a value');
    else if (known && !known.some((each) => each.toLowerCase() === String(one).toLowerCase())) {
      report(here, `"${field}" is never "${one}"${knownAre(known)}`);
    }
  }
}

function checkNumber(wanted: unknown, path: ValuePath, report: Report): void {
  if (typeof wanted !== 'number' || !Number.isFinite(wanted)) report(path, 'expected a number');
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
