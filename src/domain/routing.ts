import type { Hours, Span } from './cadence.ts';
import type { Condition } from './condition.ts';
import type { TeamHook } from './hand-off-hook.ts';

/** playbook/routing.yaml, validated. */
export interface Routing {
  /** First match wins; the last has no condition, so that no lead falls through. */
  rules: readonly RoutingRule[];
  teams: readonly Team[];
  reps: readonly RepEntry[];
  /** Who gets a lead before the rules are asked. Without it: only the rep who sent this need back. */
  sticky?: Sticky;
  /** When managers are mailed what waits for them; without it as `DEFAULT_MANAGERS` says. */
  managers?: ManagerNotices;
  /** From how many an hour on the alerts to a rep are gathered; without it each is a mail of its own. */
  alerts?: RepAlerts;
}

/** An alert tells a rep what happened with a lead that they have: a brief, or what escalates to a manager, is none. */
export interface RepAlerts {
  /** So many within an hour are mails of their own. */
  perHour: number;
  /** Further ones are told of in one mail, this long after the first of them. */
  gather: Span;
}

/** When managers are mailed what waits for them. */
export interface ManagerNotices {
  /** At most one mail in so long: what comes meanwhile is in the next one. */
  gather: Span;
  /** What still waits is told again after this. */
  again: Span;
  /** A lead for whom nobody has room is told of after this: most have a rep before. */
  full: Span;
}

export const DEFAULT_MANAGERS: ManagerNotices = {
  gather: { amount: 15, unit: 'minutes' },
  again: { amount: 1, unit: 'days' },
  full: { amount: 1, unit: 'hours' },
};

/** A rule leads to exactly one of `team`, `rep` and `queue`. */
export interface RoutingRule {
  rule: string;
  when?: Condition;
  team?: string;
  /** A rep who is in a team; the deputy while the rep is away. */
  rep?: string;
  /** A name. The lead waits in it until a person says who gets it. */
  queue?: string;
  /** With `team`: the rep must have all of them. */
  skills?: readonly string[];
  /** With `team`. `same`: the rep must speak the language of the lead, if it is known and the rep states any. */
  language?: 'same';
}

export interface Sticky {
  /** A lead of a company goes to the rep who has, or had last, a colleague of it. */
  account: boolean;
  /** A new need of a lead goes to the rep who had the one before. */
  customer: boolean;
}

export interface Team {
  team: string;
  name: string;
  /**
   * `tele-sales`: first contact. Whoever accepts a lead there completes what is known of the need (stage `qualifying`), then qualifies it on
   * to a team of the field, sends it back or closes it.
   */
  kind?: 'tele-sales';
  /** Keys of reps, in the order of the file. */
  reps: readonly string[];
  sla: {
    /** Time to decide, counted in working hours. */
    accept: Span;
    /** A reminder goes out this long (working hours) after the offer. */
    remindAfter: Span;
    /** From acceptance to the first logged contact or attempt. */
    contact?: Span;
    /** From a reply of the lead to the next contact. */
    answer?: Span;
  };
  /** So many attempts without an answer, and the lead is sent back with this reason. */
  attempts?: { most: number; reason: string };
  /** A lead that a rep has and with which nothing happens for so long (working hours) is pointed out, then taken back. */
  idle?: { warn: Span; takeBack?: Span };
  workingHours: Hours;
  timeZone: string;
  calendar?: string;
  /** `hold`: an offer waits until a rep of the team is at work. Without it a lead is offered at once, whatever the hour. */
  outsideHours?: 'hold';
  /** A lead that has waited this long (working hours) for somebody with room is offered to another team too. */
  overflow?: { to: string; after: Span };
  /** Another program that is told of its hand-offs. */
  webhook?: TeamHook;
}

export interface RepEntry {
  rep: string;
  name: string;
  email: string;
  timeZone?: string;
  /** May decide on and reroute the assignments of others. */
  manager: boolean;
  active: boolean;
  skills?: readonly string[];
  /** Codes such as "de". None stated: any. */
  languages?: readonly string[];
}
