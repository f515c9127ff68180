/** Fields of the profile, as they are called in a sentence. */
const WORDS: Readonly<Record<string, string>> = {
  firstName: 'first name',
  lastName: 'last name',
  jobTitle: 'role',
  companySize: 'size of the company',
  timeZone: 'time zone',
  preferredChannel: 'preferred channel',
  enterAt: 'where it comes in',
};

/** "size of the company"; a field that has no other word by its name. */
export function profileFieldInWords(name: string): string {
  return Object.hasOwn(WORDS, name) ? (WORDS[name] ?? name) : name.replace(/^attributes\./, '');
}

/** What a person of ours made of a value; null: there was, or is, none. */
export type ProfileChange = {
  field: string;
  from: string | number | null;
  to: string | number | null;
};

/** "country DE → AT", "role “Owner”", "phone taken away (before: 555 0100)" */
export function profileChangeInWords({ field, from, to }: ProfileChange): string {
  const name = profileFieldInWords(field);
  if (to === null) return `${name} taken away (before: ${from ?? 'none'})`;
  return from === null ? `${name} ${to}` : `${name} ${from} → ${to}`;
}
