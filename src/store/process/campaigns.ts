import type { DateOfCampaign } from '../../domain/campaign.ts';
import type { Tx } from '../db.ts';

export type CampaignDates = { key: string } & Record<DateOfCampaign, Date | null>;

/**
 * The dates of a campaign, whatever the case of its key; null when there is none. They stay as they are until the transaction is over:
 * publishing others waits for it, and then finds who waits for them.
 */
export async function campaignDates(tx: Tx, key: string): Promise<CampaignDates | null> {
  const [dates] = await tx.$queryRaw<CampaignDates[]>`
    SELECT key, starts_at AS "starts", ends_at AS "ends", event_at AS "event" FROM campaigns
    WHERE lower(key) = lower(${key}) FOR SHARE`;
  return dates ?? null;
}
