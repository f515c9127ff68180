import { z } from 'zod';
import { assessedGrade } from '../../domain/assessment.ts';
import { scoreAtMs } from '../../domain/score.ts';
import { bandReached, groupShares, lineScores, missingPoints } from '../../domain/score-explained.ts';
import { explainReadiness, gradeOf } from '../../domain/engagement.ts';
import { fitConditions } from '../../domain/fit.ts';
import { learnedOfLead } from '../../domain/learned/of-lead.ts';
import { readinessOf } from '../../domain/readiness.ts';
import { leadZone, zoneOfLead } from '../../domain/lead-zone.ts';
import { formatForPeople } from '../../domain/schedule.ts';
import { shownPoints, shownScore } from '../../domain/score-words.ts';
import { SEND_STATUSES, shownStatus } from '../../domain/send-status.ts';
import { sendTitle } from '../../domain/send-words.ts';
import { AppError } from '../../domain/errors.ts';
import { leadNow } from '../../store/clock.ts';
import { qualificationOf, readinessNow } from '../../store/scoring/evaluate.ts';
import { type AccountNow, readAccount } from '../../store/lists/account.ts';
import { loadFacts } from '../../store/facts/facts.ts';
import { readConsent, readLead, type LeadDetail } from '../../store/lists/lead.ts';
import { armsOf } from '../../store/lists/arms.ts';
import { scoreByRule } from '../../store/lists/score-by-rule.ts';
import { scoredEvents } from '../../store/lists/score-events.ts';
import { lastSends, type ListedSend } from '../../store/lists/sends.ts';
import { waitsFor } from '../../store/lists/waits-for.ts';
import { requireLead } from '../access.ts';
import type { ApiDeps } from '../deps.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { Timestamp, id } from '../schemas/common.ts';
import { ConsentState, Grade, Readiness, Stage } from '../schemas/lead.ts';
import { consentView, iso } from '../views/lead.ts';

const SKIPPED_SHOWN = 5;
const EVENTS_SHOWN = 5;

const SendInWords = z.object({
  id: id('send'),
  at: Timestamp,
  template: z.string(),
  status: z.enum(SEND_STATUSES),
  reason: z.string().nullable(),
  title: z.string().meta({ example: 'Email ‘case-study’ not sent: there is no consent to marketing mail' }),
});

const Missing = z.object({
  points: z.int(),
  by: z.array(z.object({ rule: z.string(), event: z.string(), points: z.number() })),
});

