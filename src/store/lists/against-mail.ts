import { type AgainstMail, againstMail } from '../../domain/against-mail.ts';
import { readMailWord } from '../consent/mail-word.ts';
import type { Db } from '../db.ts';
import { type ConsentFacts, readConsent } from './lead.ts';
import { withNames } from './names.ts';

/** What stands against mail to a lead, with the names of people, beside the facts that say so. */
export async function readAgainstMail(
  db: Db,
  lead: { id: string; email: string | null },
): Promise<{ consent: ConsentFacts; against: AgainstMail[] }> {
  const [consent, { words }] = await Promise.all([readConsent(db, lead), readMailWord(db, lead)]);
  const { suppressions, unconfirmed } = consent;
  const against = againstMail({ email: lead.email, suppressions, words, unconfirmed });
  const named = await withNames(
    db,
    against.map(({ what }) => what),
  );
  return { consent, against: against.map((one, n) => ({ ...one, what: named[n] ?? one.what })) };
}
