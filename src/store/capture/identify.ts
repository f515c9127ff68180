import { AppError } from '../../domain/errors.ts';
import { newId } from '../../domain/ids.ts';
import type { Tx } from '../db.ts';
import { Prisma, type Lead } from '../generated/client.ts';
import { columnsOf } from '../rows.ts';

/** What identifies a person: an email (lower case) or, only without one, a phone. */
export type Identity = { email: string } | { phone: string };

/**
 * Finds or makes the lead and locks it, in one statement. Of two requests that name a new person at the same moment, the
 * second waits at the unique index for the first to commit and then locks the first one's lead.
 */
export async function findOrCreateLead(
  tx: Tx,
  identity: Identity,
  scoreAtMs: number,
): Promise<{ lead: Lead; created: boolean }> {
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
