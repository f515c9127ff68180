import type { Campaign } from '../../domain/campaign.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { campaignId } from '../campaign-of-touch.ts';
import type { Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { announce } from '../outbox.ts';
import { asJson } from '../rows.ts';

/** Bells are written in so many at once. */
const BELLS = 5_000;

/**
 * Writes the campaigns in force with their costs, gives them the touches that their new rules fit, and rings the leads that wait for
 * a date that is another now. A campaign that nobody lists any more keeps its row, which touches refer to, without dates.
 *
 * @param before Those that were in force before
 */
export async function publishCampaigns(
  tx: Tx,
  campaigns: readonly Campaign[],
  before: readonly Campaign[],
): Promise<void> {
  const moved = await writeCampaigns(tx, campaigns);
  await writeCosts(tx, campaigns);
  const ruledBefore = new Set(before.map(rulesOf));
  for (const campaign of campaigns)
    if (campaign.utm !== undefined && !ruledBefore.has(rulesOf(campaign))) await takeTouches(tx, campaign);
  for (const key of moved) await ringWaiting(tx, key);
}

function rulesOf({ campaign, utm = [] }: Campaign): string {
  return canonicalJson({ campaign, utm });
}

/** Answers with the keys of those whose dates are others now. */
async function writeCampaigns(tx: Tx, campaigns: readonly Campaign[]): Promise<string[]> {
  const rows = campaigns.map(({ campaign, name = campaign, goal, ...one }) => ({
    key: campaign,
    name,
    type: one.type,
    channel: one.channel,
    product_line: one.productLine,
    goal_leads: goal?.leads,
    goal_qualified: goal?.qualified,
    goal_won: goal?.won,
    currency: one.currency,
    budget_minor: one.budgetMinor,
    starts_at: one.starts,
    ends_at: one.ends,
    event_at: one.event,
  }));
  const moved = await tx.$queryRaw<{ key: string }[]>`
    WITH listed AS (
      SELECT ${campaignId(Prisma.sql`key`)} AS id, ${COLUMNS} FROM jsonb_populate_recordset(NULL::campaigns, ${asJson(rows)}::jsonb)
    ), before AS (
      SELECT key, starts_at, ends_at, event_at FROM campaigns FOR UPDATE
    ), written AS (
      INSERT INTO campaigns (id, ${COLUMNS}) SELECT id, ${COLUMNS} FROM listed
      ON CONFLICT (lower(key)) DO UPDATE SET ${AS_LISTED}, unknown_since = NULL
    ), dropped AS (
      UPDATE campaigns SET starts_at = NULL, ends_at = NULL, event_at = NULL
      WHERE unknown_since IS NULL AND lower(key) NOT IN (SELECT lower(key) FROM listed)
    )
    SELECT coalesce(b.key, l.key) AS key FROM before b FULL JOIN listed l ON lower(l.key) = lower(b.key)
    WHERE (b.starts_at, b.ends_at, b.event_at) IS DISTINCT FROM (l.starts_at, l.ends_at, l.event_at)`;
  return moved.map(({ key }) => key);
}

const NAMES = [
  'key',
  'name',
  'type',
  'channel',
  'product_line',
  'goal_leads',
  'goal_qualified',
  'goal_won',
  'currency',
  'budget_minor',
  'starts_at',
  'ends_at',
  'event_at',
];
const COLUMNS = Prisma.raw(NAMES.join(', '));
const AS_LISTED = Prisma.raw(NAMES.map((name) => `${name} = excluded.${name}`).join(', '));

/** The costs of all campaigns in force. */
export async function writeCosts(tx: Tx, campaigns: readonly Campaign[]): Promise<void> {
  const rows = campaigns.flatMap(({ campaign, currency: usual, costs = [] }) =>
    costs.map(({ on, minor, currency = usual, for: what }, place) => ({
      campaign,
      place,
      day: on,
      minor,
      currency,
      what,
    })),
  );
  await tx.$executeRaw`DELETE FROM campaign_costs`;
  await tx.$executeRaw`
    INSERT INTO campaign_costs (campaign_id, place, day, cost_minor, currency, what)
    SELECT c.id, r.place, r.day, r.minor, r.currency, r.what
    FROM jsonb_to_recordset(${asJson(rows)}::jsonb) AS r(campaign text, place int, day date, minor bigint, currency text, what text)
    JOIN campaigns c ON c.key = r.campaign`;
}

/** Of the touches so far, those that are of no campaign that anybody listed. Rows that only touches had named go when none names them. */
async function takeTouches(tx: Tx, { campaign, utm = [] }: Campaign): Promise<void> {
  const asked = utm.map(({ source, medium, campaign: named }) => {
    const parts = Object.entries({ source, medium, campaign: named }).flatMap(([column, value]) =>
      value === undefined ? [] : [Prisma.sql`lower(t.${Prisma.raw(column)}) = lower(${value})`],
    );
    return Prisma.sql`(${Prisma.join(parts, ' AND ')})`;
  });
  await tx.$executeRaw`
    UPDATE touches t SET campaign_id = (SELECT id FROM campaigns WHERE key = ${campaign})
    WHERE (${Prisma.join(asked, ' OR ')})
      AND (t.campaign_id IS NULL OR t.campaign_id IN (SELECT id FROM campaigns WHERE unknown_since IS NOT NULL))`;
  await tx.$executeRaw`
    DELETE FROM campaigns c WHERE unknown_since IS NOT NULL AND NOT EXISTS (SELECT FROM touches WHERE campaign_id = c.id)`;
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
