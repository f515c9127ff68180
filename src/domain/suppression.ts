import { LONGEST_EMAIL, withAsciiDomain } from './email-address.ts';

/** Why an address must not be mailed. The reasons stand beside each other, and each is lifted by its own right act alone. */
export const SUPPRESSION_REASONS = ['unsubscribed', 'hard-bounce', 'complaint', 'manual'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

/**
 * What lifts a reason. `yes`: the person's own word (a consent, confirmed where a form gave it; a box ticked on the preference page).
 * `word`: a person of ours says so. `proof`: a person of ours says so, and writes down what proves that the person wants it.
 */
export const LIFTED_BY: Readonly<Record<SuppressionReason, 'yes' | 'word' | 'proof'>> = {
  unsubscribed: 'yes',
  'hard-bounce': 'word',
  complaint: 'proof',
  manual: 'word',
};

/** Why a person of ours cannot lift this reason so, in a sentence; null: they can. */
export function whyNotLifted(reason: SuppressionReason, note: string | undefined): string | null {
  const by = LIFTED_BY[reason];
  if (by === 'yes')
    return 'Only the person lifts an unsubscribe, by a new consent. Send them a form, or record a consent that they gave you, with its proof.';
  if (by === 'proof' && (note ?? '').trim() === '')
    return 'The person reported a mail as spam. Say in `note` what proves that they want mail again, such as their letter and its date.';
  return null;
}

/** The address as it is stored, or null when it is none that mail could go to. */
export function storedAddress(text: string): string | null {
  const address = withAsciiDomain(text.trim().toLowerCase());
  return address.length <= LONGEST_EMAIL &&
    /^[^\s\p{Cc}\p{Cs}@<>,;"]+@[^\s\p{Cc}\p{Cs}@<>,;"]+\.[^\s\p{Cc}\p{Cs}@<>,;".]+$/u.test(address)
    ? address
    : null;
}

const OTHER_NAMES: ReadonlyMap<string, SuppressionReason> = new Map(
  Object.entries({
    '': 'manual',
    unsubscribe: 'unsubscribed',
    'opt-out': 'unsubscribed',
    optout: 'unsubscribed',
    bounce: 'hard-bounce',
    bounced: 'hard-bounce',
    hardbounce: 'hard-bounce',
    spam: 'complaint',
    complained: 'complaint',
    blocked: 'manual',
    blacklisted: 'manual',
  } as const),
);

/** A reason as other tools write it: "Hard Bounce", "spam", "opt_out"; null: it is none. An empty one is `manual`. */
export function reasonOf(text: string): SuppressionReason | null {
  const plain = text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-');
  return (
    SUPPRESSION_REASONS.find((one) => one === plain) ??
    OTHER_NAMES.get(plain) ??
    OTHER_NAMES.get(plain.replaceAll('-', '')) ??
    null
  );
}
