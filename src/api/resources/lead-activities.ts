import { z } from 'zod';
import { newId } from '../../domain/ids.ts';
import { leadNow, occurredAtMs } from '../../store/clock.ts';
import type { Prisma, RepActivity } from '../../store/generated/client.ts';
import { requireLead } from '../access.ts';
import type { ApiDeps } from '../deps.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { At, Cursor, id, Instant, Limit, page, readPlace, text, writePlace, type Place } from '../schemas/common.ts';
import { iso } from '../views/lead.ts';

const LEAD = z.object({ id: id('lead') });
const KINDS = ['call', 'email', 'meeting', 'note', 'next-step'] as const;

const NewActivity = z
  .strictObject({
    kind: z.enum(KINDS),
    body: text(4000).optional(),
    dueAt: Instant.optional().meta({ description: 'Of a next step: when it is to be done' }),
    occurredAt: Instant.optional(),
  })
  .superRefine((activity, context) => {
    if (activity.kind === 'next-step' && activity.dueAt === undefined) {
      context.addIssue({ code: 'custom', path: ['dueAt'], message: 'is missing; a next step has a date' });
    }
    if (activity.kind === 'note' && activity.body === undefined) {
      context.addIssue({ code: 'custom', path: ['body'], message: 'is missing; a note has a text' });
    }
  })
  .meta({ id: 'NewRepActivity' });

const Activity = z
  .object({
    id: id('activity'),
    kind: z.string(),
    body: z.string().nullable(),
    dueAt: At.nullable(),
    repId: z.string().nullable(),
    actor: z.string(),
    at: At,
  })
  .meta({ id: 'RepActivity' });

export function leadActivityRoutes({ store }: ApiDeps): Route[] {
  const { db } = store;
  return [
    route({
      method: 'post',
      path: '/v1/leads/:id/activities',
      tag: 'Rep activities',
      summary: 'Log a call, a meeting, a note or a next step',
      access: 'log-activity',
      params: LEAD,
      body: NewActivity,
      bodyExample: { kind: 'call', body: 'Wants an offer for 20 seats.' },
      answers: { 201: { description: 'Logged', schema: Activity } },
      problems: ['LEAD_UNKNOWN'],
      async handle({ params, body, caller }) {
        await requireLead(db, caller, 'log-activity', params.id);
        const lead = await db.lead.findUniqueOrThrow({ where: { id: params.id } });
        const row = await db.repActivity.create({
          data: {
            id: newId('activity'),
            leadId: lead.id,
            needId: lead.needId,
            repId: caller.rep?.id ?? null,
            actor: caller.rep?.id ?? caller.keyId,
            kind: body.kind,
            body: body.body ?? null,
            dueAt: body.dueAt ?? null,
            occurredAt: new Date(occurredAtMs(body.occurredAt, leadNow(lead, store.realNow()))),
          },
        });
        return json(201, activityView(row));
      },
    }),
    route({
      method: 'get',
      path: '/v1/leads/:id/activities',
      tag: 'Rep activities',
      summary: 'What reps did and noted, newest first',
      access: 'see-lead',
      params: LEAD,
      query: z.strictObject({ cursor: Cursor, limit: Limit }),
      answers: { 200: { description: 'A page of activities', schema: page(Activity) } },
      problems: ['LEAD_UNKNOWN'],
      async handle({ params, query: { cursor, limit }, caller }) {
        await requireLead(db, caller, 'see-lead', params.id);
        const rows = await db.repActivity.findMany({
          where: { leadId: params.id, ...olderThan(readPlace(cursor)) },
          orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }],
          take: limit + 1,
        });
        const items = rows.slice(0, limit);
        const last = items.at(-1);
        const nextCursor = rows.length > limit && last !== undefined ? writePlace(last.occurredAt, last.id) : null;
        return json(200, { items: items.map(activityView), nextCursor });
      },
    }),
  ];
}

function olderThan(place: Place | null): Prisma.RepActivityWhereInput {
  if (place === null) return {};
  return { OR: [{ occurredAt: { lt: place.at } }, { occurredAt: place.at, id: { lt: place.key } }] };
}

function activityView(row: RepActivity): z.input<typeof Activity> {
  return {
    id: row.id,
    kind: row.kind,
    body: row.body,
    dueAt: iso(row.dueAt),
    repId: row.repId,
    actor: row.actor,
    at: row.occurredAt.toISOString(),
  };
}
