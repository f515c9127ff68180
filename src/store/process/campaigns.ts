import type { Tx } from '../db.ts';

export interface CampaignDates {
  key: string;
  startsAt: Date | null;
  endsAt: Date | null;
}

/**
 * The dates of a campaign, whatever the case of its key; null when there is none. They stay as they are until the transaction is over:
 * publishing others waits for it, and then finds who waits for them.
 */
export async function campaignDates(tx: Tx, key: string): Promise<CampaignDates | null> {
  const [dates] = await tx.$queryRaw<CampaignDates[]>`
    SELECT key, starts_at AS "startsAt", ends_at AS "endsAt" FROM campaigns
    WHERE lower(key) = lower(${key}) ORDER BY key LIMIT 1 FOR SHARE`;
  return dates ?? null;
}
