import type { LeadFacts } from '../../domain/condition.ts';
import { ROW_FIELDS } from '../../domain/fields/registry.ts';
import type { Lead } from '../../store/generated/client.ts';

const ATTRIBUTE = 'attributes.';

/** Fields of the person that conditions do not know, as they would have no use for them. */
const PERSON = {
  email: (lead) => lead.email,
  phone: (lead) => lead.phone,
  firstName: (lead) => lead.firstName,
  lastName: (lead) => lead.lastName,
  timeZone: (lead) => lead.timeZone,
} as const satisfies Record<string, (lead: Lead) => unknown>;

/** The names that a webhook may send, besides attributes. */
export const SENDABLE: readonly string[] = [
  ...Object.keys(PERSON),
  ...ROW_FIELDS.filter(({ instead }) => instead === undefined).map(({ name }) => name),
];

export function isSendable(name: string): boolean {
  return SENDABLE.includes(name) || (name.startsWith(ATTRIBUTE) && name.length > ATTRIBUTE.length);
}

/** The fields that facts must be read for. */
export function factsAsked(names: readonly string[]): string[] {
  return names.filter((name) => !Object.hasOwn(PERSON, name));
}

/** The values by their names; null where unknown. */
export function valuesOf(names: readonly string[], lead: Lead, facts: LeadFacts): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, valueOf(name, lead, facts)]));
}

function valueOf(name: string, lead: Lead, facts: LeadFacts): unknown {
  if (Object.hasOwn(PERSON, name)) return PERSON[name as keyof typeof PERSON](lead);
  if (name.startsWith(ATTRIBUTE)) return own(facts.attributes, name.slice(ATTRIBUTE.length));
  return own(facts, name);
}

function own(values: object | undefined, name: string): unknown {
  return values !== undefined && Object.hasOwn(values, name) ? (values as Record<string, unknown>)[name] : null;
}
