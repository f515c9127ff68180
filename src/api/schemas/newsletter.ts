import { z } from 'zod';
import { id, Timestamp } from './common.ts';
import { Doer } from './person.ts';

export const NewsletterView = z
  .object({
    key: z.string(),
    name: z.string(),
    template: z.string(),
    topic: z.string().nullable().meta({ description: 'Of the template; null when that is not published' }),
    segment: z.string().nullable(),
    when: z.string().nullable().meta({ description: 'The condition in words' }),
    times: z.string().meta({ description: 'In words', example: 'the first tue of a month at 09:00' }),
    timeZone: z.string().meta({ description: 'IANA zone, or "lead": of each lead' }),
    again: z.boolean(),
    paused: z.boolean(),
    pausedBy: z.string().nullable(),
    pauser: Doer.nullable().meta({ description: 'Who paused it' }),
    next: z
      .array(Timestamp)
      .nullable()
      .meta({ description: 'Its next times, as its Temporal Schedule has them; null while Temporal does not answer' }),
    isScheduled: z.boolean().meta({ description: 'Its Temporal Schedule is as newsletters.yaml says' }),
    problem: z.string().nullable().meta({ description: 'Why Temporal did not take the schedule' }),
    passedAt: Timestamp.nullable().meta({ description: 'The last time at which no issue went out' }),
    passedBecause: z.string().nullable(),
  })
  .meta({ id: 'Newsletter' });

export const NewsletterWithIssues = NewsletterView.extend({
  issues: z
    .array(
      z.object({
        id: id('broadcast'),
        key: z.string(),
        status: z.string(),
        total: z.int().nullable(),
        startedAt: Timestamp.nullable(),
      }),
    )
    .meta({ description: 'The newest first: each is a broadcast' }),
}).meta({ id: 'NewsletterWithIssues' });
