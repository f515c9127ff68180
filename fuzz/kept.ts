/** What may be kept of what a parser let through. Throws for the rest. */
import { holdsAddress } from '../src/domain/page-address.ts';
import { LONGEST, withoutAddresses } from '../src/store/capture/clean-submission.ts';
import type { LeadSubmission } from '../src/store/capture/submit-lead.ts';

/** What a form states must be one line in each field, without characters that nobody sees, and must put no address before others. */
export function readable(submission: LeadSubmission): LeadSubmission {
  const { kept } = withoutAddresses(submission);
  for (const field of Object.keys(LONGEST) as (keyof typeof LONGEST)[]) {
    if (/[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(submission[field] ?? ''))
      throw new Error(`${field} was let through with a character that nobody sees`);
  }
  for (const field of ['firstName', 'lastName', 'company', 'jobTitle'] as const) {
    if (holdsAddress(kept[field] ?? '')) throw new Error(`${field} was let through with an address of a page`);
  }
  return submission;
}

/** An accepted value must be one that PostgreSQL can store: without NUL, half characters, or a year 0 or 10000. */
export function storable<T>(value: T): T {
  if (value instanceof Date) {
    const year = value.getUTCFullYear();
    if (!(year >= 1 && year <= 9999)) throw new Error('an instant was let through that PostgreSQL cannot keep');
  } else if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed()) throw new Error('a text was let through that cannot be kept');
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      storable(key);
      storable(inner);
    }
  }
  return value;
}
