import type { Db } from '../../../store/db.ts';
import { writePastCampaigns } from './campaigns.ts';
import { type HistoryOptions, writeHistory } from './write.ts';

/** The past of the demo: its campaigns, and the lives of the leads that they brought. @throws Error when no rep is published */
export async function writePast(db: Db, options: Omit<HistoryOptions, 'campaignAt'>): Promise<void> {
  await writeHistory(db, { ...options, campaignAt: await writePastCampaigns(db, options) });
}
