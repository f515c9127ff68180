import { z } from 'zod';
import { assessedGrade, MOST_POINTS } from '../../domain/assessment.ts';
import { stated } from '../../domain/stated.ts';
import { BANT_STATES, MATURITIES } from '../../domain/stage.ts';
import { leadNow } from '../../store/clock.ts';
import { assess } from '../../store/sales/assess.ts';
import { actorOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { id, text, Timestamp } from '../schemas/common.ts';
import { Grade, Readiness } from '../schemas/lead.ts';
import { ratingView } from '../views/lead.ts';

const Bant = z.enum(BANT_STATES);
const FACTS = ['grade', 'maturity', 'budget', 'authority', 'need', 'timing', 'points'] as const;

const NewAssessment = z
  .strictObject({
    grade: Grade.nullable().optional().meta({ description: 'The fit, corrected. Null: the rules give it again' }),
    maturity: z.enum(MATURITIES).optional(),
    budget: Bant.optional(),
    authority: Bant.optional(),
    need: Bant.optional(),
    timing: Bant.optional(),
    points: z
      .int()
      .min(-MOST_POINTS)
      .max(MOST_POINTS)
      .optional()
      .meta({ description: 'Engagement points to add or to take; they fade as others do. They want a note' }),
    note: text(4000).optional(),
  })
  .superRefine((given, context) => {
    if (FACTS.every((fact) => given[fact] === undefined))
      context.addIssue({
        code: 'custom',
        path: ['grade'],
        message: `is missing; give at least one of ${FACTS.join(', ')}`,
      });
    if (given.points !== undefined && given.note === undefined)
      context.addIssue({ code: 'custom', path: ['note'], message: 'is missing; points want a note that says why' });
  })
  .meta({ id: 'NewAssessment' });

const Assessment = z
  .object({
    leadId: id('lead'),
    grade: Grade,
    gradedBy: z.enum(['person', 'rules']),
    score: z.int(),
    readiness: Readiness,
    qualified: z.boolean(),
    until: Timestamp.meta({ description: 'So long it outranks the rules, and what requests state' }),
    need: z
      .object({
        maturity: z.enum(MATURITIES),
        bant: z.object({ budget: Bant, authority: Bant, need: Bant, timing: Bant }),
      })
      .nullable(),
  })
  .meta({ id: 'Assessment' });

export function leadAssessmentRoutes({ store, ring }: ApiDeps): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/leads/:id/assessments',
      tag: 'Rep activities',
      summary: 'Say what you found out about a lead',
      description:
        'Corrects the fit, says maturity and BANT of the open need, or gives points with a note. It outranks the rules of scoring and what forms state until it is too old (`assessments` in scoring.yaml). The lead may qualify by it.',
      access: 'assess',
      params: z.object({ id: id('lead') }),
      body: NewAssessment,
      bodyExample: {
        grade: 'B',
        budget: 'known',
        timing: 'known',
        points: 20,
        note: 'Builds in spring, has an offer of ours.',
      },
      answers: { 201: { description: 'What is known now', schema: Assessment } },
      problems: ['LEAD_UNKNOWN', 'CONFLICT'],
      async handle({ params, body, caller, rules: { playbook } }) {
        const { need: needKnown, ...given } = body;
        const done = await assess(store, actorOf(caller), params.id, stated({ ...given, needKnown }));
        ring(done.ringIds);
        const { lead, need } = done;
        const realNowMs = store.realNow();
        const { grade, score, readiness } = ratingView(lead, { realNowMs, fading: playbook.scoring });
        return json(201, {
          leadId: lead.id,
          grade,
          gradedBy: assessedGrade(lead, leadNow(lead, realNowMs)) === null ? 'rules' : 'person',
          score,
          readiness,
          qualified: lead.qualifiedAt !== null,
          until: done.until.toISOString(),
          need:
            need === null
              ? null
              : {
                  maturity: need.maturity,
                  bant: { budget: need.budget, authority: need.authority, need: need.needKnown, timing: need.timing },
                },
        });
      },
    }),
  ];
}
