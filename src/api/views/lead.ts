import type { z } from 'zod';
import { mayMail } from '../../domain/consent.ts';
import type { ConsentBy } from '../../domain/consent-by.ts';
import { COMPLETE_PROFILE } from '../../domain/fields/profile.ts';
import type { Stage } from '../../domain/stage.ts';
import { reasonInWords } from '../../domain/send-words.ts';
import { isReadPhone } from '../../store/capture/phone.ts';
import { leadNow } from '../../store/clock.ts';
import { shownScore } from '../../domain/score-words.ts';
import { type Rating, readinessOf } from '../../domain/readiness.ts';
import { scoreAtMs } from '../../domain/score.ts';
import type { ConsentFacts, LeadDetail } from '../../store/lists/lead.ts';
import type { ListedLead } from '../../store/lists/leads.ts';
import { requestOf } from '../../store/capture/touch.ts';
import type { ConsentState, Lead, LeadSummary, Need, Touch } from '../schemas/lead.ts';
import { moneyOf } from '../schemas/money.ts';

/** Rows of leads as answers. */

export interface ViewContext {
  realNowMs: number;
  fading: Rating;
}

type Summarized = Omit<
  ListedLead,
  'enrollments' | 'stageSince' | 'valueMinor' | 'currency' | 'offeredTo' | 'due' | 'dueAt'
> & { enrollments: readonly { cadence: string }[] };

export function leadSummary(lead: Summarized, context: ViewContext): z.input<typeof LeadSummary> {
  return {
    id: lead.id,
    email: lead.email,
    phone: lead.phone,
    firstName: lead.firstName,
    lastName: lead.lastName,
    company: lead.company,
    ...ratingView(lead, context),
    source: lead.source,
    cadence: lead.enrollments[0]?.cadence ?? null,
    owner: lead.owner,
    next: lead.nextSummary === null ? null : { at: iso(lead.nextDueAt), summary: lead.nextSummary },
    paused: lead.pausedAt !== null,
    held: lead.heldAt !== null,
    createdAt: lead.createdAt.toISOString(),
  };
}

/** How far the lead is, and how good: as of now. */
export function ratingView(
  lead: Pick<
    ListedLead,
    | 'stage'
    | 'fitGrade'
    | 'score'
    | 'scoreAt'
    | 'scoreParts'
    | 'lastHighIntentAt'
    | 'armedAt'
    | 'valueTier'
    | 'clockOffsetMs'
  >,
  { realNowMs, fading }: ViewContext,
): Pick<z.input<typeof LeadSummary>, 'stage' | 'grade' | 'score' | 'readiness' | 'valueTier'> {
  const score = scoreAtMs(lead, leadNow(lead, realNowMs), fading);
  return {
    stage: lead.stage as Stage,
    grade: lead.fitGrade,
    score: shownScore(score),
    readiness: readinessOf(fading, lead, score),
    valueTier: lead.valueTier,
  };
}

export function leadDetail(lead: LeadDetail, consent: ConsentFacts, context: ViewContext): z.input<typeof Lead> {
  const [enrollment] = lead.enrollments;
  const [assignment] = lead.assignments;
  const needs = lead.needs.map((need) => ({ row: need, view: needView(need) }));
  return {
    ...leadSummary(lead, context),
    jobTitle: lead.jobTitle,
    industry: lead.industry,
    companySize: lead.companySize,
    country: lead.country,
    language: lead.language,
    timeZone: lead.timeZone,
    preferredChannel: lead.preferredChannel,
    phoneProblem:
      lead.phone === null || isReadPhone(lead.phone)
        ? null
        : 'it cannot be called from abroad: state it with a country code, or state the country of the lead',
    attributes: lead.attributes as Record<string, unknown>,
    account: lead.account,
    completeness: completeness(lead),
    need: needs.find(({ row }) => row.id === lead.needId)?.view ?? null,
    closedNeeds: needs.filter(({ row }) => row.id !== lead.needId).map(({ view }) => view),
    touches: lead.touches.toSorted(firstThenAsTheyCame).map(touchView),
    consent: consentView(consent, lead.email),
    enrollment:
      enrollment === undefined
        ? null
        : {
            id: enrollment.id,
            cadence: enrollment.cadence,
            revision: enrollment.revision.number,
            stepId: enrollment.stepId,
            dueAt: iso(enrollment.dueAt),
            startedAt: enrollment.startedAt.toISOString(),
            via: enrollment.via,
          },
    assignment:
      assignment === undefined
        ? null
        : {
            id: assignment.id,
            status: assignment.status,
            rep: assignment.rep,
            team: assignment.team,
            offeredAt: assignment.offeredAt.toISOString(),
            dueAt: iso(assignment.dueAt),
          },
    pausedAt: iso(lead.pausedAt),
    pausedReason: lead.pausedReason,
    heldAt: iso(lead.heldAt),
    heldReason: lead.heldReason,
    clock: { now: new Date(leadNow(lead, context.realNowMs)).toISOString(), offsetMs: Number(lead.clockOffsetMs) },
    updatedAt: lead.updatedAt.toISOString(),
  };
}

