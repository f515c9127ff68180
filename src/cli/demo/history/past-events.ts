/** Events of the past that have to do with the webinar, as rows. */
import type { CampaignAt } from './campaigns.ts';
import { eventRow } from './event-row.ts';
import type { PastLife } from './past-life.ts';
import { TRUTHS } from './truths.ts';

type Row = Record<string, unknown>;

/** What a lead did with the webinar of the history. `at`: the instant so many days after it came in. */
export function webinarEvents(
  { leadId, campaignAt, at }: { leadId: string; campaignAt: CampaignAt; at: (afterDays: number) => string },
  { afterDays, attended, rating }: NonNullable<PastLife['webinar']>,
): Row[] {
  const took = (type: string, properties: Row, days = afterDays): Row =>
    eventRow({ leadId, type, properties, at: at(days) });
  const webinar = campaignAt(TRUTHS.webinar, new Date(at(afterDays)));
  return [
    took('webinar.registered', { webinar }, afterDays - 0.5),
    took(attended ? 'webinar.attended' : 'webinar.missed', { webinar }),
    ...(rating === null ? [] : [took('feedback.given', { campaign: webinar, rating })]),
  ];
}
