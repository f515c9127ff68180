import type { Cadence, Span } from './cadence.ts';
import type { RejectReason } from './reasons.ts';
import type { Routing } from './routing.ts';
import type { ScoringModel } from './scoring.ts';

/** Holidays of a calendar, as local dates: "2026-12-25". */
export interface Calendar {
  calendar: string;
  holidays: readonly string[];
}

/** playbook/events.yaml: the event types the installation knows and who may send them. */
export interface EventType {
  event: string;
  description: string;
  /** May come from a public site key (a browser). */
  fromSite: boolean;
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
  campaigns: readonly string[];
}

/** All validated rules of the marketer; read-only at run time. */
export interface Playbook extends KnownWords {
  cadences: readonly Cadence[];
  scoring: ScoringModel;
  routing: Routing;
  reasons: readonly RejectReason[];
  events: readonly EventType[];
  calendars: readonly Calendar[];
  /** IANA zone for leads whose own is unknown. */
  defaultTimeZone: string;
  /** The cadence for leads whose need was won. */
  wonCadence?: string;
  /** Steps of the funnel inside opportunity and after, in order. */
  funnel: readonly string[];
  notices: Notices;
}