function needView(need: LeadDetail['needs'][number]): z.input<typeof Need> {
  return {
    id: need.id,
    type: need.type,
    productLine: need.productLine,
    stage: need.stage as Stage,
    maturity: need.maturity,
    bant: { budget: need.budget, authority: need.authority, need: need.needKnown, timing: need.timing },
    value: moneyOf(need),
    funnelStage: need.funnelStage,
    outcome: need.outcome,
    outcomeReason: need.outcomeReason,
    recycleCount: need.recycleCount,
    openedAt: need.openedAt.toISOString(),
    closedAt: iso(need.closedAt),
  };
}

function touchView(touch: LeadDetail['touches'][number]): z.input<typeof Touch> {
  return {
    id: touch.id,
    at: touch.occurredAt.toISOString(),
    first: touch.isFirst,
    inbound: touch.inbound,
    how: touch.how,
    channel: touch.channel,
    source: touch.source,
    medium: touch.medium,
    campaign: touch.campaign,
    content: touch.content,
    landingPage: touch.landingPage,
    referrer: touch.referrer,
    suspicious: [...(requestOf(touch).suspicious ?? [])],
  };
}

export function consentView(
  { latest, unconfirmed, suppressions }: ConsentFacts,
  email: string | null,
): z.input<typeof ConsentState> {
  const given = latest?.granted ?? false;
  const words = latest === null ? [] : [{ ...latest, atMs: latest.occurredAt.getTime() }];
  const mail = mayMail(email, { suppressions: suppressions.map(({ reason }) => reason), words });
  return {
    state: latest === null ? 'none' : given ? 'given' : 'withdrawn',
    text: latest?.text ?? null,
    source: latest?.source ?? null,
    statedBy: (latest?.statedBy ?? null) as ConsentBy | null,
    at: iso(latest?.occurredAt ?? null),
    unconfirmed:
      unconfirmed === null
        ? null
        : {
            text: unconfirmed.text,
            source: unconfirmed.source,
            statedBy: unconfirmed.statedBy as ConsentBy | null,
            at: unconfirmed.occurredAt.toISOString(),
          },
    suppressed: suppressions.map(({ reason, source, occurredAt }) => ({
      reason,
      source,
      since: occurredAt.toISOString(),
    })),
    mayMail: mail.may,
    because: mail.may ? null : reasonInWords(mail.reason),
  };
}

/** Each field has the same weight. */
function completeness(lead: LeadDetail): { percent: number; missing: string[] } {
  const missing = COMPLETE_PROFILE.filter((field) => lead[field] === null);
  return { percent: Math.round((100 * (COMPLETE_PROFILE.length - missing.length)) / COMPLETE_PROFILE.length), missing };
}

export function iso(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}

function firstThenAsTheyCame(a: { isFirst: boolean; occurredAt: Date }, b: typeof a): number {
  return Number(b.isFirst) - Number(a.isFirst) || a.occurredAt.getTime() - b.occurredAt.getTime();
}
