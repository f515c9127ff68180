import { emailDomainOf } from '../../domain/email-domain.ts';
import { companyDomainOf } from '../../domain/free-mail.ts';
import { newId } from '../../domain/ids.ts';
import type { Tx } from '../db.ts';
import { given } from './profile.ts';
import type { LeadSubmission } from './submission.ts';

/**
 * The account of the company whose mail domain it is, made when it is new; null for free mail and without an email. A company
 * is known by the domain that it registered, whatever stands before it. An account that has the longer domain itself, from
 * before that was so, is still found by it.
 */
export async function accountFor(tx: Tx, email: string | null, submission: LeadSubmission): Promise<string | null> {
  const stated = email === null ? null : emailDomainOf(email);
  const domain = stated === null ? null : companyDomainOf(stated);
  if (domain === null) return null;
  const name = given(submission.company) ?? domain;
  const country = given(submission.country)?.toUpperCase() ?? null;
  const [found] = await tx.$queryRaw<{ id: string }[]>`
    WITH known AS (
      SELECT id FROM accounts WHERE domain IN (${domain}, ${stated}) ORDER BY domain <> ${domain} LIMIT 1
    ),
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
