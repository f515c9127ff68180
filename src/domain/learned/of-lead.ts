import { emailDomainOf } from '../email-domain.ts';
import { FREE_MAIL_DOMAINS } from '../free-mail.ts';
import { scoreAtMs, type ScoreRow } from '../score.ts';
import type { Rating } from '../readiness.ts';
import type { Grade } from '../stage.ts';
import { learnedPercent } from './model.ts';

/** What of a lead's row the learned readiness looks at. */
export interface LearnedRow extends ScoreRow {
  fitGrade: string;
  source: string | null;
  email: string | null;
}

/** Percent at an instant of the lead's clock; null: nothing was learned. */
export function learnedOfLead(rating: Rating, lead: LearnedRow, atMs: number): number | null {
  const { learned } = rating;
  if (learned === undefined) return null;
  const domain = lead.email === null ? null : emailDomainOf(lead.email);
  return learnedPercent(learned, {
    score: scoreAtMs(lead, atMs, rating),
    grade: lead.fitGrade as Grade,
    source: lead.source,
    freeMail: domain !== null && FREE_MAIL_DOMAINS.has(domain),
  });
}

/** Null where the rules file does not let it decide. */
export function readyByLearned(
  rating: Rating,
  lead: LearnedRow,
  atMs: number,
): { ready: boolean; because: string } | null {
  const { learnedReady } = rating;
  const percent = learnedReady === undefined ? null : learnedOfLead(rating, lead, atMs);
  if (percent === null || learnedReady === undefined) return null;
  return { ready: percent >= learnedReady, because: `learned readiness ${percent}% of ${learnedReady}% needed` };
}
