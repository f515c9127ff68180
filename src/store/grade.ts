import { gradeOf } from '../domain/engagement.ts';
import type { Playbook } from '../domain/playbook.ts';
import { auditAll, type AuditRow } from './audit.ts';
import type { Tx } from './db.ts';
import { factsOf, NO_CONTEXT } from './facts.ts';
import type { Lead } from './generated/client.ts';
import { loadContexts, type LeadContext } from './lead-context.ts';

/** The row as it must become, with the audit of a change of the grade (none: it stayed). Writes nothing. */
export function graded(
  playbook: Playbook,
  lead: Lead,
  context: LeadContext,
  atMs: number,
): { lead: Lead; audits: AuditRow[] } {
  const { scoring } = playbook;
  const { grade, points } = gradeOf(scoring, factsOf({ lead, ...context, atMs, halfLifeMs: scoring.halfLifeMs }));
  const audit: AuditRow = {
    leadId: lead.id,
    actor: 'system',
    at: new Date(atMs),
    action: 'lead.graded',
    data: { from: lead.fitGrade, to: grade, points },
  };
  return { lead: { ...lead, fitGrade: grade, fitPoints: points }, audits: grade === lead.fitGrade ? [] : [audit] };
}

/**
 * Grades a locked lead anew after its profile, first touch or need changed, and audits a change of the grade.
 * Returns the row as it stands then. Whether it qualifies now is the next question, see evaluate.ts.
 */
export async function regrade(tx: Tx, ctx: { playbook: Playbook }, lockedLead: Lead, atMs: number): Promise<Lead> {
  const context = (await loadContexts(tx, [lockedLead])).get(lockedLead.id) ?? NO_CONTEXT;
  const { lead, audits } = graded(ctx.playbook, lockedLead, context, atMs);
  const { fitGrade, fitPoints } = lead;
  if (fitGrade === lockedLead.fitGrade && fitPoints === lockedLead.fitPoints) return lockedLead;
  await auditAll(tx, audits);
  return tx.lead.update({ where: { id: lead.id }, data: { fitGrade, fitPoints } });
}
