/** Checks that an unsubscribe is kept: in the rows, and in the mails that the mail server got afterwards. */
import type { Answered } from '../record.ts';
import type { Evidence } from './evidence.ts';
import { groupBy, type Invariant } from './invariant.ts';

/**
 * A mail that was claimed before the unsubscribe may still be sent. SMTP takes 28 s at most, and a worker may have been stopped for
 * 14 s between the claim and that. A busy machine adds to both.
 */
const LEAVES_WITHIN_MS = 75_000;

export const noMailAfterNo: Invariant = {
  holds:
    'who unsubscribed is suppressed, and no mail is claimed for them any more, nor taken beyond what was under way',
  check(evidence) {
    const given = [...groupBy(evidence.answers, ({ email }) => email)].flatMap(([, own]) => standingNo(own) ?? []);
    return { checked: given.length, offenders: given.flatMap((no) => offencesAgainst(no, evidence)) };
  },
};

/** Unsubscribes that were answered, and that no later submission with a new consent may have lifted. */
function standingNo(own: readonly Answered[]): Answered | undefined {
  const last = own.findLast(({ act }) => act === 'submit' || act === 'unsubscribe');
  return last?.act === 'unsubscribe' && last.status === 200 ? last : undefined;
}

function offencesAgainst(
  { at, email, leadId }: Answered,
  { suppressions, consents, sends, mails }: Evidence,
): string[] {
  const word = consents.findLast((one) => one.leadId === leadId);
  // A mail to a rep about the lead does not count as a mail to the lead.
  const claimed = sends.filter(
    (send) =>
      send.leadId === leadId && send.audience === 'lead' && send.status !== 'skipped' && send.recordedAt.getTime() > at,
  );
  const taken = mails.filter((mail) => mail.to === email && mail.fate === 'taken' && mail.at > at + LEAVES_WITHIN_MS);
  return [
    ...(suppressions.some((one) => one.email === email) ? [] : ['is not suppressed']),
    ...(word?.granted === false ? [] : ['has not withdrawn consent']),
    ...claimed.map(({ id, status }) => `${id} was claimed afterwards and is ${status}`),
    ...taken.map((mail) => `${mail.sendId} was taken ${((mail.at - at) / 1000).toFixed(0)} s later`),
  ].map((what) => `${leadId} (${email}): ${what}`);
}
