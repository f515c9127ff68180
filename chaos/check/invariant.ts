import type { Evidence, LeadRow } from './evidence.ts';

/** Something that must hold when everything is up and quiet again. */
export interface Invariant {
  /** A sentence that is true when it holds. */
  holds: string;
  /** The number of things that were checked, and a sentence for each that breaks the invariant. */
  check(evidence: Evidence): { checked: number; offenders: string[] };
}

/** Held or paused: visibly stopped, with a reason. */
export function isStopped(lead: LeadRow): boolean {
  return lead.heldAt !== null || lead.pausedAt !== null;
}

/** The lead's own time. */
export function clockOf(lead: LeadRow, at: Date): number {
  return at.getTime() + lead.clockOffsetMs;
}

export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  return Map.groupBy(items, key);
}
