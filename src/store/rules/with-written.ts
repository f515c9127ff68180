import { campaignsInForce, type WrittenCampaigns } from '../../domain/written-campaigns.ts';
import type { Db } from '../db.ts';
import { readWritten } from '../campaigns/read-written.ts';
import type { PublishedRules } from './in-force.ts';
import { readRules } from './read-rules.ts';

/** Published rules as they are in force: with the campaigns of the API, and what was added to campaigns. */
export function withWritten(rules: PublishedRules, written: WrittenCampaigns): PublishedRules {
  const campaigns = campaignsInForce(rules.playbook.campaigns, written);
  return campaigns === rules.playbook.campaigns ? rules : { ...rules, playbook: { ...rules.playbook, campaigns } };
}

/** The same of a revision as it is stored. @throws AppError, see `readRules` */
export async function readRulesInForce(db: Db, number: number): Promise<PublishedRules> {
  // Before the revision: what its file took over is in either.
  const written = await readWritten(db);
  return withWritten(await readRules(db, number), written);
}
