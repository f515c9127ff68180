import { z } from 'zod';
import { CONTACT_RESULTS } from '../../domain/contact-results.ts';
import { type ListedActivity, listRepActivities } from '../../store/lists/rep-activities.ts';
import { type Named, readNames } from '../../store/lists/names.ts';
import { logActivity } from '../../store/sales/log-activity.ts';
import { requireLead } from '../access.ts';
import { actorOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { answerPage, PAGE_QUERY, pageOf, pageEndCursor, readPageEndCursor } from '../page.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { Timestamp, id, Instant, text } from '../schemas/common.ts';
import { Doer } from '../schemas/person.ts';
import { iso } from '../views/lead.ts';
import { doerView } from '../views/person.ts';

const LEAD = z.object({ id: id('lead') });
const KINDS = ['call', 'message', 'email', 'meeting', 'note', 'next-step'] as const;

const NewActivity = z
  .strictObject({
    kind: z.enum(KINDS),
    body: text(4000).optional(),
    result: z.enum(CONTACT_RESULTS).optional().meta({ description: 'What came of a contact' }),
    dueAt: Instant.optional().meta({
      description: 'For a next step: the time at which it is due. For a contact: when the next one is planned',
    }),
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
    result: z.string().nullable(),
    dueAt: Timestamp.nullable(),
    repId: z.string().nullable(),
    actor: z.string(),
    by: Doer,
    at: Timestamp,
  })
  .meta({ id: 'RepActivity' });

export function leadActivityRoutes({ store, ring }: ApiDeps): Route[] {
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
        const logged = await logActivity(store, actorOf(caller), { leadId: params.id, ...body });
        ring(logged.ringIds);
        return json(201, activityView(logged, await readNames(store.db, [logged.actor])));
      },
    }),
    route({
      method: 'get',
      path: '/v1/leads/:id/activities',
      tag: 'Rep activities',
      summary: 'List the activities and notes of reps, newest first',
      access: 'see-lead',
      params: LEAD,
      query: z.strictObject({ ...PAGE_QUERY }),
      answers: { 200: { description: 'A page of activities', schema: pageOf(Activity) } },
      problems: ['LEAD_UNKNOWN'],
      async handle({ params, query: { cursor, limit }, caller }) {
        await requireLead(store, caller, 'see-lead', params.id);
        const after = readPageEndCursor(cursor);
        return answerPage({
          limit,
          read: (count) => listRepActivities(store.db, params.id, after, count),
          endOf: ({ occurredAt, id: key }) => pageEndCursor({ at: occurredAt, key }),
          show: async (activities) => {
            const names = await readNames(
              store.db,
              activities.map(({ actor }) => actor),
            );
            return activities.map((activity) => activityView(activity, names));
          },
        });
      },
    }),
  ];
}

function activityView(row: ListedActivity, names: ReadonlyMap<string, Named>): z.input<typeof Activity> {
  return {
    id: row.id,
    kind: row.kind,
    body: row.body,
    result: row.result,
    dueAt: iso(row.dueAt),
    repId: row.repId,
    actor: row.actor,
    by: doerView(row.actor, names),
    at: row.occurredAt.toISOString(),
  };
}
