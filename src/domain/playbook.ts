import type { Retention } from './after-sale.ts';
import type { TrackingRules } from './tracking.ts';
import type { UtmRule } from './utm.ts';
import type { Brand } from './brand.ts';
import type { Campaign } from './campaign.ts';
import type { CampaignActivity } from './campaign-activity.ts';
import type { Brakes } from './brakes.ts';
import type { HaltRule } from './canary.ts';
import type { Sunset } from './sunset.ts';
import type { Form } from './answer.ts';
import type { Cadence, Hours, Span } from './cadence.ts';
import type { Newsletter } from './newsletter.ts';
import type { Segment } from './segment.ts';
import type { RejectReason } from './reasons.ts';
import type { Routing } from './routing.ts';
import type { ScoringModel } from './scoring.ts';
import type { Rate, Sending, WarmUp } from './sending-limits.ts';

/** Holidays of a calendar. */
export interface Calendar {
  calendar: string;
  /** The country (ISO 3166-1) and region whose public holidays it has; none: only its own dates. */
  country?: string;
  region?: string;
  /** Local dates such as "2026-12-25", those of the country among them: they are computed when the playbook is read, see docs/cadences.md. */
  holidays: readonly string[];
}

/** `calendar` of a cadence that goes by the calendar of the lead's own country. */
export const LEADS_OWN = 'lead';

/** So many messages at most in any such period, over all cadences; of one topic, or of all. */
export interface Cap {
  topic?: string;
  messages: number;
  per: Span;
}

/** A sender of mails to leads, for some topics. All other topics are from MAIL_FROM. */
export interface Sender {
  sender: string;
  /** Display name; without it that of MAIL_FROM. */
  name?: string;
  /** Address; without it that of MAIL_FROM. */
  from?: string;
  replyTo?: string;
  /** Domain of its return path, to which bounces come; without it INBOUND_DOMAIN. In small letters. */
  returnDomain?: string;
  /** Where the lead has an owner, the mail has the owner's name, and answers go to the owner. */
  owner?: boolean;
  /** A template may name the sender itself. */
  topics: readonly string[];
  /** How fast its mails leave; without it as `sending` says for all. */
  atMost?: Rate;
  warmUp?: WarmUp;
}

/** A topic of mails, as people read it on the preference page. */
export interface Topic {
  /** As templates name it. */
  topic: string;
  name: string;
  /** By language tag of two letters. */
  names?: Readonly<Record<string, string>>;
}

/** playbook/events.yaml: the event types the installation knows and who may send them. */
export interface EventType {
  event: string;
  description: string;
  /** May come from a public site key (a browser). */
  fromSite: boolean;
  /** What somebody did with a campaign by it. Reports count it. Without it: nothing. */
  activity?: CampaignActivity;
}

/** Mails of ours to people of ours. */
export interface Notices {
  /** After a rep was told of a request of a lead, those that come within this time are gathered into one mail. */
  gather: Span;
}

/** Words that may stand in a mail whoever stated them. What is not in the list stays in the data. */
export interface KnownWords {
  productLines: readonly string[];
  needTypes: readonly string[];
  campaigns: readonly Campaign[];
}

/** All validated rules of the marketer; read-only at run time. */
/** Money of several currencies as one. */
export interface MoneyOfReports {
  /** ISO 4217. */
  currency: string;
  /** What one whole unit of another currency is worth in it. */
  rates: Readonly<Record<string, number>>;
}

export interface Playbook extends KnownWords {
  cadences: readonly Cadence[];
  forms: readonly Form[];
  segments: readonly Segment[];
  newsletters?: readonly Newsletter[];
  scoring: ScoringModel;
  routing: Routing;
  reasons: readonly RejectReason[];
  events: readonly EventType[];
  calendars: readonly Calendar[];
  /** IANA zone for leads whose own is unknown. */
  defaultTimeZone: string;
  /** The cadence for leads whose need was won. */
  wonCadence?: string;
  /** The need that opens when a sale is delivered. Without it: none. */
  retention?: Retention;
  /** Steps of the funnel inside opportunity and after, in order. */
  funnel: readonly string[];
  notices: Notices;
  brand?: Brand;
  /** How reports count money. Without it: EUR, and no other currency. */
  money?: MoneyOfReports;
  /** When a canary is halted by itself; 'never': only by a person. Without it as `DEFAULT_HALT` says. */
  haltCanary?: HaltRule | 'never';
  /** When all sending stops by itself; 'never': only by a person. Without it as `DEFAULT_BRAKES` says. */
  brakes?: Brakes | 'never';
  /** No message of a cadence leaves in these hours of the lead's own time, whatever the window says. */
  quietHours: readonly Hours[];
  caps: readonly Cap[];
  /** Names of topics for the preference page. A topic without one is shown by its key. */
  topics?: readonly Topic[];
  senders?: readonly Sender[];
  /** What of mails is recorded. Without it: opens and clicks, unless a person said no. */
  tracking?: TrackingRules;
  /** How fast mails to leads leave. Without it: as fast as the mail server takes them. */
  sending?: Sending;
  /** Who is left in peace. Without it: nobody. */
  sunset?: Sunset;
  /** The share of the leads (0 to 1) that gets no marketing, so that what marketing brings can be told. Without it: none. */
  controlGroup?: number;
  /** The largest share of offers (0 to 1) among the messages to a lead over any such period. Without it: no bound. */
  offers?: { atMost: number; per: Span };
  /** `spread` of cadences that state none. */
  spread?: Span;
  /** What is added to the links of mails to leads. Without it: nothing. */
  utm?: UtmRule;
}
