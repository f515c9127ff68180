import { z } from 'zod';
import { timelinePage } from '../../store/lists/timeline.ts';
import { tellTimeline } from '../../store/lists/told-timeline.ts';
import { STEP_KINDS } from '../../steps/kinds.ts';
import { requireLead } from '../access.ts';
import type { ApiDeps } from '../deps.ts';
import { answerPage, PAGE_QUERY, pageOf, pageEndCursor, readPageEndCursor } from '../page.ts';
import { route, type Route } from '../route.ts';
import { ANY_RECORD, Timestamp, id } from '../schemas/common.ts';
import { Doer } from '../schemas/person.ts';
import { doerView } from '../views/person.ts';

const STEPS_TOLD_BY_SENDS = STEP_KINDS.filter(({ position }) => position.toldBy === 'send').map(({ kind }) => kind);

const KINDS = ['touch', 'consent', 'event', 'score', 'send', 'activity', 'change'] as const;

const Entry = z
  .object({
    id: z.string(),
    at: Timestamp,
    kind: z.enum(KINDS),
    action: z
      .string()
      .nullable()
      .meta({ description: 'For a change, its kind, such as stage.changed or assignment.offered' }),
    title: z.string().meta({ example: 'Email ‘ebook-welcome’ sent' }),
    actor: z.string().meta({ description: 'lead, machine, system, or the id of a rep or key' }),
    by: Doer,
    data: ANY_RECORD,
  })
  .meta({ id: 'TimelineEntry' });

export function leadTimelineRoutes({ store }: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/leads/:id/timeline',
      tag: 'Leads',
      summary: 'Everything that happened to a lead, in one feed',
      access: 'see-lead',
      params: z.object({ id: id('lead') }),
      query: z.strictObject({
        order: z.enum(['desc', 'asc']).default('desc').meta({ description: 'Newest first unless `asc`' }),
        ...PAGE_QUERY,
      }),
      answers: { 200: { description: 'A page of the feed', schema: pageOf(Entry).meta({ id: 'Timeline' }) } },
      problems: ['LEAD_UNKNOWN'],
      async handle({ params, query: { order, cursor, limit }, caller, rules }) {
        await requireLead(store, caller, 'see-lead', params.id);
        const after = readPageEndCursor(cursor);
        return answerPage({
          limit,
          read: (count) =>
            timelinePage(store.db, {
              leadId: params.id,
              order,
              stepsToldBySends: STEPS_TOLD_BY_SENDS,
              after,
              limit: count,
            }),
          endOf: ({ at, key }) => pageEndCursor({ at, key }),
          show: async (rows) => {
            const { told, people } = await tellTimeline(store.db, rows, rules.playbook);
            return told.map((row) => ({
              id: row.id,
              at: row.at.toISOString(),
              kind: row.kind,
              action: row.action,
              title: row.title,
              actor: row.actor,
              by: doerView(row.actor, people),
              data: row.data,
            }));
          },
        });
      },
    }),
  ];
}
