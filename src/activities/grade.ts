import { isRatedAnew, ratedBy, ratingConditions } from '../store/scoring/grade.ts';
import type { Turn } from './turn.ts';

/** Computes the lead's grade and value tier again, after a change that their rules may ask about. */
export async function regrade(turn: Turn): Promise<void> {
  const { scoring } = turn.playbook;
  const rated = ratedBy(scoring, turn.lead, await turn.facts(ratingConditions(scoring)), turn.atMs);
  if (!isRatedAnew(turn.lead, rated)) return;
  const { fitGrade: from } = turn.lead;
  const { fitGrade: to, fitPoints: points } = rated;
  turn.changeLead(rated);
  if (to !== from) turn.note({ action: 'lead.graded', data: { from, to, points } });
}
