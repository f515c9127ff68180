import type { AuditData } from './audit.ts';
import { countOf } from './count-of.ts';

/** "grade A, budget, authority, 20 points" */
export function assessedInWords({ facts, grade, points }: AuditData['lead.assessed']): string {
  const fit = grade === undefined ? [] : [grade === null ? 'the grade is that of the rules again' : `grade ${grade}`];
  const given = points === undefined ? [] : [`${points > 0 ? '+' : ''}${countOf(points, 'point')}`];
  return [...fit, ...facts.map((fact) => (fact === 'needKnown' ? 'need' : fact)), ...given].join(', ') || 'a note';
}