const Why = z
  .object({
    leadId: id('lead'),
    stage: Stage,
    score: z.object({
      now: z.int().meta({ description: 'Engagement score now, in whole points, rounded down' }),
      needed: z
        .number()
        .nullable()
        .meta({ description: 'The score needed with this grade. Null when no score makes the lead ready' }),
      missing: Missing.nullable().meta({
        description:
          'Whole points that are missing to be ready, and the rules that would give them at once. Null when it is ready, or can never be by its score',
      }),
      band: z
        .object({
          now: z.string(),
          next: Missing.extend({ band: z.string() }).nullable().meta({ description: 'Null: it is the highest' }),
        })
        .nullable()
        .meta({ description: 'The band of the score, and what is missing to the next one. Null without bands' }),
      limit: z.number().nullable().meta({ description: 'The score counts at most so much' }),
      groups: z
        .array(z.object({ group: z.string(), points: z.number(), counts: z.number(), limit: z.number().nullable() }))
        .meta({ description: 'What groups of rules have, and what of it counts' }),
      lines: z
        .array(z.object({ line: z.string(), score: z.int() }))
        .meta({ description: 'The score of each product line, the highest first' }),
      rules: z.array(
        z.object({
          rule: z.string(),
          group: z.string().nullable(),
          points: z.number().meta({
            description:
              'Points left after decay. Those of rules without a group, and what counts of the groups, add up to the exact score',
          }),
          count: z.int(),
          lastAt: Timestamp,
          events: z
            .array(z.object({ event: z.string(), at: Timestamp, points: z.number() }))
            .meta({ description: 'The latest events behind it, with what it gave for each' }),
        }),
      ),
    }),
    grade: z.object({
      grade: Grade,
      points: z.int(),
      rules: z.array(z.object({ rule: z.string(), points: z.number() })),
      assessed: z
        .object({ grade: Grade, by: z.string(), until: Timestamp })
        .nullable()
        .meta({ description: 'The grade that a person gave: it outranks the rules until it is too old' }),
      completeness: z.int().meta({ description: 'How much is known of what the fit asks about, in percent' }),
      unknown: z
        .array(z.string())
        .meta({ description: 'Rules and criteria that ask about something unknown, the weightiest first' }),
    }),
    valueTier: z.string().nullable(),
    qualification: z.object({
      qualified: z.boolean(),
      at: Timestamp.nullable(),
      by: z.string().nullable(),
      ready: z.boolean(),
      readiness: Readiness,
      learned: z
        .number()
        .nullable()
        .meta({ description: 'Percent: the learned readiness. Null when nothing was learned' }),
      because: z.string().meta({ example: 'score 23 of 45 needed for grade B' }),
    }),
    account: z
      .object({
        ready: z.boolean(),
        because: z
          .string()
          .meta({ example: '3 people of its account have 62 points together, of 2 people and 40 points needed' }),
        people: z.array(z.object({ leadId: id('lead'), score: z.int() })),
      })
      .nullable()
      .meta({
        description:
          'The people of its account who show interest, the most interested first. Null without an account, or without the rule',
      }),
    timeZone: z
      .object({
        zone: z.string().meta({ example: 'America/Los_Angeles' }),
        because: z.string().meta({ example: 'the time zone of its region, California (US)' }),
      })
      .meta({
        description: 'The time zone in which its days, windows and quiet hours are, and where it is known from',
      }),
    next: z.object({
      what: z.string(),
      at: Timestamp.nullable(),
      when: z.string().nullable().meta({ description: "In the lead's time zone" }),
      why: z.string(),
    }),
    arms: z
      .array(z.object({ cadence: z.string(), stepId: z.string(), arm: z.string(), at: Timestamp }))
      .meta({ description: 'The arms that splits gave the lead, the newest first; "holdout" ended the cadence' }),
    beside: z
      .array(
        z.object({
          cadence: z.string(),
          kind: z.enum(['main', 'reminder']),
          status: z.enum(['active', 'suspended']),
          key: z.string().nullable().meta({ description: 'What a reminder is about' }),
          step: z.string().nullable(),
          at: Timestamp.nullable(),
        }),
      )
      .meta({ description: 'Reminders, and cadences that stand still while another one runs' }),
    paused: z.object({ since: Timestamp, reason: z.string().nullable() }).nullable(),
    waitsFor: z.array(z.object({ what: z.string(), since: Timestamp, ref: z.string() })).meta({
      description:
        'What keeps this lead waiting along with others: a pause of its cadence or of all sending (`ref`: "sending", "cadence:KEY"), or a bulk run that stopped before it came to the lead (`ref`: its id)',
    }),
    held: z.object({ since: Timestamp, reason: z.string().nullable() }).nullable(),
    consent: ConsentState,
    lastSend: SendInWords.nullable().meta({
      description: 'The latest message for the lead, and its status',
    }),
    notSent: z
      .array(SendInWords)
      .meta({ description: 'The latest messages that were not sent, or may not have been sent' }),
  })
  .meta({ id: 'Why' });

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
        const [facts, rules, scored, sends, consent, arms, waits, account] = await Promise.all([
          loadFacts(db, lead, fitConditions(playbook.scoring), playbook, atMs),
          scoreByRule(db, lead.id, new Date(atMs), playbook.scoring),
          scoredEvents(db, lead.id, EVENTS_SHOWN),
          lastSends(db, lead.id, SKIPPED_SHOWN),
          readConsent(db, lead),
          armsOf(db, lead.id),
          waitsFor(db, lead),
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
          next: nextOf(lead, zoneOfLead(lead, playbook.defaultTimeZone)),
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
          waitsFor: waits.map(({ since, ...wait }) => ({ ...wait, since: since.toISOString() })),
          held: lead.heldAt === null ? null : { since: lead.heldAt.toISOString(), reason: lead.heldReason },
          consent: consentView(consent, lead.email),
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

function nextOf(lead: LeadDetail, zone: string): z.input<typeof Why>['next'] {
  const when = lead.nextDueAt === null ? null : formatForPeople(lead.nextDueAt.getTime(), zone);
  return {
    what: lead.nextSummary ?? 'The process of the lead has not run yet',
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
    }),
  };
}
