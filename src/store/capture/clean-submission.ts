import { cleanJson, lines, singleLine } from '../../domain/clean-text.ts';
import { holdsAddressOrDomain } from '../../domain/page-address.ts';
import type { LeadSubmission } from './submission.ts';

/** Characters that a field may have; what is longer is cut off. A request is never lost over one odd field. */
export const LONGEST = {
  phone: 50,
  firstName: 100,
  lastName: 100,
  company: 200,
  jobTitle: 200,
  industry: 100,
  preferredChannel: 50,
  source: 100,
  medium: 100,
  campaign: 100,
  content: 200,
  landingPage: 2000,
  referrer: 2000,
  channel: 50,
} as const satisfies Partial<Record<keyof LeadSubmission, number>>;

/** The same of the need. */
export const LONGEST_OF_NEED = { type: 100, productLine: 100 } as const;

/** A longer one is no such code, and is refused. */
export const LONGEST_CODE = { language: 35, timeZone: 64 } as const;

/**
 * The submission as it is kept, whichever way it came in: every field of one line is one, nothing has characters that nobody sees, and
 * lengths are bounded.
 */
export function cleanSubmission(submission: LeadSubmission): LeadSubmission {
  const { need, consent, attributes, event } = submission;
  return {
    ...submission,
    ...cleaned(submission, LONGEST),
    ...(need === undefined ? {} : { need: { ...need, ...cleaned(need, LONGEST_OF_NEED) } }),
    ...(consent === undefined
      ? {}
      : { consent: { ...consent, text: lines(consent.text), source: singleLine(consent.source) } }),
    ...(attributes === undefined ? {} : { attributes: cleanJson(attributes) as Record<string, unknown> }),
    ...(event?.properties === undefined
      ? {}
      : { event: { ...event, properties: cleanJson(event.properties) as Record<string, unknown> } }),
  };
}

function cleaned<T extends object>(given: T, longest: Partial<Record<keyof T, number>>): Partial<T> {
  const fields = Object.entries(longest) as [keyof T, number][];
  return Object.fromEntries(
    fields.flatMap(([field, most]) => {
      const value = given[field];
      return typeof value === 'string' ? [[field, singleLine(value, most)]] : [];
    }),
  ) as Partial<T>;
}

/** What of the profile is free text. */
const FREE_TEXT = ['firstName', 'lastName', 'company', 'jobTitle', 'industry', 'preferredChannel'] as const;

/** Of these a mail has a greeting, a subject or a sentence. */
const SHOWN_TO_OTHERS = [...FREE_TEXT, 'phone', 'source', 'campaign'] as const;

/** Fields that hold an address of a page, where no honest person writes one. */
export function suspiciousFields(submission: LeadSubmission): string[] {
  const { need } = submission;
  return [
    ...SHOWN_TO_OTHERS.filter((field) => holds(submission[field])),
    ...(['type', 'productLine'] as const).filter((field) => holds(need?.[field])).map((field) => `need.${field}`),
  ];
}

/**
 * A submission by a public key without what would put an address of a page into the profile, where every template may ask for it; and
 * what was left out, as stated.
 */
export function withoutAddresses(submission: LeadSubmission): {
  kept: LeadSubmission;
  leftOut: Record<string, unknown>;
} {
  const kept = { ...submission };
  const leftOut: Record<string, unknown> = {};
  for (const field of FREE_TEXT) {
    if (!holds(submission[field])) continue;
    leftOut[field] = submission[field];
    delete kept[field];
  }
  const attributes = Object.entries(submission.attributes ?? {});
  const odd = attributes.filter(([name, value]) => holds(name) || holds(JSON.stringify(value)));
  if (odd.length === 0) return { kept, leftOut };
  for (const [name, value] of odd) leftOut[`attributes.${name}`] = value;
  const names = new Set(odd.map(([name]) => name));
  return {
    kept: { ...kept, attributes: Object.fromEntries(attributes.filter(([name]) => !names.has(name))) },
    leftOut,
  };
}

function holds(text: string | undefined): boolean {
  return text !== undefined && holdsAddressOrDomain(text);
}
