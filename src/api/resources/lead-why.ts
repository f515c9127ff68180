import { z } from 'zod';
import { isOfControlGroup } from '../../domain/control-group.ts';
import { assessedGrade } from '../../domain/assessment.ts';
import { scoreAtMs } from '../../domain/score.ts';
import { bandReached, groupShares, lineScores, missingPoints } from '../../domain/score-explained.ts';
import { explainReadiness, gradeOf } from '../../domain/engagement.ts';
import { fitConditions } from '../../domain/fit.ts';
import { proposedLine } from '../../domain/proposed-line.ts';
import { learnedOfLead } from '../../domain/learned/of-lead.ts';
import { readinessOf } from '../../domain/readiness.ts';
import { leadZone, zoneOfLead } from '../../domain/lead-zone.ts';
import { formatForPeople } from '../../domain/schedule.ts';
import { nextInWords, outlasting, type Wait } from '../../domain/waits.ts';
import { shownPoints, shownScore } from '../../domain/score-words.ts';
import { shownStatus } from '../../domain/send-status.ts';
import { sendTitle } from '../../domain/send-words.ts';
import { AppError } from '../../domain/errors.ts';
import { leadNow } from '../../store/clock.ts';
import { qualificationOf, readinessNow } from '../../store/scoring/evaluate.ts';
import { type AccountNow, readAccount } from '../../store/lists/account.ts';
import { loadFacts } from '../../store/facts/facts.ts';
import { readAgainstMail } from '../../store/lists/against-mail.ts';
import { readLead, type LeadDetail } from '../../store/lists/lead.ts';
import { armsOf } from '../../store/lists/arms.ts';
import { scoreByRule } from '../../store/lists/score-by-rule.ts';
import { scoredEvents } from '../../store/lists/score-events.ts';
import { lastSends, type ListedSend } from '../../store/lists/sends.ts';
import { waitsFor } from '../../store/lists/waits-for.ts';
import { requireLead } from '../access.ts';
import type { ApiDeps } from '../deps.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { id } from '../schemas/common.ts';
import { type SendInWords, Why } from '../schemas/why.ts';
import { waitView } from '../views/waits.ts';
import { consentView, iso } from '../views/lead.ts';

const SKIPPED_SHOWN = 5;
const EVENTS_SHOWN = 5;

export function leadWhyRoutes({ store }: ApiDeps): Route[] {
  const { db } = store;

  return [
    route({
      method: 'get',
      path: '/v1/leads/:id/why',
      tag: 'Leads',
      summary: 'Why a lead is where it is',
      description:
        'The score by rule, the grade, the points missing to qualify, the next step and its time, and why the last email was or was not sent.',
      access: 'see-lead',
      params: z.object({ id: id('lead') }),
      answers: { 200: { description: 'The reasons', schema: Why } },
      problems: ['LEAD_UNKNOWN'],
      async handle({ params, caller, rules: { playbook } }) {
        await requireLead(store, caller, 'see-lead', params.id);
        const lead = await readLead(db, params.id);
        if (lead === null) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id');
        const atMs = leadNow(lead, store.realNow());
        const score = scoreAtMs(lead, atMs, playbook.scoring);
        const [facts, rules, scored, sends, { consent, against }, arms, waits, account] = await Promise.all([
          loadFacts(db, lead, fitConditions(playbook.scoring), playbook, atMs),
          scoreByRule(db, lead.id, new Date(atMs), playbook.scoring),
          scoredEvents(db, lead.id, EVENTS_SHOWN),
          lastSends(db, lead.id, SKIPPED_SHOWN),
          readAgainstMail(db, lead),
          armsOf(db, lead.id),
          waitsFor(db, lead, atMs),
          readAccount(db, lead, playbook.scoring, store.realNow()),
        ]);
        const assessed = assessedGrade(lead, atMs);
        const fit = gradeOf(playbook.scoring, facts);
        const judged = qualificationOf(playbook, lead, atMs, null);
        const readiness = explainReadiness(playbook.scoring, lead.fitGrade, score);
        return json(200, {
          leadId: lead.id,
          stage: lead.stage,
          score: {
            now: shownScore(score),
            needed: playbook.scoring.ready[lead.fitGrade],
            missing: missingPoints(lead, lead.fitGrade, atMs, playbook.scoring),
            band: bandReached(lead, atMs, playbook.scoring),
            limit: playbook.scoring.limit ?? null,
            groups: groupShares(lead, atMs, playbook.scoring).map((share) => ({
              ...share,
              points: shownPoints(share.points),
              counts: shownPoints(share.counts),
            })),
            lines: lineScores(lead, atMs, playbook.scoring).map((of) => ({ ...of, score: shownScore(of.score) })),
            proposedLine: proposedLine(playbook.scoring, lead, aboutOf(lead), atMs)?.line ?? null,
            rules: rules.map((share) => ({
              ...share,
              points: shownPoints(share.points),
              lastAt: share.lastAt.toISOString(),
              events: scored
                .filter(({ rule }) => rule === share.rule)
                .map(({ event, at, points }) => ({ event, at: at.toISOString(), points: shownPoints(points) })),
            })),
          },
          grade: {
            ...fit,
            grade: assessed?.grade ?? fit.grade,
            assessed: assessed && {
              grade: assessed.grade,
              by: assessed.by,
              until: new Date(assessed.untilMs).toISOString(),
            },
            rules: fit.rules.map((one) => ({ ...one, points: shownPoints(one.points) })),
          },
          valueTier: lead.valueTier,
          qualification: {
            qualified: lead.qualifiedAt !== null || judged.qualifies,
            at: iso(lead.qualifiedAt),
            by: lead.qualifiedBy,
            ready: readinessNow(playbook, lead, atMs).ready,
            readiness: readinessOf(playbook.scoring, lead, score),
            learned: learnedOfLead(playbook.scoring, lead, atMs),
            because: judged.because.includes(readiness) ? judged.because : `${judged.because} (${readiness})`,
          },
          account: accountView(account),
          timeZone: leadZone(lead, playbook.defaultTimeZone),
          next: nextOf(lead, zoneOfLead(lead, playbook.defaultTimeZone), atMs, waits),
          arms: arms.map(({ occurredAt, ...arm }) => ({ ...arm, at: occurredAt.toISOString() })),
          beside: lead.beside.map(({ cadence, kind, status, key, stepId, dueAt }) => ({
            cadence,
            kind: kind === 'reminder' ? ('reminder' as const) : ('main' as const),
            status: status === 'suspended' ? ('suspended' as const) : ('active' as const),
            key,
            step: stepId,
            at: iso(dueAt),
          })),
          paused: lead.pausedAt === null ? null : { since: lead.pausedAt.toISOString(), reason: lead.pausedReason },
          waitsFor: waits.map(waitView),
          held: lead.heldAt === null ? null : { since: lead.heldAt.toISOString(), reason: lead.heldReason },
          consent: consentView(consent, lead.email),
          againstMail: against.map(({ what, since, lift }) => ({ what, since: iso(since), lift })),
          controlGroup: isOfControlGroup(lead.id, playbook.controlGroup)
            ? { keptOutSince: iso(lead.controlSince) }
            : null,
          lastSend: sends.last === null ? null : sendInWords(sends.last),
          notSent: sends.skipped.map(sendInWords),
        });
      },
    }),
  ];
}

