import { AppError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import type { Tx } from './db.ts';
import type { Lead } from './generated/client.ts';
import { LEAD_COLUMNS } from './lead-columns.ts';
import { lockLeadBy } from './lock.ts';

/** What a person is known by: an email (lower case) or, only without one, a phone. */
export type Identity = { email: string } | { phone: string };

const ATTEMPTS = 3;

/**
 * Finds or makes the lead and locks it. Of two requests that name a new person at the same moment, the second waits at
 * the unique index for the first to commit, inserts nothing, and finds the first one's lead.
 */
export async function findOrCreateLead(
  tx: Tx,
  identity: Identity,
  scoreAtMs: number,
): Promise<{ lead: Lead; created: boolean }> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const found = await lockLeadBy(tx, identity);
    if (found !== undefined) return { lead: found, created: false };
    const made = await insertLead(tx, identity, new Date(scoreAtMs));
    if (made !== undefined) return { lead: made, created: true };
  }
  throw new AppError('CONFLICT', 'The lead was made and taken away again by somebody else. Try again.');
}

async function insertLead(tx: Tx, identity: Identity, scoreAt: Date): Promise<Lead | undefined> {
  const email = 'email' in identity ? identity.email : null;
  const phone = 'phone' in identity ? identity.phone : null;
  const [lead] = await tx.$queryRaw<Lead[]>`
    INSERT INTO leads (id, email, phone, score_at, updated_at)
    VALUES (${newId('lead')}, ${email}, ${phone}, ${scoreAt}, now())
    ON CONFLICT DO NOTHING
    RETURNING ${LEAD_COLUMNS}`;
  return lead;
}
