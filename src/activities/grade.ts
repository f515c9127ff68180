import { gradeOf } from '../domain/engagement.ts';
import type { Turn } from './turn.ts';

/** Grades the lead anew, after something changed that fit rules may ask about. */
export async function regrade(turn: Turn): Promise<void> {
  const { grade, points } = gradeOf(turn.playbook.scoring, await turn.facts());
  const { fitGrade: from, fitPoints } = turn.lead;
  if (grade === from && points === fitPoints) return;
  turn.changeLead({ fitGrade: grade, fitPoints: points });
  if (grade !== from) turn.note({ action: 'lead.graded', data: { from, to: grade, points } });
}
