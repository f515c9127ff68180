import { emailDomainOf, isFreeMail } from '../../domain/free-mail.ts';
import { newId } from '../../domain/ids.ts';
import type { Tx } from '../db.ts';
import { given } from './profile.ts';
import type { LeadSubmission } from './submission.ts';

/** The account of a company's mail domain, made when it is new; null for free mail and without an email. */
export async function accountFor(tx: Tx, email: string | null, submission: LeadSubmission): Promise<string | null> {
  const domain = email === null ? null : emailDomainOf(email);
  if (domain === null || isFreeMail(domain)) return null;
  const name = given(submission.company) ?? domain;
  const country = given(submission.country)?.toUpperCase() ?? null;
  const [found] = await tx.$queryRaw<{ id: string }[]>`
    WITH known AS (SELECT id FROM accounts WHERE domain = ${domain}),
    made AS (
      INSERT INTO accounts (id, name, domain, industry, size, country)
      SELECT ${newId('account')}, ${name}, ${domain}, ${given(submission.industry) ?? null},
        ${submission.companySize ?? null}::int, ${country}
      WHERE NOT EXISTS (SELECT FROM known)
      ON CONFLICT (domain) DO NOTHING
      RETURNING id
    )
    SELECT id FROM known UNION ALL SELECT id FROM made`;
  if (found !== undefined) return found.id;
  // A colleague's request made it in the same moment: the statement above began before it was there.
  const theirs = await tx.account.findUnique({ where: { domain }, select: { id: true } });
  return theirs?.id ?? null;
}
