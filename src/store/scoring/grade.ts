import { gradeOf } from '../../domain/engagement.ts';
import { askedBy } from '../../domain/fields/asked.ts';
import type { Playbook } from '../../domain/playbook.ts';
import type { AuditRow } from '../audit.ts';
import type { Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';
import { factsOf } from '../facts/facts.ts';
import { type LeadContext, loadContexts } from '../facts/load-contexts.ts';

/** The new row, and the audit entry if the grade changed. Writes nothing. */
export function graded(
  playbook: Playbook,
  lead: Lead,
  context: LeadContext,
  atMs: number,
): { lead: Lead; audits: AuditRow[] } {
  const { grade, points } = gradeOf(playbook.scoring, factsOf(lead, context, playbook, atMs));
  const audit: AuditRow = {
    leadId: lead.id,
    actor: 'system',
    at: new Date(atMs),
    action: 'lead.graded',
    data: { from: lead.fitGrade, to: grade, points },
  };
  return { lead: { ...lead, fitGrade: grade, fitPoints: points }, audits: grade === lead.fitGrade ? [] : [audit] };
}

/** What the fit rules ask about beyond the lead's own row; read only if they do. `atMs` is on the lead's clock. */
export async function contextForGrade(tx: Tx, playbook: Playbook, lead: Lead, atMs: number): Promise<LeadContext> {
  const { fit } = playbook.scoring;
  const contexts = await loadContexts(tx, [lead], askedBy(fit.map(({ when }) => when)), {
    atMs,
    clock: 'fixed',
    fading: playbook.scoring,
  });
  return contexts.get(lead.id) ?? {};
}
