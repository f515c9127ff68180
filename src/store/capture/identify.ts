import { AppError } from '../../domain/errors.ts';
import { newId } from '../../domain/ids.ts';
import type { Tx } from '../db.ts';
import { Prisma, type Lead } from '../generated/client.ts';
import type { Phone } from './phone.ts';
import { columnsOf } from '../rows.ts';

/** What identifies a person: an email (lower case) or, only without one, a phone. */
export type Identity = { email: string } | (Phone & { country: string | null });

/** Who the person is, where somebody of ours says so: a lead that is known, or somebody else than the leads with the phone. */
export type Person = { leadId: string } | 'another';

/**
 * Finds or makes the lead and locks it, in one statement. Of two requests that name a new person at the same moment, the
 * second waits at the unique index for the first to commit and then locks the first one's lead.
 */
export async function findOrCreateLead(
  tx: Tx,
  identity: Identity,
  scoreAtMs: number,
  person?: Person,
): Promise<{ lead: Lead; created: boolean }> {
  if (typeof person === 'object') return { lead: await lockKnown(tx, person.leadId), created: false };
  if ('phone' in identity) await rewriteOldForm(tx, identity);
  const email = 'email' in identity ? identity.email : null;
  const phone = 'phone' in identity ? identity.phone : null;
  const unique = email === null ? Prisma.sql`(phone) WHERE email IS NULL AND NOT shares_phone` : Prisma.sql`(email)`;
  const shares =
    person === 'another' && email === null
      ? Prisma.sql`EXISTS (SELECT FROM leads WHERE email IS NULL AND NOT shares_phone AND phone = ${phone})`
      : Prisma.sql`false`;
  // A row without a deleting transaction (xmax) was inserted by this statement.
  const [row] = await tx.$queryRaw<(Lead & { created: boolean })[]>`
    INSERT INTO leads (id, email, phone, shares_phone, score_at, updated_at)
    VALUES (${newId('lead')}, ${email}, ${phone}, ${shares}, ${new Date(scoreAtMs)}, now())
    ON CONFLICT ${unique} DO UPDATE SET updated_at = now()
    RETURNING ${columnsOf('leads')}, xmax = 0 AS created`;
  if (row === undefined) throw new AppError('INTERNAL', 'The lead could neither be created nor found.');
  const { created, ...lead } = row;
  return { lead, created };
}

/** @throws AppError LEAD_UNKNOWN where it is gone meanwhile */
async function lockKnown(tx: Tx, leadId: string): Promise<Lead> {
  const [lead] = await tx.$queryRaw<Lead[]>`
    SELECT ${columnsOf('leads')} FROM leads WHERE id = ${leadId} FOR NO KEY UPDATE`;
  if (lead === undefined) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id.');
  return lead;
}

/** A lead that was made when its number was not read yet is found by the number as it is read now. */
async function rewriteOldForm(tx: Tx, { phone, oldForms, country }: Phone & { country: string | null }): Promise<void> {
  if (oldForms.length === 0) return;
  await tx.$executeRaw`
    UPDATE leads SET phone = ${phone}
    WHERE id = (
      SELECT id FROM leads
      WHERE email IS NULL AND NOT shares_phone AND phone = ANY(${[...oldForms]}) AND (country IS NULL OR ${country}::text IS NULL OR country = ${country})
      ORDER BY id LIMIT 1 FOR NO KEY UPDATE)
    AND NOT EXISTS (SELECT FROM leads WHERE email IS NULL AND NOT shares_phone AND phone = ${phone})`;
}
