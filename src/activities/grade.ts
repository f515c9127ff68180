import { gradeOf } from '../domain/engagement.ts';
import type { Turn } from './turn.ts';

/** Computes the lead's grade again, after a change that fit rules may ask about. */
export async function regrade(turn: Turn): Promise<void> {
  const { scoring } = turn.playbook;
  const { grade, points } = gradeOf(scoring, await turn.facts(scoring.fit.map(({ when }) => when)));
  const { fitGrade: from, fitPoints } = turn.lead;
  if (grade === from && points === fitPoints) return;
  turn.changeLead({ fitGrade: grade, fitPoints: points });
  if (grade !== from) turn.note({ action: 'lead.graded', data: { from, to: grade, points } });
}
