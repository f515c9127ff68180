import { SETTABLE_FIELDS, type SettableField } from '../../domain/fields/profile.ts';
import { OPEN_FIELDS } from '../../domain/fields/registry.ts';
import type { SetValue } from './position.ts';

/** The prefix of the installation's own fields. */
export const ATTRIBUTE = OPEN_FIELDS.attributes.prefix;

/** A profile, as far as a step may set it. */
export interface Profile {
  texts: Readonly<Record<SettableField, string | null>>;
  attributes: Readonly<Record<string, unknown>>;
}

/** The profile with the values set, and the sorted names of the fields that changed. Null removes an attribute. */
export function withValues(
  before: Profile,
  values: Readonly<Record<string, SetValue>>,
): { profile: Profile; fields: string[] } {
  const attributes = new Map(Object.entries(before.attributes));
  const texts = { ...before.texts };
  const fields: string[] = [];
  for (const [field, value] of Object.entries(values)) {
    const text = SETTABLE_FIELDS.find((one) => one === field);
    if (text !== undefined) {
      if (texts[text] === value || (value !== null && typeof value !== 'string')) continue;
      texts[text] = value;
    } else {
      const name = field.slice(ATTRIBUTE.length);
      if ((attributes.get(name) ?? null) === value) continue;
      if (value === null) attributes.delete(name);
      else attributes.set(name, value);
    }
    fields.push(field);
  }
  return { profile: { texts, attributes: Object.fromEntries(attributes) }, fields: fields.toSorted() };
}
