import { singleLine } from './clean-text.ts';

/** An activity that brings leads, as campaigns.yaml lists it. */
export interface Campaign {
  /** As touches and events name it. */
  campaign: string;
  /** As mails name it. Without one: see `nameInMails`. */
  name?: string;
  /** What it is: "webinar", "trade-show", "ad". */
  type?: string;
  channel?: string;
  productLine?: string;
  goal?: CampaignGoal;
  /** Of the budget and of all costs. */
  currency?: string;
  /** In minor units. */
  budgetMinor?: number;
  costs?: readonly CampaignCost[];
  /** Instants in ISO 8601 (UTC): when it begins and is over, and the moment that it is about, if that is another. */
  starts?: string;
  ends?: string;
  event?: string;
  /** Where to read more, or to take part. */
  url?: string;
  /** Keys of what it gives to who takes part, as templates name it. */
  materials?: readonly string[];
  /** Whom it is for, in words. */
  audience?: string;
  /** A touch that one of them fits is of this campaign, whatever campaign it names. */
  utm?: readonly UtmRule[];
  /** Who came, as somebody counted them: of people whom nobody knows, too. What leads did is told by events. */
  attendance?: readonly CampaignAttendance[];
  /** How people liked it, as somebody summed it up. What a lead said of it is an event. */
  feedback?: readonly CampaignFeedback[];
}

/** How many leads it is to bring, and how many of them are to come so far. */
export interface CampaignGoal {
  leads?: number;
  qualified?: number;
  won?: number;
}

/** `id`: of what was added through the API; what the file says has none. */
export interface CampaignCost {
  /** A date such as "2027-03-08". */
  on: string;
  minor: number;
  /** Where it is another than that of the campaign. */
  currency?: string;
  for?: string;
  id?: string;
}

/** Of a day; several add up. */
export interface CampaignAttendance {
  /** A date such as "2027-03-08". */
  on: string;
  registered?: number;
  attended?: number;
  missed?: number;
  id?: string;
}

/** Of a day. */
export interface CampaignFeedback {
  /** A date such as "2027-03-08". */
  on: string;
  /** The mean of the ratings, on the scale that was asked by. */
  rating?: number;
  /** How many people it is of; 1 when it is not said. */
  answers?: number;
  words?: string;
  id?: string;
}

/** What a touch must state; all that is given must be the same, whatever the case. */
export interface UtmRule {
  source?: string;
  medium?: string;
  campaign?: string;
}

export type DateOfCampaign = 'starts' | 'ends' | 'event';

/** What a touch states of where it came from. */
export interface StatedOrigin {
  source: string | null;
  medium: string | null;
  campaign: string | null;
}

/** The campaign that a touch is of: the one that it names, else the first in the file with a rule that fits. Undefined: none is known. */
export function campaignOfTouch<C extends Pick<Campaign, 'campaign' | 'utm'>>(
  campaigns: readonly C[],
  touch: StatedOrigin,
): C | undefined {
  return (
    campaigns.find(({ campaign }) => isSame(campaign, touch.campaign)) ??
    campaigns.find(({ utm = [] }) => utm.some((rule) => fits(rule, touch)))
  );
}

function fits({ source, medium, campaign }: UtmRule, touch: StatedOrigin): boolean {
  return (
    (source === undefined || isSame(source, touch.source)) &&
    (medium === undefined || isSame(medium, touch.medium)) &&
    (campaign === undefined || isSame(campaign, touch.campaign))
  );
}

function isSame(wanted: string, stated: string | null): boolean {
  return stated !== null && plainly(wanted) === plainly(stated);
}

/** Whether it is the one of that key, whatever the case. What was added to a campaign has its key as well. */
export function isNamed({ campaign }: Pick<Campaign, 'campaign'>, key: string): boolean {
  return isSame(campaign, key);
}

/** The same for rules that the same touches fit. */
export function keyOfRule({ source, medium, campaign }: UtmRule): string {
  return JSON.stringify([source, medium, campaign].map((part) => plainly(part ?? '')));
}

/**
 * What mails call a campaign: its name; else its key, where that reads as a name ("GreenTech Expo"). A key such as "frost-webinar" or
 * "Q4_DE" is nothing that a reader knows: then undefined, and mails leave it out.
 */
export function nameInMails({ campaign, name }: Pick<Campaign, 'campaign' | 'name'>): string | undefined {
  if (name !== undefined) return name;
  const isKey = !/\s/.test(campaign) && (campaign.includes('_') || !/\p{Lu}/u.test(campaign));
  return isKey ? undefined : campaign;
}

/** For comparing words that people typed: in one line, without case. */
export function plainly(text: string): string {
  return singleLine(text).toLowerCase();
}
