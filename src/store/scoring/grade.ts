import { gradeOf } from '../../domain/engagement.ts';
import type { Playbook } from '../../domain/playbook.ts';
import type { AuditRow } from '../audit.ts';
import { factsOf } from './facts.ts';
import type { Lead } from '../generated/client.ts';
import type { LeadContext } from '../events/lead-context.ts';

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
