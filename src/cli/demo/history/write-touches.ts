/** By what a past lead came, and came again. */
import { newId } from '../../../domain/ids.ts';
import type { CampaignAt } from './campaigns.ts';
import type { PastLife } from './past-life.ts';
import type { Writing } from './writing.ts';

interface TouchesWriting extends Writing {
  life: PastLife;
  needId: string;
  /** Ids of those that the database knows, by key. */
  campaigns: ReadonlyMap<string, string>;
  campaignAt: CampaignAt;
}

export function addTouches({ add, at, happened, life, leadId, needId, campaigns, campaignAt }: TouchesWriting): void {
  const touch = (
    { source, medium, campaign: named, channel }: Pick<PastLife, 'source' | 'medium' | 'campaign' | 'channel'>,
    afterDays: number,
    isFirst: boolean,
  ): void => {
    const campaign = campaignAt(named, new Date(at(afterDays)));
    add('touches', {
      id: newId('touch'),
      lead_id: leadId,
      need_id: needId,
      is_first: isFirst,
      inbound: true,
      source,
      medium,
      campaign,
      campaign_id: campaigns.get(campaign) ?? null,
      channel,
      how: 'form',
      request: {},
      occurred_at: at(afterDays),
      recorded_at: at(afterDays),
      handled_at: at(afterDays),
    });
  };
  touch(life, 0, true);
  for (const later of life.touches) if (happened(later.afterDays)) touch(later, later.afterDays, false);
}
