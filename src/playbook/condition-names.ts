import { didYouMean } from '../domain/did-you-mean.ts';
import { fieldNamed, isBehavior, OPEN_FIELDS } from '../domain/fields/registry.ts';
import type { RefersTo } from '../domain/fields/field.ts';
import type { ValuePath } from '../language/problems.ts';
import { isMapping } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';
import { checkKnown, type KnownNames } from './context.ts';

/** Reports names of cadences and events in the conditions of a file that are not known: such a condition would never hold. */
export function checkConditionNames(file: YamlFile, known: KnownNames): void {
  const names = {
    cadence: known.cadences,
    event: known.events,
    segment: known.segments,
    band: known.bands,
    'value tier': known.valueTiers,
    'campaign type': known.campaignTypes,
  };
  const check = (what: RefersTo, path: ValuePath, value: unknown): void => {
    if (Array.isArray(value)) value.forEach((one: unknown, i) => check(what, [...path, i], one));
    // Keys of cadences and segments are written small, and conditions compare without case.
    else if (typeof value === 'string' && !(what !== 'event' && names[what]?.has(value.toLowerCase()))) {
      if (what === 'campaign type' && mayBeOfTheApi(value, known.campaignTypes)) warnOfType(file, path, value);
      else checkKnown(file, path, what, value, names[what]);
    }
  };
  const checkField = (name: string, matcher: unknown, path: ValuePath, event: string | null): void => {
    if (event !== null && name.startsWith(PROPERTY)) file.mention(path, event, name.slice(PROPERTY.length));
    if (SOURCES.has(name)) mentionSources(file, path, matcher);
    if (name.startsWith(ATTRIBUTE)) file.mentionWord(path, 'attribute', name.slice(ATTRIBUTE.length));
    const stated = STATED[name];
    if (stated !== undefined) warnOfNearWord(file, path, matcher, { ...stated, listed: known[stated.names] });
    const field = fieldNamed(name);
    const operators = isMapping(matcher) ? Object.entries(matcher) : [];
    if (field !== undefined && isBehavior(field)) {
      for (const [parameter, value] of operators) {
        const refersTo = field.parameters[parameter]?.refersTo;
        if (refersTo !== undefined) check(refersTo, [...path, parameter], value);
      }
    } else if (field !== undefined && 'refersTo' in field && field.refersTo !== undefined) {
      if (!isMapping(matcher)) check(field.refersTo, path, matcher);
      for (const [operator, value] of operators)
        if (EQUALITIES.has(operator)) check(field.refersTo, [...path, operator], value);
    }
  };
  const checkCondition = (condition: unknown, path: ValuePath, event: string | null): void => {
    if (!isMapping(condition)) return;
    for (const [name, value] of Object.entries(condition)) {
      if (Array.isArray(value) && (name === 'all' || name === 'any'))
        value.forEach((one: unknown, i) => checkCondition(one, [...path, name, i], event));
      else if (name === 'not') checkCondition(value, [...path, name], event);
      else checkField(name, value, [...path, name], event);
    }
  };
  const look = (value: unknown, path: ValuePath): void => {
    if (Array.isArray(value)) value.forEach((one: unknown, i) => look(one, [...path, i]));
    else if (isMapping(value)) {
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'when') checkCondition(inner, [...path, key], eventOf(value));
        else if (key === 'set' && isMapping(inner)) mentionSet(file, [...path, key], inner);
        else look(inner, [...path, key]);
      }
    }
  };
  look(file.at([]), []);
}

/** A campaign that is written through the API can have a type that no file has. One that is nearly a listed type is hardly meant. */
function mayBeOfTheApi(type: string, listed: ReadonlySet<string> | undefined): boolean {
  return listed !== undefined && didYouMean(type, listed) === '';
}

function warnOfType(file: YamlFile, path: ValuePath, type: string): void {
  file.warn(
    path,
    `no campaign of campaigns.yaml has the type "${type}": it holds for those alone that are written through the API`,
  );
}

const PROPERTY = OPEN_FIELDS.event.prefix;
const ATTRIBUTE = OPEN_FIELDS.attributes.prefix;
/** Fields that have the source of a touch. */
const SOURCES: ReadonlySet<string> = new Set(['source', 'firstSource', 'lastSource']);

function mentionSources(file: YamlFile, path: ValuePath, matcher: unknown): void {
  for (const [at, word] of statedWords(matcher, path)) file.mentionWord(at, 'source', word);
}

/** What a `set` gives to leads, some will have. */
function mentionSet(file: YamlFile, path: ValuePath, fields: Record<string, unknown>): void {
  for (const name of Object.keys(fields))
    if (name.startsWith(ATTRIBUTE)) file.mentionWord([...path, name], 'attribute', name.slice(ATTRIBUTE.length), true);
}

/** The event that a condition beside it is about, as in `waitFor` and the rules of scoring. */
function eventOf(mapping: Record<string, unknown>): string | null {
  const event = mapping['waitFor'] ?? mapping['event'];
  return typeof event === 'string' ? event : null;
}

interface Stated {
  what: string;
  names: 'campaigns' | 'productLines' | 'needTypes';
  /** Where they are listed. */
  listedIn: string;
}
const CAMPAIGN: Stated = { what: 'campaign', names: 'campaigns', listedIn: 'campaigns.yaml' };

/** What requests may state in any words, by the field that asks for it. */
const STATED: Readonly<Partial<Record<string, Stated>>> = {
  campaign: CAMPAIGN,
  firstCampaign: CAMPAIGN,
  lastCampaign: CAMPAIGN,
  productLine: { what: 'product line', names: 'productLines', listedIn: 'settings.yaml' },
  need: { what: 'need type', names: 'needTypes', listedIn: 'settings.yaml' },
};

/** Any word is possible; one that is nearly a listed one is hardly meant. */
function warnOfNearWord(
  file: YamlFile,
  path: ValuePath,
  matcher: unknown,
  {
    what,
    listedIn,
    listed = new Set(),
  }: Pick<Stated, 'what' | 'listedIn'> & { listed: ReadonlySet<string> | undefined },
): void {
  const known = new Set([...listed].map((one) => one.toLowerCase()));
  for (const [at, word] of statedWords(matcher, path)) {
    if (known.has(word.toLowerCase())) continue;
    const hint = didYouMean(word, listed);
    if (hint !== '') file.warn(at, `${listedIn} has no ${what} "${word}"${hint}`);
  }
}

/** The words that a matcher compares a field with, and where each stands. */
function* statedWords(matcher: unknown, path: ValuePath): Generator<[ValuePath, string]> {
  if (typeof matcher === 'string') yield [path, matcher];
  else if (Array.isArray(matcher))
    for (const [i, one] of (matcher as unknown[]).entries()) yield* statedWords(one, [...path, i]);
  else if (isMapping(matcher))
    for (const [operator, value] of Object.entries(matcher))
      if (EQUALITIES.has(operator)) yield* statedWords(value, [...path, operator]);
}

const EQUALITIES: ReadonlySet<string> = new Set(['is', 'not', 'in', 'notIn']);
