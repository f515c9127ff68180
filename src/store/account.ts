import { emailDomainOf, isFreeMail } from '../domain/free-mail.ts';
import { newId } from '../domain/ids.ts';
import type { Tx } from './db.ts';
import type { LeadSubmission } from './submission.ts';

/** The account of a company's mail domain, made when it is new; null for free mail and without an email. */
export async function accountFor(tx: Tx, email: string | null, submission: LeadSubmission): Promise<string | null> {
  const domain = email === null ? null : emailDomainOf(email);
  if (domain === null || isFreeMail(domain)) return null;
  const known = await tx.account.findUnique({ where: { domain }, select: { id: true } });
  if (known !== null) return known.id;
  await tx.account.createMany({
    data: [
      {
        id: newId('account'),
        name: submission.company?.trim() || domain,
        domain,
        industry: submission.industry ?? null,
        size: submission.companySize ?? null,
        country: submission.country?.trim().toUpperCase() ?? null,
      },
    ],
    // Two people of a new company at the same moment: the second takes the first one's account.
    skipDuplicates: true,
  });
  const made = await tx.account.findUnique({ where: { domain }, select: { id: true } });
  return made?.id ?? null;
}
