/** Finds leads by a part of their name, company, address or phone. */
import type { Scope } from '../../domain/policy.ts';
import { leadInScope } from '../access/scope.ts';
import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';
import { type ListedLead, readListedLeads } from './leads.ts';

/** Fewer letters would find a third of all leads, and no index helps. */
export const LEAST_LETTERS = 3;

/** What is looked for in the column: small letters; of a phone number its digits, without the zeros or the country before them. */
export function soughtIn(text: string): string {
  const small = text.trim().toLowerCase();
  return /^[\d\s+()/.-]+$/.test(small) ? small.replaceAll(/\D/g, '').replace(/^0+/, '') : small;
}

/** The newest of those that are found first, of at most `limit` + 1 of them: who gets more asks more exactly. */
export async function findLeads(db: Db, scope: Scope, text: string, limit: number): Promise<ListedLead[]> {
  const sought = soughtIn(text);
  if (sought.length < LEAST_LETTERS) return [];
  const pattern = `%${sought.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  // The leads of a rep are few: they are read first. Of a word that very many leads have, hardly one would be theirs.
  const isRep = scope.kind === 'rep' && scope.teams.length === 0;
  const mine = isRep
    ? Prisma.sql`JOIN (SELECT id FROM leads WHERE owner_id = ${scope.repId}
        UNION SELECT lead_id FROM assignments WHERE rep_id = ${scope.repId} AND status IN ('offered', 'accepted')) mine ON mine.id = found.lead_id`
    : Prisma.empty;
  const rows = await planned<{ id: string }>(
    db,
    Prisma.sql`
    SELECT found.lead_id AS id FROM lead_search found ${mine}
    WHERE found.words LIKE ${pattern} AND ${leadInScope(scope, 'found.lead_id')} LIMIT ${limit + 1}`,
  );
  return readListedLeads(
    db,
    rows.map(({ id }) => id),
  );
}
