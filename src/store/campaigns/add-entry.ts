/** What is known of a campaign afterwards: its costs, who came, and how they liked it. Of one of the file as well, which stays as it is. */
import { isNamed } from '../../domain/campaign.ts';
import { AppError } from '../../domain/errors.ts';
import { newId } from '../../domain/ids.ts';
import type { CampaignEntry } from '../../domain/written-campaigns.ts';
import type { Db } from '../db.ts';
import { changeCampaigns, type Writer } from './change-campaigns.ts';
import { refused, unknownCampaign } from './put-campaign.ts';
import { writeRow } from './write-row.ts';

const MOST_ENTRIES = 2_000;

/**
 * Adds an entry. One whose id is there already was added before, and nothing is done.
 * @throws AppError NOT_FOUND for a campaign that nobody lists, VALIDATION_FAILED for money of another currency, CONFLICT for one too many
 */
export async function addEntry(db: Db, entry: CampaignEntry, writer: Writer): Promise<void> {
  await changeCampaigns(db, async (tx, { inForce, written }) => {
    const { id, kind, content } = entry;
    // Also one that was removed since: its request is done, and is not repeated by a late repeat.
    if ((await tx.campaignWrite.findUnique({ where: { id }, select: { id: true } })) !== null) return;
    const campaign = inForce.find((one) => isNamed(one, entry.campaign));
    if (campaign === undefined) throw unknownCampaign(entry.campaign);
    const { campaign: key, currency } = campaign;
    if (kind === 'cost' && currency !== undefined && content.currency !== currency)
      throw refused('cost.currency', `must be ${currency}: the money of a campaign is in one currency`);
    if (written.entries.filter((one) => isNamed(one, key)).length >= MOST_ENTRIES)
      throw new AppError(
        'CONFLICT',
        `‘${key}’ has ${MOST_ENTRIES} entries already: remove some, and add what they come to as one.`,
      );
    await writeRow(tx, { id, key, kind, data: content }, writer, {
      action: 'campaign.added',
      data: { campaign: key, what: kind, writeId: id },
    });
  });
}

/** Removes an entry that was added by mistake, and what it said. @throws AppError NOT_FOUND */
export async function removeEntry(db: Db, key: string, id: string, writer: Writer): Promise<void> {
  await changeCampaigns(db, async (tx, { written }) => {
    const entry = written.entries.find((one) => one.id === id && isNamed(one, key));
    if (entry === undefined)
      throw new AppError(
        'NOT_FOUND',
        'There is no such entry of this campaign; those of campaigns.yaml are changed there',
      );
    await tx.$executeRaw`UPDATE campaign_writes SET over_at = ${writer.at}, data = '{}' WHERE id = ${id}`;
    await writeRow(tx, { id: newId('campaign'), key: entry.campaign, kind: 'removal', data: { of: id } }, writer, {
      action: 'campaign.removed',
      data: { campaign: entry.campaign, writeId: id },
    });
  });
}
