import type { Span, Weekday } from './cadence.ts';
import type { Condition } from './condition.ts';

/** playbook/routing.yaml, validated. */
export interface Routing {
  /** First match wins; the last has no condition, so that no lead falls through. */
  rules: readonly RoutingRule[];
  teams: readonly Team[];
  reps: readonly RepEntry[];
}

export interface RoutingRule {
  rule: string;
  when?: Condition;
  team: string;
}

export interface Team {
  team: string;
  name: string;
  /** Keys of reps, in the order of the file. */
  reps: readonly string[];
  sla: {
    /** Time to decide, counted in working hours. */
    accept: Span;
    /** A reminder goes out this long (working hours) after the offer. */
    remindAfter: Span;
  };
  workingHours: { days: readonly Weekday[]; from: string; to: string };
  timeZone: string;
  calendar?: string;
}

export interface RepEntry {
  rep: string;
  name: string;
  email: string;
  timeZone?: string;
  /** May decide on and reroute the assignments of others. */
  manager: boolean;
  active: boolean;
}
