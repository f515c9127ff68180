import type { AuditData } from './audit.ts';
import { shownScore } from './score-words.ts';

/** Making scores and grades anew after the rules have changed. Plain types: the command line and the API show them. */

/** What happens to a lead that is ready by the new rules: it is handed over at the run's pace, or only marked. */
export const CROSSINGS = ['mark', 'hand-off'] as const;
export type Crossing = (typeof CROSSINGS)[number];

/** Leads that a rescoring hands over in an hour unless somebody says otherwise. */
export const DEFAULT_PER_HOUR = 30;
export const HIGHEST_PER_HOUR = 3_600;

export interface Rescoring {
  crossing: Crossing;
  /** Hand-offs in an hour, at most. */
  perHour: number;
  /** The playbook revision that was the newest when it began: no older rules may be used. */
  revision: number;
  /** Epoch milliseconds before which no lead is handed over. */
  nextAtMs?: number;
}

/** Is it ready by a rescoring, without having been handed over since? A recycle, a new need or a hand-off ends it. */
export function isMarked(lead: { armed: boolean; armedAt: Date | null; markedAt: Date | null }): boolean {
  return lead.armed && lead.markedAt !== null && lead.markedAt.getTime() === lead.armedAt?.getTime();
}

/** Hours that so many hand-offs take. */
export function hoursFor(leads: number, perHour: number): number {
  return Math.ceil((leads / perHour) * 10) / 10;
}

export function rescoredInWords({ from, to, gradeFrom, gradeTo, marked }: AuditData['lead.rescored']): string {
  const grade = gradeFrom === gradeTo ? '' : `, fit grade ${gradeFrom} → ${gradeTo}`;
  const then = marked ? '; ready, and handed over with its next engagement or by a run' : '';
  const score =
    shownScore(from) === shownScore(to) ? `${shownScore(to)}, as before` : `${shownScore(from)} → ${shownScore(to)}`;
  return `Score made anew: ${score}${grade}${then}`;
}
