import type { Campaign } from '../../domain/campaign.ts';
import { campaignsInForce } from '../../domain/written-campaigns.ts';
import type { Tx } from '../db.ts';
import { publishCampaigns } from '../rules/publish-campaigns.ts';
import { takenOver, takeOver } from './put-campaign.ts';
import { readWritten } from './read-written.ts';

/**
 * Publishes the campaigns of a file beside those of the API. What both define is the file's from then on; what was added to it stays.
 * The lock of publishing must be held.
 *
 * @param before Those of the file before
 * @returns The keys of those that the file took over
 */
export async function publishFiled(
  tx: Tx,
  filed: readonly Campaign[],
  before: readonly Campaign[],
  { revision, author }: { revision: number; author: string },
): Promise<readonly string[]> {
  const written = await readWritten(tx);
  const taken = takenOver(filed, written);
  await takeOver(tx, taken, revision, { by: author, at: new Date() });
  const now = taken.length === 0 ? written : await readWritten(tx);
  await publishCampaigns(tx, campaignsInForce(filed, now), campaignsInForce(before, written));
  return taken;
}
