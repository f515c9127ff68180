/** Reads the contents of the database, to check that nothing was written. */
import type { Db } from '../src/store/db.ts';

/**
 * The tables that a request can write. Tables that only the playbook or the reconciler writes are left out: revisions, `findings`; and
 * `campaigns`, which say what `touches` and `campaign_writes` do.
 */
export const TABLES = [
  'leads',
  'accounts',
  'touches',
  'campaign_writes',
  'campaign_costs',
  'needs',
  'stage_changes',
  'enrollments',
  'split_arms',
  'tasks',
  'answers',
  'events',
  'tracked',
  'score_ledger',
  'sends',
  'links',
  'lead_links',
  'audit',
  'consents',
  'suppressions',
  'hand_off_hooks',
  'inbound_mails',
  'dismissed_sends',
  'resent_sends',
  'outbox',
  'assignments',
  'reps',
  'rep_activities',
  'hand_overs',
  'hand_over_leads',
  'commands',
  'api_keys',
  'idempotency_keys',
  'erased_leads',
  'pauses',
  'mail_refusals',
  'bulk_runs',
  'broadcasts',
  'broadcast_reactions',
  'newsletters',
  'broadcast_recipients',
  'sign_ins',
  'sessions',
  'users',
] as const;

export type Contents = Readonly<Record<(typeof TABLES)[number], string>>;

/** The number of rows of each table and a digest of them, so that an update is seen too. */
export async function contents(db: Db): Promise<Contents> {
  const digest = async (table: string): Promise<string> => {
    // The relay writes these columns when it rings.
    const row = table === 'outbox' ? 't.id' : 't';
    const [found] = await db.$queryRawUnsafe<{ rows: string }[]>(
      `SELECT count(*) || ' rows ' || coalesce(md5(string_agg(md5(${row}::text), '' ORDER BY md5(${row}::text))), '') AS rows FROM ${table} t`,
    );
    return found?.rows ?? '';
  };
  const entries = await Promise.all(TABLES.map(async (table) => [table, await digest(table)] as const));
  return Object.fromEntries(entries) as Contents;
}

/**
 * Waits until nothing changes any more. Processes of new leads may still be working. It waits longer while bells are unheard, but
 * not without limit: without a worker they stay unheard.
 */
export async function settled(db: Db): Promise<Contents> {
  let last = await contents(db);
  let sameFor = 0;
  for (let looks = 0; looks < 240; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const now = await contents(db);
    sameFor = TABLES.every((table) => now[table] === last[table]) ? sameFor + 1 : 0;
    if (sameFor >= ((await db.outbox.count()) === 0 ? 1 : 20)) return now;
    last = now;
  }
  return last;
}

/** One line for each table that has changed. */
export function changesSince(before: Contents, after: Contents): string[] {
  return TABLES.filter((table) => after[table] !== before[table]).map(
    (table) => `${table} changed: ${before[table]} → ${after[table]}`,
  );
}
