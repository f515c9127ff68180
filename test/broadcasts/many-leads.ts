/** Leads written straight into the database, for broadcasts: none of them has a process. */
import { newId } from '../../src/domain/ids.ts';
import { planBroadcast } from '../../src/store/broadcasts/broadcasts.ts';
import type { Db } from '../../src/store/db.ts';

export interface Kind {
  /** Part of their addresses: `NAME-1@many.example`. */
  name: string;
  /** `many.example` otherwise: where a mail server that refuses us holds back what goes to all of a domain. */
  domain?: string;
  count: number;
  /** Condition fields: what the broadcast finds them by. */
  source: string;
  stage?: string;
  /** A yes to marketing. */
  consents?: boolean;
  timeZone?: string;
  /** Columns that differ, as SQL. */
  set?: string;
}

/** Answers with the ids, in the order of the numbers in the addresses. */
export async function seedKind(db: Db, kind: Kind): Promise<string[]> {
  const ids = Array.from({ length: kind.count }, () => newId('lead'));
  const { name, source, stage = 'dormant', timeZone = null, domain = 'many.example' } = kind;
  await db.$executeRaw`
    INSERT INTO leads (id, email, first_name, stage, source, time_zone, score_at, created_at, updated_at)
    SELECT id, ${name} || '-' || n || '@' || ${domain}, 'Ann', ${stage}, ${source}, ${timeZone}, now(), now() - interval '3 days', now()
    FROM unnest(${ids}::text[]) WITH ORDINALITY AS made(id, n)`;
  if (kind.consents !== false) {
    const consents = ids.map(() => newId('consent'));
    await db.$executeRaw`
      INSERT INTO consents (id, lead_id, granted, text, source, occurred_at)
      SELECT c, l, true, 'Send me news', 'test', now() - interval '3 days' FROM unnest(${consents}::text[], ${ids}::text[]) AS made(c, l)`;
  }
  if (kind.set !== undefined) await db.$executeRawUnsafe(`UPDATE leads SET ${kind.set} WHERE id = ANY($1)`, ids);
  return ids;
}

/** Plans a broadcast of that key to the leads of the source of the same name, at once and with one variant, `a`. Answers with its id. */
export async function planForSource(db: Db, key: string): Promise<string> {
  const { id } = await planBroadcast(db, {
    key,
    segment: null,
    audience: { when: { source: key }, segments: [] },
    topic: 'tips',
    variants: [{ key: 'a', template: 'plain', hash: 'none' }],
    schedule: { kind: 'now' },
    rate: null,
    trial: null,
    again: false,
    by: 'test',
  });
  return id;
}
