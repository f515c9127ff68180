import type { SetValue } from './position.ts';

/** The prefix of the installation's own fields. */
export const ATTRIBUTE = 'attributes.';

/** Profile fields that a step may set: how to speak with the lead, not who the lead is. */
export const TEXT_FIELDS = ['language', 'preferredChannel'] as const;

/** A profile, as far as a step may set it. */
export interface Profile {
  language: string | null;
  preferredChannel: string | null;
  attributes: Readonly<Record<string, unknown>>;
}

/** The profile with the values set, and the sorted names of the fields that changed. Null removes an attribute. */
export function withValues(
  before: Profile,
  values: Readonly<Record<string, SetValue>>,
): { profile: Profile; fields: string[] } {
  const attributes = new Map(Object.entries(before.attributes));
  const texts = { language: before.language, preferredChannel: before.preferredChannel };
  const fields: string[] = [];
  for (const [field, value] of Object.entries(values)) {
    const text = TEXT_FIELDS.find((one) => one === field);
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
  return { profile: { ...texts, attributes: Object.fromEntries(attributes) }, fields: fields.toSorted() };
}
