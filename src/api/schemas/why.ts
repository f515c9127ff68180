/** Why a lead is where it is. */
import { z } from 'zod';
import { SEND_STATUSES } from '../../domain/send-status.ts';
import { Timestamp, id } from './common.ts';
import { Waits } from './waits.ts';
import { ConsentState, Grade, Readiness, Stage } from './lead.ts';

export const SendInWords = z.object({
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

export const Why = z
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
      proposedLine: z.string().nullable().meta({
        description:
          'The product line that the score speaks for and the need is not about; null without `lineNeed` in scoring.yaml',
      }),
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
    waitsFor: z.array(Waits).meta({
      description:
        'What keeps this lead waiting beside its cadence: a pause of that or of all sending, a bulk run that stopped before it came to the lead, a receiving domain that refuses us, a limit of sending, its own word',
    }),
    held: z.object({ since: Timestamp, reason: z.string().nullable() }).nullable(),
    consent: ConsentState,
    againstMail: z.array(z.object({ what: z.string(), since: Timestamp.nullable(), lift: z.string() })).meta({
      description:
        'What stands against mail to it, in sentences: each with since when (null: nothing was ever said) and what lifts it. Empty: marketing mail may go to it',
    }),
    controlGroup: z.object({ keptOutSince: Timestamp.nullable() }).nullable().meta({
      description:
        'Set for a lead of the control group, which gets neither cadences by themselves nor broadcasts: since when it was kept out of one. Null for others',
    }),
    lastSend: SendInWords.nullable().meta({
      description: 'The latest message for the lead, and its status',
    }),
    notSent: z
      .array(SendInWords)
      .meta({ description: 'The latest messages that were not sent, or may not have been sent' }),
  })
  .meta({ id: 'Why' });
