import type { Campaign } from '../../domain/campaign.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { campaignsInForce } from '../../domain/written-campaigns.ts';
import { reached } from '../../runtime/race-points.ts';
import { transact, type Db, type Tx } from '../db.ts';
import { RULES_CHANNEL } from '../rules/channel.ts';
import { publishCampaigns, writeCosts } from '../rules/publish-campaigns.ts';
import { lockPublishing } from '../rules/publish-lock.ts';
import { type ReadCampaigns, readFiled, readWritten } from './read-written.ts';

/** Campaigns as a change finds them. Nobody else changes them, and nobody publishes, before it is over. */
export interface CampaignsNow {
  filed: readonly Campaign[];
  written: ReadCampaigns;
  inForce: readonly Campaign[];
}

/** Who writes, and when. */
export interface Writer {
  by: string;
  at: Date;
}

/**
 * Runs `work`, which writes rows of `campaign_writes`, and makes what follows from them: the rows that touches refer to, costs, touches that are
 * of another campaign now, bells for who waits for a date, and the announcement by which every process learns of it.
 */
export async function changeCampaigns<T>(db: Db, work: (tx: Tx, now: CampaignsNow) => Promise<T>): Promise<T> {
  return transact(db, async (tx) => {
    await lockPublishing(tx);
    const [filed, written] = [await readFiled(tx), await readWritten(tx)];
    const inForce = campaignsInForce(filed, written);
    await reached('campaigns.locked', String(written.version));
    const result = await work(tx, { filed, written, inForce });
    const after = await readWritten(tx);
    if (after.version === written.version) return result;
    const now = campaignsInForce(filed, after);
    if (canonicalJson(written.definitions) === canonicalJson(after.definitions)) await writeCosts(tx, now);
    else await publishCampaigns(tx, now, inForce);
    // Delivered as this transaction commits, never before: who hears it finds the rows.
    await tx.$executeRaw`SELECT pg_notify(${RULES_CHANNEL}, 'campaigns')`;
    return result;
  });
}
