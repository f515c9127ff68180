/**
 * The profile of a lead: the fields that a person, a form or another system states, a row each. Conditions ask about some of them
 * (of-lead.ts).
 */
interface ProfileField {
  name: string;
  type: 'text' | 'number';
  /** The lead is found by it, so a submission does not change it. */
  isIdentity?: true;
  /** A step `set` may change it: it says how to speak with the lead, not who the lead is. */
  isSettable?: true;
  /** A complete profile can do without it. */
  isOptional?: true;
}

const ROWS = [
  { name: 'email', type: 'text', isIdentity: true },
  { name: 'phone', type: 'text' },
  { name: 'firstName', type: 'text' },
  { name: 'lastName', type: 'text' },
  { name: 'company', type: 'text' },
  { name: 'jobTitle', type: 'text' },
  { name: 'industry', type: 'text' },
  { name: 'companySize', type: 'number' },
  { name: 'country', type: 'text' },
  { name: 'language', type: 'text', isSettable: true },
  { name: 'timeZone', type: 'text' },
  { name: 'preferredChannel', type: 'text', isSettable: true, isOptional: true },
] as const satisfies readonly ProfileField[];

type Row = (typeof ROWS)[number];

/** Texts that a submission may change. */
export type StatedText = Exclude<Extract<Row, { type: 'text' }>, { isIdentity: true }>['name'];
export const STATED_TEXTS: readonly StatedText[] = ROWS.flatMap((row) =>
  row.type === 'text' && !('isIdentity' in row) ? row.name : [],
);

/** What a step may set, besides the installation's own attributes. */
export type SettableField = Extract<Row, { isSettable: true }>['name'];
export const SETTABLE_FIELDS: readonly SettableField[] = ROWS.flatMap((row) => ('isSettable' in row ? row.name : []));

/** What a complete profile has. */
export type CountedField = Exclude<Row, { isOptional: true }>['name'];
export const COMPLETE_PROFILE: readonly CountedField[] = ROWS.flatMap((row) => ('isOptional' in row ? [] : row.name));
