import { z } from 'zod';
import { id, Instant, text } from './common.ts';
import { Email, EventSource, Properties } from './submission.ts';
import { ERROR_CODES, type ErrorCode } from '../../domain/errors.ts';

/** POST /v1/events */

const MAX_EVENTS = 500;

export const EventItem = z
  .strictObject({
    id: text(200).optional().meta({
      description: 'Created by the sender. An event with the same source and id counts once',
      example: 'web-7f3c1f0a',
    }),
    source: EventSource.optional(),
    leadId: id('lead')
      .optional()
      .meta({ description: 'Id of the lead. With a site key: the handle that POST /v1/leads returned' }),
    email: Email.optional().meta({ description: 'Names the lead when its id is not known. Not with a site key.' }),
    type: text(100).meta({ description: 'An event type of events.yaml', example: 'page.viewed' }),
    properties: Properties.optional(),
    occurredAt: Instant.optional(),
  })
  .refine((event) => event.leadId !== undefined || event.email !== undefined, {
    path: ['leadId'],
    message: 'is missing; an event names its lead by leadId or email',
  })
  .meta({ id: 'EventItem', unusedIO: 'input' });

/** Each item is checked by itself, so that an invalid item does not lose the others. */
export const EventBatch = z
  .strictObject({
    events: z
      .array(z.unknown().meta({ override: { $ref: '#/components/schemas/EventItem' } }))
      .min(1)
      .max(MAX_EVENTS),
  })
  .meta({ id: 'EventBatch', unusedIO: 'input' });

/** A batch, or one event as it is. */
export const EventBody = z.record(z.string(), z.unknown()).meta({
  override: { anyOf: [{ $ref: '#/components/schemas/EventBatch' }, { $ref: '#/components/schemas/EventItem' }] },
});

export const EVENTS_EXAMPLE = {
  events: [
    {
      id: 'web-7f3c1f0a',
      leadId: 'lead-0193f0c2a7b47c1e8f9d2b3c4d5e6f70',
      type: 'page.viewed',
      properties: { path: '/pricing' },
      occurredAt: '2026-12-01T09:00:00Z',
    },
  ],
};

const Code = z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]);

const ItemResult = z
  .union([
    z.object({
      status: z.enum(['accepted', 'duplicate']),
      id: z.string(),
      note: z.string().optional().meta({
        description: 'Present when a stated value was replaced, for example a time in the future by now',
      }),
    }),
    z.object({ status: z.literal('rejected'), id: z.string().nullable(), code: Code, message: z.string() }),
  ])
  .meta({ id: 'EventResult' });

export const EventResults = z
  .object({
    results: z.array(ItemResult).meta({ description: 'One per event, in the same order' }),
    accepted: z.int(),
    duplicate: z.int(),
    rejected: z.int(),
  })
  .meta({ id: 'EventResults' });
