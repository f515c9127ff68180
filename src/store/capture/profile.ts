/** The part of a submission that says who the person is: brought into one form, and compared with what is known. */
import { STATED_TEXTS, type StatedText } from '../../domain/fields/profile.ts';
import type { Lead, Prisma } from '../generated/client.ts';
import { readPhone } from './phone.ts';
import type { LeadSubmission } from './submission.ts';

/** Trimmed and in lower case; undefined when there is nothing left. */
export function normalizeEmail(email: string | undefined): string | undefined {
  return given(email)?.toLowerCase();
}

/** Characters of JSON, of all attributes of a lead together: anybody can send a form with more. */
const MOST_ATTRIBUTES = 65_536;

/**
 * What the word of who submits is worth. fills: what is known stays. states: overwrites what was stated before, and not what a person of ours
 * verified. verifies: a person of ours.
 */
export type Weight = 'fills' | 'states' | 'verifies';

export interface ProfileChanges {
  changes: Partial<Lead>;
  /** Names of the fields that change. */
  fields: string[];
  /** As stated, by field: what is not taken because something else is known, and who states it overwrites nothing. */
  notTaken: Record<string, unknown>;
}

/** What names a person: a phone may be that of more than one. */
const NAMES: ReadonlySet<string> = new Set(['firstName', 'lastName']);

/**
 * What a submission changes of a lead. Only what is given is compared; attributes are merged, up to what a lead may have of them
 * in all.
 *
 * @param how.byPhoneAlone The lead was found by its phone: that does not say who calls, so a verified name stays, whoever states another
 */
export function profileChanges(
  lead: Lead,
  submission: LeadSubmission,
  weight: Weight,
  { byPhoneAlone }: { byPhoneAlone: boolean },
): ProfileChanges {
  const changes: Partial<Lead> = {};
  const named: string[] = [];
  const stays = (field: string): boolean =>
    weight === 'fills' ||
    ((weight === 'states' || (byPhoneAlone && NAMES.has(field))) && lead.verifiedFields.includes(field));
  const notTaken: Record<string, unknown> = {};
  for (const field of STATED_TEXTS) {
    const value = normalized(field, submission, lead);
    if (value === undefined) continue;
    named.push(field);
    if (value === lead[field]) continue;
    if (lead[field] !== null && stays(field)) {
      if (!isSamePhone(field, value, lead)) notTaken[field] = value;
    } else changes[field] = value;
  }
  const { companySize } = submission;
  if (companySize !== undefined) named.push('companySize');
  if (companySize !== undefined && companySize !== lead.companySize) {
    if (lead.companySize !== null && stays('companySize')) notTaken['companySize'] = companySize;
    else changes.companySize = companySize;
  }
  const fields: string[] = Object.keys(changes);
  const known = objectOf(lead.attributes);
  const differing = Object.entries(submission.attributes ?? {}).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(known[name]),
  );
  const isKept = (name: string): boolean => Object.hasOwn(known, name) && stays(`attributes.${name}`);
  for (const [name, value] of differing) if (isKept(name)) notTaken[`attributes.${name}`] = value;
  const changed = differing.filter(([name]) => !isKept(name));
  if (changed.length > 0) {
    const attributes = { ...known, ...Object.fromEntries(changed) } as Prisma.JsonObject;
    // To refuse the request would lose it, and tell whoever sent it that the person is known.
    if (JSON.stringify(attributes).length > MOST_ATTRIBUTES) fields.push('attributes (too many: not kept)');
    else {
      changes.attributes = attributes;
      fields.push(...changed.map(([name]) => `attributes.${name}`));
    }
  }
  named.push(...Object.keys(submission.attributes ?? {}).map((name) => `attributes.${name}`));
  const verified = weight === 'verifies' ? withFields(lead, named) : withoutFields(lead, fields);
  if (verified.length !== lead.verifiedFields.length) changes.verifiedFields = verified;
  return { changes, fields, notTaken };
}

/** The verified fields, with those that a person of ours said. */
export function withFields({ verifiedFields }: Pick<Lead, 'verifiedFields'>, fields: readonly string[]): string[] {
  return [...new Set([...verifiedFields, ...fields])];
}

/** The verified fields, without those that have another value now. */
export function withoutFields({ verifiedFields }: Pick<Lead, 'verifiedFields'>, fields: readonly string[]): string[] {
  return verifiedFields.filter((field) => !fields.includes(field));
}

/** A text with something in it. An empty field of a form was not filled in. */
export function given(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

function normalized(field: StatedText, submission: LeadSubmission, lead: Lead): string | undefined {
  const value = submission[field];
  if (field === 'phone') return readPhone(value, given(submission.country) ?? lead.country)?.phone;
  if (field === 'country') return given(value)?.toUpperCase();
  return given(value);
}

/** Known in another spelling, from before numbers were read. */
function isSamePhone(field: string, value: string, lead: Lead): boolean {
  return field === 'phone' && readPhone(lead.phone ?? undefined, lead.country)?.phone === value;
}

function objectOf(json: Prisma.JsonValue): Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : {};
}
