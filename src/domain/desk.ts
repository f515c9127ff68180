/** The order of a rep's desk. */
import { DateTime } from 'luxon';

export interface DeskLead {
  grade: 'A' | 'B' | 'C' | 'D';
  /** Engagement score now. */
  score: number;
  /** Expected value in minor units; null when it is not known. */
  valueMinor: number | null;
  /** When the next thing is due; null when nothing is planned. */
  dueAtMs: number | null;
}

/** The readier first: by grade, then by score; then the more valuable; then what is due sooner. */
export function byReadiness(a: DeskLead, b: DeskLead): number {
  return (
    a.grade.localeCompare(b.grade) ||
    b.score - a.score ||
    (b.valueMinor ?? 0) - (a.valueMinor ?? 0) ||
    (a.dueAtMs ?? Infinity) - (b.dueAtMs ?? Infinity) ||
    0
  );
}

export type DeskPart = 'waits' | 'due' | 'open';

/** `waits`: for the rep's decision. `due`: today or overdue. `endOfDayMs`: of the rep's day. */
export function partOf(lead: DeskLead & { isOffered: boolean }, endOfDayMs: number): DeskPart {
  if (lead.isOffered) return 'waits';
  return lead.dueAtMs !== null && lead.dueAtMs < endOfDayMs ? 'due' : 'open';
}

/** The end of the day that it is in the rep's zone. */
export function endOfDayMs(nowMs: number, zone: string): number {
  return DateTime.fromMillis(nowMs, { zone }).endOf('day').toMillis();
}
