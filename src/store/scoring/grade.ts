import { assessedGrade } from '../../domain/assessment.ts';
import { gradeOf } from '../../domain/engagement.ts';
import { askedBy } from '../../domain/fields/asked.ts';
import { fitConditions } from '../../domain/fit.ts';
import type { Condition, LeadFacts } from '../../domain/condition.ts';
import type { Playbook } from '../../domain/playbook.ts';
import type { ScoringModel } from '../../domain/scoring.ts';
import { tierConditions, valueTierOf } from '../../domain/value-tier.ts';
import type { AuditRow } from '../audit.ts';
import type { Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';
import { factsOf } from '../facts/facts.ts';
import { type LeadContext, loadContexts } from '../facts/load-contexts.ts';

/** The columns that say how good a lead is, whatever it does. */
export type Rated = Pick<Lead, 'fitGrade' | 'fitPoints' | 'fitCompleteness' | 'valueTier'>;

/** What the rules say of these facts. A grade that a person gave, and that is not too old, outranks them. */
export function ratedBy(scoring: ScoringModel, lead: Pick<Lead, 'assessed'>, facts: LeadFacts, atMs: number): Rated {
  const { grade: byRules, points, completeness } = gradeOf(scoring, facts);
  const grade = assessedGrade(lead, atMs)?.grade ?? byRules;
  const known = { ...facts, grade, fitCompleteness: completeness };
  return {
    fitGrade: grade,
    fitPoints: points,
    fitCompleteness: completeness,
    valueTier: valueTierOf(scoring, known),
  };
}

/** What that asks about. */
export function ratingConditions(scoring: ScoringModel): Condition[] {
  return [...fitConditions(scoring), ...tierConditions(scoring)];
}

/** Whether anything of it differs. */
export function isRatedAnew(before: Rated, after: Rated): boolean {
  return (Object.keys(after) as (keyof Rated)[]).some((column) => after[column] !== before[column]);
}

/** The new row, and the audit entry if the grade changed. Writes nothing. */
export function graded(
  playbook: Playbook,
  lead: Lead,
  context: LeadContext,
  atMs: number,
  facts: LeadFacts = factsOf(lead, context, playbook, atMs),
): { lead: Lead; rated: Rated; audits: AuditRow[] } {
  const rated = ratedBy(playbook.scoring, lead, facts, atMs);
  const { fitGrade: to, fitPoints: points } = rated;
  const audit: AuditRow = {
    leadId: lead.id,
    actor: 'system',
    at: new Date(atMs),
    action: 'lead.graded',
    data: { from: lead.fitGrade, to, points },
  };
  return { lead: { ...lead, ...rated }, rated, audits: to === lead.fitGrade ? [] : [audit] };
}

/** What the fit rules and value tiers ask about beyond the lead's own row; read only if they do. `atMs` is on the lead's clock. */
export async function contextForGrade(tx: Tx, playbook: Playbook, lead: Lead, atMs: number): Promise<LeadContext> {
  const contexts = await loadContexts(tx, [lead], askedBy(ratingConditions(playbook.scoring)), {
    atMs,
    clock: 'fixed',
    fading: playbook.scoring,
  });
  return contexts.get(lead.id) ?? {};
}
