import { z } from 'zod';
import { BROADCAST_STATUSES, HIGHEST_BROADCAST_RATE } from '../../domain/broadcast.ts';
import { isLocalTime } from '../../domain/broadcast-times.ts';
import { parseSpan } from '../../domain/span.ts';
import { condition } from '../../language/condition-schema.ts';
import { Waits } from './waits.ts';
import { id, Instant, text, Timestamp } from './common.ts';
import { Doer } from './person.ts';

const Key = z
  .string()
  .max(100)
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be small letters, digits and dashes, as in "news-2026-12"')
  .meta({ example: 'news-2026-12' });

export const BroadcastRate = z.int('must be a whole number').min(1).max(HIGHEST_BROADCAST_RATE).meta({
  description: 'Messages in a minute, at most; without it as fast as the mail server takes them',
});

const Schedule = z
  .union([
    z.strictObject({ at: Instant }),
    z.strictObject({
      local: z
        .string()
        .max(40)
        .refine(isLocalTime, 'must be a date and time without a zone, as in "2026-12-01T09:00"')
        .meta({ description: 'A date and time of each lead’s own zone', example: '2026-12-01T09:00' }),
    }),
  ])
  .meta({ description: 'Without it: as soon as it is started' });

const Variant = z.strictObject({
  template: text(100).meta({ description: 'Key of a published template' }),
  subject: text(250).optional().meta({ description: 'In place of the subject of the template; with Liquid' }),
});

export const Trial = z
  .strictObject({
    share: z
      .number()
      .min(0.01)
      .max(0.9)
      .default(0.2)
      .meta({ description: 'Share of the leads, each of whom gets one of the variants' }),
    for: z
      .string()
      .max(40)
      .default('4 hours')
      .refine((written) => parseSpan(written) !== null, 'must be a duration such as "4 hours"')
      .meta({ description: 'How long reactions are waited for, from the last message of the trial on' }),
    by: z.enum(['clicks', 'replies']).default('clicks'),
    ifUnclear: z
      .enum(['first', 'person'])
      .default('first')
      .meta({ description: 'Where it cannot be told which did best: the rest gets the first, or a person decides' }),
  })
  .meta({ description: 'How variants are tried; the rest of the leads gets the one that did best' });

export const BroadcastRequest = z.strictObject({
  key: Key.meta({ description: 'A name of your choice; no two broadcasts have the same' }),
  template: text(100).optional().meta({ description: 'Key of a published template; or `variants`' }),
  variants: z
    .array(Variant)
    .min(2)
    .max(5)
    .optional()
    .meta({ description: 'Several ways to word it, which `trial` tries on a share of the leads first' }),
  trial: Trial.optional(),
  segment: text(100).optional().meta({ description: 'Whom it is for; or `when`' }),
  when: condition('lead')
    .optional()
    .meta({
      description: 'A condition as in a cadence (docs/conditions.md); or `segment`',
      override: { type: 'object' },
    }),
  schedule: Schedule.optional(),
  rate: BroadcastRate.optional(),
  again: z.boolean().default(false).meta({ description: 'Also to leads that got the same words before' }),
});

const Counts = z.record(z.string(), z.int());

const Reacted = z.object({
  human: z.int(),
  suspect: z.int().meta({ description: 'Perhaps a scanner’s, and no human sign has followed: it does not count' }),
  machine: z.int(),
  unknown: z.int().meta({ description: 'By whom cannot be told, such as a web mail’s proxy that also serves people' }),
  untracked: z.int().meta({ description: 'Messages that left of which it is not recorded' }),
});

const Preview = z
  .object({
    count: z.int().meta({ description: 'Leads that it is for' }),
    looked: z.int().meta({ description: 'So many of them were looked at; the numbers that follow are of these' }),
    gets: z.int().meta({ description: 'Would get it now' }),
    later: Counts.meta({ description: 'Would get it later, by the reason' }),
    leftOut: Counts.meta({ description: 'Would not get it, by the reason' }),
    at: Timestamp,
  })
  .meta({ id: 'BroadcastPreview' });

export const BroadcastSummary = z
  .object({
    id: id('broadcast'),
    key: z.string(),
    status: z.enum(BROADCAST_STATUSES),
    template: z.string().meta({ description: 'Of the first variant' }),
    topic: z.string(),
    segment: z.string().nullable(),
    when: z.string().nullable().meta({ description: 'The condition in words; null once its leads are gathered' }),
    schedule: z.union([z.literal('now'), z.object({ at: Timestamp }), z.object({ local: z.string() })]),
    rate: z.int().nullable(),
    again: z.boolean(),
    total: z.int().nullable().meta({ description: 'Leads that it is for, as far as they are gathered' }),
    nextAt: Timestamp.nullable().meta({ description: 'When there is something to do again' }),
    winner: z.string().nullable().meta({ description: 'The variant that who was not in the trial gets' }),
    winnerBecause: z.string().nullable(),
    error: z.string().nullable().meta({ description: 'Why it stopped by itself. Resume it to try again' }),
    createdBy: z.string(),
    creator: Doer.meta({ description: 'Who planned it' }),
    createdAt: Timestamp,
    startedBy: z.string().nullable(),
    starter: Doer.nullable().meta({ description: 'Who started it' }),
    startedAt: Timestamp.nullable(),
    endedAt: Timestamp.nullable(),
  })
  .meta({ id: 'BroadcastSummary' });

export const BroadcastView = BroadcastSummary.extend({
  preview: Preview.nullable().meta({ description: 'What the last preview counted' }),
  variants: z
    .array(
      z.object({
        variant: z.string(),
        template: z.string(),
        subject: z.string().nullable(),
        sent: z.int(),
        measured: z.int().meta({
          description:
            'Of those sent, messages of which it can be known: a mail that is not tracked tells nothing of clicks',
        }),
        reacted: z
          .int()
          .meta({ description: 'Messages on which a person clicked, or replied where the trial goes by replies' }),
      }),
    )
    .meta({ description: 'What became of each variant' }),
  left: z.int().meta({ description: 'Leads that it has still to come to' }),
  waitsFor: z.array(Waits).meta({
    description:
      'What keeps its messages waiting while it runs: a pause of all sending, receiving domains that refuse us (with the number of its leads there), limits of sending',
  }),
  outcomes: Counts.meta({
    description: 'Leads by what became of them: sent, failed, in_doubt, claimed, or why they got nothing',
  }),
  reactions: z.object({ opened: Reacted, clicked: Reacted, replied: Reacted }).meta({
    description:
      'Messages on which there was a reaction, by whose it was; one on which a person and a machine clicked counts in both',
  }),
  countedAt: Timestamp.meta({
    description: 'When these were counted: of 50,000 leads or more not for each request, but at once when it is over',
  }),
}).meta({ id: 'Broadcast' });

export const PreviewedBroadcast = BroadcastView.extend({
  sample: z.array(id('lead')).meta({ description: 'Some of those who would get it' }),
}).meta({ id: 'PreviewedBroadcast' });
