import { gradeOf } from '../domain/engagement.ts';
import type { Playbook } from '../domain/playbook.ts';
import { audit } from './audit.ts';
import type { Tx } from './db.ts';
import { loadFactsOf } from './facts.ts';
import type { Lead } from './generated/client.ts';

/**
 * Grades a locked lead anew after its profile, first touch or need changed, and audits a change of the grade.
 * Returns the row as it stands then. Whether it qualifies now is the next question, see evaluate.ts.
 */
export async function regrade(tx: Tx, ctx: { playbook: Playbook }, lockedLead: Lead, atMs: number): Promise<Lead> {
  const facts = await loadFactsOf(tx, lockedLead, atMs, ctx.playbook);
  const { grade, points } = gradeOf(ctx.playbook.scoring, facts);
  if (grade === lockedLead.fitGrade && points === lockedLead.fitPoints) return lockedLead;
  const lead = await tx.lead.update({ where: { id: lockedLead.id }, data: { fitGrade: grade, fitPoints: points } });
  if (grade !== lockedLead.fitGrade) {
    await audit(
      tx,
      { leadId: lead.id, actor: 'system', at: new Date(atMs) },
      { action: 'lead.graded', data: { from: lockedLead.fitGrade, to: grade, points } },
    );
  }
  return lead;
}
