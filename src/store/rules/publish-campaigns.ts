import { newId } from '../../domain/ids.ts';
import type { Campaign } from '../../domain/playbook.ts';
import type { Tx } from '../db.ts';
import { announce } from '../outbox.ts';
import { asJson } from '../rows.ts';

/** Bells are written in so many at once. */
const BELLS = 5_000;

/**
 * Writes the campaigns of the playbook, and rings the leads that wait for a date that is another now. A campaign that is not listed any more
 * keeps its row, which touches refer to, without dates.
 */
export async function publishCampaigns(tx: Tx, campaigns: readonly Campaign[]): Promise<void> {
  const rows = campaigns.map(({ campaign, name = campaign, starts, ends }) => ({
    id: newId('campaign'),
    key: campaign,
    name,
    starts_at: starts ?? null,
    ends_at: ends ?? null,
  }));
  const moved = await tx.$queryRaw<{ key: string }[]>`
    WITH listed AS (
      SELECT id, key, name, starts_at, ends_at FROM jsonb_populate_recordset(NULL::campaigns, ${asJson(rows)}::jsonb)
    ), before AS (
      SELECT key, starts_at, ends_at FROM campaigns FOR UPDATE
    ), written AS (
      INSERT INTO campaigns (id, key, name, starts_at, ends_at) SELECT id, key, name, starts_at, ends_at FROM listed
      ON CONFLICT (key) DO UPDATE SET name = excluded.name, starts_at = excluded.starts_at, ends_at = excluded.ends_at
    ), dropped AS (
      UPDATE campaigns SET starts_at = NULL, ends_at = NULL WHERE key NOT IN (SELECT key FROM listed)
    )
    SELECT coalesce(b.key, l.key) AS key FROM before b FULL JOIN listed l ON l.key = b.key
    WHERE (b.starts_at, b.ends_at) IS DISTINCT FROM (l.starts_at, l.ends_at)`;
  for (const { key } of moved) await ringWaiting(tx, key);
}

async function ringWaiting(tx: Tx, campaign: string): Promise<void> {
  const waiting = await tx.$queryRaw<{ leadId: string }[]>`
    SELECT lead_id AS "leadId" FROM enrollments WHERE waits_on = ${campaign} AND status = 'active' ORDER BY lead_id`;
  for (let from = 0; from < waiting.length; from += BELLS)
    await announce(
      tx,
      waiting.slice(from, from + BELLS).map(({ leadId }) => ({ leadId, reason: 'campaign-moved', refs: { campaign } })),
    );
}
