import { z } from 'zod';
import { MATURITIES } from '../../domain/stage.ts';
import { pageOf } from '../page.ts';
import { Timestamp, id } from './common.ts';
import { Grade, LeadSummary, Stage } from './lead.ts';
import { Money } from './money.ts';
import { Doer, Person } from './person.ts';

export const ASSIGNMENT_STATUSES = ['offered', 'accepted', 'rejected', 'rerouted', 'expired', 'withdrawn'] as const;

export const Assignment = z
  .object({
    id: id('assignment'),
    status: z.enum(ASSIGNMENT_STATUSES),
    rep: Person,
    team: z.string(),
    timeZone: z
      .string()
      .meta({ description: 'Zone of the team, in which its working hours are', example: 'Europe/Berlin' }),
    rule: z.string().meta({ description: 'The routing rule that matched, or the person who rerouted the lead' }),
    offeredAt: Timestamp,
    dueAt: Timestamp.nullable().meta({ description: 'When the SLA to decide ends' }),
    remindedAt: Timestamp.nullable(),
    decidedAt: Timestamp.nullable(),
    decidedBy: z.string().nullable().meta({ description: 'system, or the id of a rep or key' }),
    decider: Doer.nullable().meta({ description: 'The person who decided: the rep, or somebody on behalf of the rep' }),
    reason: z.string().nullable(),
    lead: z.object({
      id: id('lead'),
      name: z
        .string()
        .nullable()
        .meta({ description: 'This and the fields below are null once the lead is not yours' }),
      company: z.string().nullable(),
      jobTitle: z.string().nullable(),
      source: z.string().nullable(),
      stage: Stage.nullable(),
      grade: Grade.nullable(),
      score: z.int().nullable(),
      readiness: LeadSummary.shape.readiness.nullable(),
      valueTier: LeadSummary.shape.valueTier,
    }),
    need: z
      .object({
        type: z.string().nullable(),
        productLine: z.string().nullable(),
        maturity: z.enum(MATURITIES),
        value: Money.nullable(),
        recycleCount: z.int(),
      })
      .nullable()
      .meta({ description: 'null once the lead is not yours' }),
  })
  .meta({ id: 'Assignment' });

export const AssignmentPage = pageOf(Assignment).meta({ id: 'AssignmentPage' });

export const Brief = z
  .object({
    email: z.string().nullable(),
    phone: z.string().nullable(),
    country: z.string().nullable(),
    campaign: z.string().nullable(),
    qualifiedBy: z.string().nullable(),
    reasons: z
      .array(z.object({ rule: z.string(), points: z.number(), at: Timestamp }))
      .meta({ description: 'The current score, rule by rule' }),
    actions: z
      .array(z.object({ what: z.string(), at: Timestamp }))
      .meta({ description: 'Actions of the lead, latest first' }),
    whyNow: z.string().meta({
      description: 'Why it comes now, in a sentence',
      example: 'Asked for a demo: “/pricing” 2 minutes ago; grade A, “owner”, 100 to 500 staff',
    }),
    nextAction: z
      .string()
      .meta({ description: 'What to do next', example: 'Call them today. Find out: budget, timing.' }),
    read: z.array(z.string()).meta({ description: 'Pages and material that it read, each once, latest first' }),
    history: z
      .array(z.object({ what: z.string(), at: Timestamp }))
      .meta({ description: 'Hand-offs that are over and needs that are closed, latest first' }),
    notes: z
      .array(z.object({ body: z.string(), by: z.string().nullable(), at: Timestamp }))
      .meta({ description: 'Notes of reps, latest first' }),
  })
  .meta({ id: 'Brief', description: 'The facts a rep needs before the first call' });

export const AssignmentWithBrief = Assignment.extend({
  brief: Brief.nullable().meta({ description: 'Null once the offer is over and the lead is not yours' }),
}).meta({ id: 'AssignmentWithBrief' });
