import type { Db } from '../db.ts';

export interface LeadName {
  firstName: string | null;
  lastName: string | null;
  company: string | null;
}

/** What leads are called, by id. */
export async function readLeadNames(db: Db, leadIds: readonly string[]): Promise<Map<string, LeadName>> {
  const rows = await db.$queryRaw<(LeadName & { id: string })[]>`
    SELECT id, first_name AS "firstName", last_name AS "lastName", company FROM leads WHERE id = ANY(${[...leadIds]})`;
  return new Map(rows.map(({ id, ...name }) => [id, name]));
}
