import type { Cadence } from './cadence.ts';
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

/** All validated rules of the marketer; read-only at run time. */
export interface Playbook {
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
}
