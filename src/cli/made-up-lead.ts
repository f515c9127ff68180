/** The lead of `routing test lead.yaml`: what a file says is known of it, as conditions name it. */
import { existsSync } from 'node:fs';
import type { LeadFacts } from '../domain/condition.ts';
import { countryCode } from '../domain/country.ts';
import { didYouMean, hintFor } from '../domain/did-you-mean.ts';
import { AppError } from '../domain/errors.ts';
import type { RefersTo, RowField } from '../domain/fields/field.ts';
import { fieldNamed, FIELDS } from '../domain/fields/registry.ts';
import type { Playbook } from '../domain/playbook.ts';
import { COLD } from '../domain/readiness.ts';
import { regionOf } from '../domain/region.ts';
import { segmentConditions } from '../domain/segment.ts';
import { listed } from '../domain/stated-words.ts';
import { type Findings, throwMistakes } from '../language/problems.ts';
import { isMapping } from '../language/schemas.ts';
import { YamlFile } from '../language/yaml-file.ts';
import type { RoutedLead } from '../store/lists/routing.ts';

/** Whether a file is meant, and no lead that there is. JSON is YAML too. */
export function isLeadFile(who: string): boolean {
  return /\.(ya?ml|json)$/i.test(who);
}

/**
 * A value that no lead can have is a mistake: every rule would pass it over without a word.
 * @param file YAML or JSON: what a condition can ask of a lead, by its name; `attributes` with those of your own
 * @throws AppError NOT_FOUND; PLAYBOOK_INVALID with every mistake of the file and its place
 */
export function madeUpLead(file: string, playbook: Playbook): RoutedLead {
  if (!existsSync(file)) throw new AppError('NOT_FOUND', `There is no file ‘${file}’.`);
  const findings: Findings = { mistakes: [], mentions: [] };
  const yaml = YamlFile.open(file, file, findings);
  const value = yaml?.at([]);
  const stated = isMapping(value) ? Object.entries(value) : [];
  const facts: Record<string, unknown> = {};
  for (const [name, one] of stated) {
    const read = factOf(name, one, playbook);
    if ('mistake' in read) yaml?.report([name], read.mistake, read.at ?? 'value');
    else facts[name] = read.fact;
  }
  if (stated.length === 0) yaml?.report([], 'expected what is known of a lead, such as "country: IT"');
  throwMistakes(findings.mistakes, file);
  const text = (name: string): string | null => (typeof facts[name] === 'string' ? facts[name] : null);
  const region = text('region') ?? regionOf({ country: text('country'), attributes: facts['attributes'] });
  const known = { ...(facts as LeadFacts), ...(region !== null && { region }) };
  return {
    facts: { ...known, segments: segmentConditions(playbook.segments) },
    language: text('language'),
    row: null,
  };
}

type Read = { fact: unknown } | { mistake: string; at?: 'key' };

function factOf(name: string, value: unknown, playbook: Playbook): Read {
  if (name === 'attributes')
    return isMapping(value)
      ? { fact: value }
      : { mistake: 'expected attributes of your own, such as { role: dealer }' };
  const field = fieldNamed(name);
  if (field === undefined || !('read' in field)) {
    const names = FIELDS.flatMap((one) => ('read' in one ? one.name : []));
    return { mistake: `no condition can ask for "${name}"${hintFor(name, [...names, 'attributes'])}`, at: 'key' };
  }
  if (value === null) return { fact: null };
  switch (field.type) {
    case 'number':
      return typeof value === 'number' ? { fact: value } : { mistake: 'expected a number' };
    case 'flag':
      return typeof value === 'boolean' ? { fact: value } : { mistake: 'expected true or false' };
    case 'choice':
      return oneOf('value', value, field.values);
    case 'text':
      if (typeof value !== 'string') return { mistake: 'expected a text' };
      return name === 'country' ? countryIn(value) : textOf(field, value, playbook);
  }
}

/** @returns Its code, by which conditions ask */
function countryIn(written: string): Read {
  const code = countryCode(written);
  if (code !== null) return { fact: code };
  return { mistake: `there is no country "${written}"; write its name, such as Germany, or its code, such as DE` };
}

function textOf({ name, refersTo }: RowField, value: string, playbook: Playbook): Read {
  const { what, names } = namesFor(name, refersTo, playbook) ?? {};
  if (what === undefined || names === undefined || names.length === 0) return { fact: value };
  return oneOf(what, value, names);
}

/** The names among which the value of a field must be; null: it can be any text. */
function namesFor(
  name: string,
  refersTo: RefersTo | undefined,
  { productLines, needTypes, retention, funnel, routing, cadences, campaigns, scoring }: Playbook,
): { what: string; names: readonly string[] } | null {
  switch (name) {
    case 'productLine':
    case 'proposedLine':
      return { what: 'product line', names: productLines };
    case 'need':
      // The engine itself opens needs of the type of `retention`.
      return { what: 'need type', names: withRetention(needTypes, retention) };
    case 'funnelStage':
      return { what: 'step of the funnel', names: funnel };
    case 'owner':
      return { what: 'rep', names: routing.reps.map(({ rep }) => rep) };
  }
  switch (refersTo) {
    case 'cadence':
      return { what: refersTo, names: cadences.map(({ cadence }) => cadence) };
    case 'band': {
      const bands = (scoring.bands ?? []).map(({ band }) => band);
      return { what: refersTo, names: bands.length === 0 ? [] : [...bands, COLD] };
    }
    case 'value tier':
      return { what: refersTo, names: (scoring.valueTiers ?? []).map(({ tier }) => tier) };
    case 'campaign type':
      return { what: refersTo, names: [...new Set(campaigns.flatMap(({ type }) => type ?? []))] };
    default:
      return null;
  }
}

/** As the list writes it, whatever the case. */
function oneOf(what: string, value: unknown, names: readonly string[]): Read {
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  const known = typeof value === 'string' ? listed(names, value) : null;
  if (known !== null) return { fact: known };
  const hint = didYouMean(written, names) || `; expected one of: ${names.join(', ')}`;
  return { mistake: `unknown ${what} "${written}"${hint}` };
}

function withRetention(needTypes: readonly string[], retention: Playbook['retention']): readonly string[] {
  return needTypes.length === 0 || retention === undefined ? needTypes : [...new Set([...needTypes, retention.type])];
}
