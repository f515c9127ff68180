import { z } from 'zod';
import { MATURITIES } from '../../domain/stage.ts';
import { At, id, page } from './common.ts';
import { Grade, Stage } from './lead.ts';
import { Money } from './money.ts';

export const ASSIGNMENT_STATUSES = ['offered', 'accepted', 'rejected', 'rerouted', 'expired', 'withdrawn'] as const;

export const Assignment = z
  .object({
    id: id('assignment'),
    status: z.enum(ASSIGNMENT_STATUSES),
    rep: z.object({ id: z.string(), key: z.string(), name: z.string() }),
    team: z.string(),
    rule: z.string().meta({ description: 'The routing rule that matched, or who rerouted it' }),
    offeredAt: At,
    dueAt: At.nullable().meta({ description: 'When the SLA to decide ends' }),
    remindedAt: At.nullable(),
    decidedAt: At.nullable(),
    decidedBy: z.string().nullable(),
    reason: z.string().nullable(),
    lead: z.object({
      id: id('lead'),
      name: z.string().nullable(),
      company: z.string().nullable(),
      jobTitle: z.string().nullable(),
      source: z.string().nullable(),
      stage: Stage,
      grade: Grade,
      score: z.int(),
    }),
    need: z.object({
      type: z.string().nullable(),
      productLine: z.string().nullable(),
      maturity: z.enum(MATURITIES),
      value: Money.nullable(),
      recycleCount: z.int(),
    }),
  })
  .meta({ id: 'Assignment' });

export const AssignmentPage = page(Assignment).meta({ id: 'AssignmentPage' });

export const Brief = z
  .object({
    email: z.string().nullable(),
    phone: z.string().nullable(),
    country: z.string().nullable(),
    campaign: z.string().nullable(),
    qualifiedBy: z.string().nullable(),
    reasons: z
      .array(z.object({ rule: z.string(), points: z.number(), at: At }))
      .meta({ description: 'The score, by rule, as of now' }),
    actions: z.array(z.object({ what: z.string(), at: At })).meta({ description: 'What they did, latest first' }),
    notes: z
      .array(z.object({ body: z.string(), by: z.string().nullable(), at: At }))
      .meta({ description: 'What reps noted, latest first' }),
  })
  .meta({ id: 'Brief', description: 'What a rep should know before the first call' });

export const AssignmentWithBrief = Assignment.extend({
  brief: Brief.nullable().meta({ description: 'null once the offer is over and the lead is not yours' }),
}).meta({ id: 'AssignmentWithBrief' });