function accountView(account: AccountNow | null): z.input<typeof Why>['account'] {
  return account && { ...account, people: account.people.map((one) => ({ ...one, score: shownScore(one.score) })) };
}

function nextOf(lead: LeadDetail, zone: string, nowMs: number, waits: readonly Wait[]): z.input<typeof Why>['next'] {
  const inWords = (at: Date): string => formatForPeople(at.getTime(), zone, nowMs);
  const when = lead.nextDueAt === null ? null : inWords(lead.nextDueAt);
  const summary = lead.nextSummary ?? 'The process of the lead has not run yet';
  const longer = outlasting(waits, lead.nextDueAt);
  return {
    what: longer === null ? summary : nextInWords(summary, longer, inWords(longer.until)),
    at: iso(lead.nextDueAt),
    when,
    why: whyNext(lead),
  };
}

function whyNext(lead: LeadDetail): string {
  if (lead.heldAt !== null) return `It is held: ${lead.heldReason ?? 'the reason is unknown'}`;
  if (lead.pausedAt !== null) return `It is paused${lead.pausedReason === null ? '' : `: ${lead.pausedReason}`}`;
  const [enrollment] = lead.enrollments;
  if (enrollment !== undefined) {
    const step = enrollment.stepId === null ? '' : ` before step ‘${enrollment.stepId}’`;
    const late = enrollment.dueBecause === null ? '' : `. It waits because ${enrollment.dueBecause}`;
    return `It is in cadence ‘${enrollment.cadence}’ (revision ${enrollment.revision.number})${step}, by ${enrollment.via}${late}`;
  }
  return `It is in stage ${lead.stage} and in no cadence`;
}

function sendInWords(send: ListedSend): z.input<typeof SendInWords> {
  return {
    id: send.id,
    at: send.occurredAt.toISOString(),
    template: send.templateKey,
    status: shownStatus(send),
    reason: send.reason,
    title: sendTitle({
      template: send.templateKey,
      channel: send.channel,
      audience: send.audience,
      status: shownStatus(send),
      reason: send.reason,
      resendOf: send.resendOf,
      broadcast: send.broadcast?.key ?? null,
    }),
  };
}

/** The product line of its current need. */
function aboutOf({ needs, needId }: LeadDetail): string | null {
  return needs.find(({ id }) => id === needId)?.productLine ?? null;
}
