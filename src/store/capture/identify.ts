import { AppError } from '../../domain/errors.ts';
import { newId } from '../../domain/ids.ts';
import type { Tx } from '../db.ts';
import { Prisma, type Lead } from '../generated/client.ts';
import type { Phone } from './phone.ts';
import { columnsOf } from '../rows.ts';

/** What identifies a person: an email (lower case) or, only without one, a phone. */
export type Identity = { email: string } | (Phone & { country: string | null });

/**
 * Finds or makes the lead and locks it, in one statement. Of two requests that name a new person at the same moment, the
 * second waits at the unique index for the first to commit and then locks the first one's lead.
 */
export async function findOrCreateLead(
  tx: Tx,
  identity: Identity,
  scoreAtMs: number,
): Promise<{ lead: Lead; created: boolean }> {
  if ('phone' in identity) await rewriteOldForm(tx, identity);
  const email = 'email' in identity ? identity.email : null;
  const phone = 'phone' in identity ? identity.phone : null;
  const unique = email === null ? Prisma.sql`(phone) WHERE email IS NULL` : Prisma.sql`(email)`;
  // A row without a deleting transaction (xmax) was inserted by this statement.
  const [row] = await tx.$queryRaw<(Lead & { created: boolean })[]>`
    INSERT INTO leads (id, email, phone, score_at, updated_at)
    VALUES (${newId('lead')}, ${email}, ${phone}, ${new Date(scoreAtMs)}, now())
    ON CONFLICT ${unique} DO UPDATE SET updated_at = now()
    RETURNING ${columnsOf('leads')}, xmax = 0 AS created`;
  if (row === undefined) throw new AppError('INTERNAL', 'The lead could neither be created nor found.');
  const { created, ...lead } = row;
  return { lead, created };
}

/** A lead that was made when its number was not read yet is found by the number as it is read now. */
async function rewriteOldForm(tx: Tx, { phone, oldForms, country }: Phone & { country: string | null }): Promise<void> {
  if (oldForms.length === 0) return;
  await tx.$executeRaw`
    UPDATE leads SET phone = ${phone}
    WHERE id = (
      SELECT id FROM leads
      WHERE email IS NULL AND phone = ANY(${[...oldForms]}) AND (country IS NULL OR ${country}::text IS NULL OR country = ${country})
      ORDER BY id LIMIT 1 FOR NO KEY UPDATE)
    AND NOT EXISTS (SELECT FROM leads WHERE email IS NULL AND phone = ${phone})`;
}
