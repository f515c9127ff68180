import { z } from 'zod';
import { REP_ID, titleOf, type Names, type TimelineEntry } from '../../domain/timeline.ts';
import type { StoreContext } from '../../store/context.ts';
import { timelinePage, type TimelineRow } from '../../store/lists/timeline.ts';
import { STEP_KINDS } from '../../steps/kinds.ts';
import { requireLead } from '../access.ts';
import type { ApiDeps } from '../deps.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { ANY_RECORD, At, Cursor, id, Limit, page, readPlace, writePlace } from '../schemas/common.ts';

const STEPS_TOLD_BY_SENDS = STEP_KINDS.filter(({ position }) => position.toldBy === 'send').map(({ kind }) => kind);

const KINDS = ['touch', 'consent', 'event', 'score', 'send', 'activity', 'change'] as const;

const Entry = z
  .object({
    id: z.string(),
    at: At,
    kind: z.enum(KINDS),
    action: z.string().nullable().meta({ description: 'Of a change: as in stage.changed, assignment.offered' }),
    title: z.string().meta({ example: 'Email ‘ebook-welcome’ sent' }),
    actor: z.string().meta({ description: 'lead, machine, system, or the id of a rep or key' }),
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
        cursor: Cursor,
        limit: Limit,
      }),
      answers: { 200: { description: 'A page of the feed', schema: page(Entry).meta({ id: 'Timeline' }) } },
      problems: ['LEAD_UNKNOWN'],
      async handle({ params, query: { order, cursor, limit }, caller }) {
        await requireLead(store.db, caller, 'see-lead', params.id);
        const rows = await timelinePage(store.db, {
          leadId: params.id,
          order,
          stepsToldBySends: STEPS_TOLD_BY_SENDS,
          after: readPlace(cursor),
          limit: limit + 1,
        });
        const items = rows.slice(0, limit);
        const last = items.at(-1);
        const names = await namesFor(store, items);
        return json(200, {
          items: items.map((row) => ({
            id: row.id,
            at: row.at.toISOString(),
            kind: row.kind,
            action: row.action,
            title: titleOf(entryOf(row), names),
            actor: row.actor,
            data: row.data,
          })),
          nextCursor: rows.length > limit && last !== undefined ? writePlace(last.at, last.key) : null,
        });
      },
    }),
  ];
}

/** The query writes `data` in the shape of its kind; audit rows were written through the same types. */
function entryOf(row: TimelineRow): TimelineEntry {
  const entry =
    row.kind === 'change' ? { kind: row.kind, action: row.action, data: row.data } : { kind: row.kind, data: row.data };
  return entry as unknown as TimelineEntry;
}

async function namesFor(store: StoreContext, rows: readonly TimelineRow[]): Promise<Names> {
  const ids = new Set(
    rows.flatMap(({ kind, data }) => (kind === 'change' ? (JSON.stringify(data).match(REP_ID) ?? []) : [])),
  );
  const reps =
    ids.size === 0
      ? []
      : await store.db.rep.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true } });
  const byId = new Map(reps.map((rep) => [rep.id, rep.name]));
  const labels = new Map(store.rules.current().playbook.reasons.map(({ reason, label }) => [reason, label]));
  return { rep: (repId) => byId.get(repId) ?? repId, reason: (key) => labels.get(key) ?? key };
}
