/** What people do with a campaign. `attended` and `downloaded` share in the sales that attribution shares out. */
export const ACTIVITY_KINDS = ['registered', 'attended', 'missed', 'downloaded', 'feedback'] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** What an event of a type says that the lead did. */
export interface CampaignActivity {
  is: ActivityKind;
  /** The property of the event that names the campaign. */
  campaign: string;
  /** The property that has the rating as a number; of `feedback` alone. */
  rating?: string;
}
