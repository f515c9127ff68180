import type { LeadFacts } from '../../domain/condition.ts';
import { decay } from '../../domain/engagement.ts';
import { AppError } from '../../domain/errors.ts';
import { emailDomainOf } from '../../domain/email-domain.ts';
import { FREE_MAIL_DOMAINS } from '../../domain/free-mail.ts';
import type { Playbook } from '../../domain/playbook.ts';
import type { Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';
import { loadContexts, type LeadContext } from '../events/lead-context.ts';

/** A lead's row with what facts are made of besides. */
export interface FactsInput extends LeadContext {
  lead: Lead;
  /** Lead's clock, epoch milliseconds: the score is worth what it is then. */
  atMs: number;
  halfLifeMs: number;
}

/**
 * The engagement score at an instant, rounded to 2 decimals. Thresholds are compared with this: three events of 15 points
 * within a minute make 45, not 44.999.
 */
export function scoreAtMs(lead: Pick<Lead, 'score' | 'scoreAt'>, atMs: number, halfLifeMs: number): number {
  return Math.round(decay(lead.score, lead.scoreAt.getTime(), atMs, halfLifeMs) * 100) / 100;
}

/** The picture of a lead that conditions are asked about. Source and its kin are those of the touch its need began with. */
export function factsOf(input: FactsInput): LeadFacts {
  const { lead, need, firstTouch } = input;
  const emailDomain = lead.email === null ? null : emailDomainOf(lead.email);
  return {
    stage: lead.stage,
    source: firstTouch?.source ?? lead.source,
    medium: firstTouch?.medium ?? null,
    campaign: firstTouch?.campaign ?? null,
    content: firstTouch?.content ?? null,
    landingPage: firstTouch?.landingPage ?? null,
    score: scoreAtMs(lead, input.atMs, input.halfLifeMs),
    grade: lead.fitGrade,
    maturity: need?.maturity ?? null,
    need: need?.type ?? null,
    productLine: need?.productLine ?? null,
    value: need === null ? null : inWholeUnits(need.valueMinor, need.currency),
    currency: need?.currency ?? null,
    budget: need?.budget ?? null,
    authority: need?.authority ?? null,
    needKnown: need?.needKnown ?? null,
    timing: need?.timing ?? null,
    recycleCount: need?.recycleCount ?? 0,
    country: lead.country,
    language: lead.language,
    company: lead.company,
    companySize: lead.companySize,
    industry: lead.industry,
    jobTitle: lead.jobTitle,
    emailDomain,
    freeMail: emailDomain === null ? null : FREE_MAIL_DOMAINS.has(emailDomain),
    hasEmail: lead.email !== null,
    consented: input.consented,
    cadence: input.cadence,
    attributes: attributesOf(lead),
  };
}

/**
 * The same for a lead by its id, at an instant on its clock.
 *
 * @throws AppError LEAD_UNKNOWN
 */
export async function loadFacts(tx: Tx, leadId: string, atMs: number, playbook: Playbook): Promise<LeadFacts> {
  const lead = await tx.lead.findUnique({ where: { id: leadId } });
  if (lead === null) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id.', { details: { leadId } });
  return loadFactsOf(tx, lead, atMs, playbook);
}

/** The same for a row at hand. */
export async function loadFactsOf(tx: Tx, lead: Lead, atMs: number, playbook: Playbook): Promise<LeadFacts> {
  const context = (await loadContexts(tx, [lead])).get(lead.id) ?? NO_CONTEXT;
  return factsOf({ lead, ...context, atMs, halfLifeMs: playbook.scoring.halfLifeMs });
}

/** For facts of the lead's own row alone. */
export const NO_CONTEXT: LeadContext = { need: null, firstTouch: null, consented: false, cadence: null };

function attributesOf(lead: Lead): Readonly<Record<string, unknown>> {
  const { attributes } = lead;
  return typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes) ? attributes : {};
}

/** "20000" means euros, not cents: the playbook speaks of money as people do. */
function inWholeUnits(valueMinor: bigint | null, currency: string | null): number | null {
  if (valueMinor === null) return null;
  return Number(valueMinor) / 10 ** decimalsOf(currency);
}

function decimalsOf(currency: string | null): number {
  if (currency === null || !/^[A-Z]{3}$/.test(currency)) return 2;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}
