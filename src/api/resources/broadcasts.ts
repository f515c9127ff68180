import { z } from 'zod';
import { actorHandle } from '../../domain/actor.ts';
import {
  type Audience,
  BROADCAST_STATUSES,
  type BroadcastSchedule,
  type BroadcastStatus,
  type BroadcastVariant,
  HIGHEST_BROADCAST_RATE,
} from '../../domain/broadcast.ts';
import { isLocalTime } from '../../domain/broadcast-times.ts';
import { type Condition, explainCondition } from '../../domain/condition.ts';
import { AppError } from '../../domain/errors.ts';
import { hintFor } from '../../domain/did-you-mean.ts';
import { segmentConditions, segmentsIn } from '../../domain/segment.ts';
import { condition } from '../../language/condition-schema.ts';
import {
  type Broadcast,
  changeBroadcast,
  findBroadcast,
  keepPreview,
  listBroadcasts,
  outcomesOf,
  planBroadcast,
  progressOf,
} from '../../store/broadcasts/broadcasts.ts';
import { previewBroadcast } from '../../store/broadcasts/preview.ts';
import type { PublishedRules } from '../../store/rules/in-force.ts';
import { actorOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { answerPage, idCursor, PAGE_QUERY, pageOf, readIdCursor } from '../page.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { id, Instant, text, Timestamp } from '../schemas/common.ts';
import { invalid } from '../validate.ts';

const Key = z
  .string()
  .max(100)
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be small letters, digits and dashes, as in "news-2026-12"')
  .meta({ example: 'news-2026-12' });

const Rate = z.int('must be a whole number').min(1).max(HIGHEST_BROADCAST_RATE).meta({
  description: 'Messages in a minute, at most; without it as fast as the mail server takes them',
});

const Schedule = z
  .union([
    z.strictObject({ at: Instant }),
    z.strictObject({
      local: z
        .string()
        .refine(isLocalTime, 'must be a date and time without a zone, as in "2026-12-01T09:00"')
        .meta({ description: 'A date and time of each lead’s own zone', example: '2026-12-01T09:00' }),
    }),
  ])
  .meta({ description: 'Without it: as soon as it is started' });

const Request = z.strictObject({
  key: Key.meta({ description: 'A name of your choice; no two broadcasts have the same' }),
  template: text(100).meta({ description: 'Key of a published template' }),
  segment: text(100).optional().meta({ description: 'Whom it is for; or `when`' }),
  when: condition('lead')
    .optional()
    .meta({
      description: 'A condition as in a cadence (docs/conditions.md); or `segment`',
      override: { type: 'object' },
    }),
  schedule: Schedule.optional(),
  rate: Rate.optional(),
  again: z.boolean().default(false).meta({ description: 'Also to leads that got the same words before' }),
});

const Counts = z.record(z.string(), z.int());

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

const BroadcastSummary = z
  .object({
    id: id('broadcast'),
    key: z.string(),
    status: z.enum(BROADCAST_STATUSES),
    template: z.string(),
    topic: z.string(),
    segment: z.string().nullable(),
    when: z.string().nullable().meta({ description: 'The condition in words; null once its leads are gathered' }),
    schedule: z.union([z.literal('now'), z.object({ at: Timestamp }), z.object({ local: z.string() })]),
    rate: z.int().nullable(),
    again: z.boolean(),
    total: z.int().nullable().meta({ description: 'Leads that it is for, as far as they are gathered' }),
    nextAt: Timestamp.nullable().meta({ description: 'When there is something to do again' }),
    error: z.string().nullable().meta({ description: 'Why it stopped by itself. Resume it to try again' }),
    createdBy: z.string(),
    createdAt: Timestamp,
    startedBy: z.string().nullable(),
    startedAt: Timestamp.nullable(),
    endedAt: Timestamp.nullable(),
  })
  .meta({ id: 'BroadcastSummary' });

export const BroadcastView = BroadcastSummary.extend({
  preview: Preview.nullable().meta({ description: 'What the last preview counted' }),
  left: z.int().meta({ description: 'Leads that it has still to come to' }),
  outcomes: Counts.meta({
    description: 'Leads by what became of them: sent, failed, in_doubt, claimed, or why they got nothing',
  }),
}).meta({ id: 'Broadcast' });

const Previewed = BroadcastView.extend({
  sample: z.array(id('lead')).meta({ description: 'Some of those who would get it' }),
}).meta({ id: 'PreviewedBroadcast' });

const PARAMS = z.object({ id: text(100).meta({ description: 'Id or key of a broadcast', example: 'news-2026-12' }) });
const ONE = { 200: { description: 'The broadcast', schema: BroadcastView } };

/** One message to many leads, once. */
export function broadcastRoutes(deps: ApiDeps): Route[] {
  const { store, broadcasts } = deps;
  const { db } = store;

  const change = (
    word: 'start' | 'pause' | 'resume' | 'cancel',
    to: 'running' | 'paused' | 'canceled',
    summary: string,
    only?: readonly BroadcastStatus[],
  ): Route =>
    route({
      method: 'post',
      path: `/v1/broadcasts/:id/${word}`,
      tag: 'Broadcasts',
      summary,
      access: 'manage-runs',
      params: PARAMS,
      ...(word === 'resume'
        ? { body: z.strictObject({ rate: Rate.optional() }), bodyKind: 'optional-json' as const }
        : {}),
      answers: ONE,
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, body, caller }) {
        const { id: broadcastId } = await findBroadcast(db, params.id);
        const rate = (body as { rate?: number } | undefined)?.rate;
        const by = actorHandle(actorOf(caller));
        const changed = await changeBroadcast(db, broadcastId, to, {
          by,
          rate,
          ...(only === undefined ? {} : { only }),
        });
        broadcasts.tell(broadcastId);
        return json(200, await viewOf(deps, changed));
      },
    });

  return [
    route({
      method: 'post',
      path: '/v1/broadcasts',
      tag: 'Broadcasts',
      summary: 'Plan one message to many leads. Nothing is sent before it is previewed and started',
      access: 'manage-runs',
      body: Request,
      bodyExample: { key: 'news-2026-12', template: 'ebook-checklist', segment: 'interested', rate: 600 },
      answers: { 201: { description: 'Planned', schema: BroadcastView } },
      problems: ['CONFLICT'],
      async handle({ body, caller, rules }) {
        const { key, template, segment, when, schedule, rate, again } = body;
        const variant = variantOf(rules, template);
        const planned = await planBroadcast(db, {
          key,
          segment: segment ?? null,
          audience: audienceOf(rules, { segment, when }),
          topic: rules.templates.get(template)?.topic ?? '',
          variants: [variant],
          schedule: scheduleOf(schedule),
          rate: rate ?? null,
          again,
          by: actorHandle(actorOf(caller)),
        });
        return json(201, await viewOf(deps, planned));
      },
    }),
    route({
      method: 'get',
      path: '/v1/broadcasts',
      tag: 'Broadcasts',
      summary: 'List broadcasts, newest first',
      access: 'see-publishing',
      query: z.strictObject(PAGE_QUERY),
      answers: { 200: { description: 'A page of broadcasts', schema: pageOf(BroadcastSummary) } },
      handle: ({ query: { cursor, limit } }) =>
        answerPage({
          limit,
          read: (count) => listBroadcasts(db, readIdCursor(cursor), count),
          endOf: (one) => idCursor(one.id),
          show: (found) => found.map(summaryOf),
        }),
    }),
    route({
      method: 'get',
      path: '/v1/broadcasts/:id',
      tag: 'Broadcasts',
      summary: 'How far a broadcast is, and what became of its leads',
      access: 'see-publishing',
      params: PARAMS,
      answers: ONE,
      problems: ['NOT_FOUND'],
      handle: async ({ params }) => json(200, await viewOf(deps, await findBroadcast(db, params.id))),
    }),
    route({
      method: 'post',
      path: '/v1/broadcasts/:id/preview',
      tag: 'Broadcasts',
      summary: 'Whom a broadcast would reach now, and who is left out and why',
      description:
        'Asks about each lead what is asked before the message leaves: consent, suppressions, caps, quiet hours. It looks at 50,000 leads at most.',
      access: 'manage-runs',
      params: PARAMS,
      answers: { 200: { description: 'The broadcast, with its preview', schema: Previewed } },
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, rules }) {
        const planned = await findBroadcast(db, params.id);
        const { id: broadcastId, audience } = planned;
        if (audience === null)
          throw new AppError(
            'CONFLICT',
            `This broadcast is ${planned.status}: a preview is for one that has not begun.`,
          );
        const { preview, sample } = await previewBroadcast(db, planned, rules.playbook, store.realNow());
        return json(200, { ...(await viewOf(deps, await keepPreview(db, broadcastId, preview))), sample });
      },
    }),
    change('start', 'running', 'Start a broadcast, which was previewed, by its schedule', ['previewed']),
    change('pause', 'paused', 'Pause a broadcast: what is with the mail server is finished'),
    change('resume', 'running', 'Resume a broadcast, if need be at another rate', ['paused']),
    change('cancel', 'canceled', 'Cancel a broadcast for good: who has not got it gets nothing'),
  ];
}

/** The template as it is published now. @throws AppError VALIDATION_FAILED */
function variantOf({ templates }: PublishedRules, template: string): BroadcastVariant {
  const source = templates.get(template);
  const mailed = [...templates.values()].filter(({ kind }) => kind !== 'transactional').map(({ key }) => key);
  if (source === undefined)
    throw invalid('body', [{ path: 'template', message: `is not published${hintFor(template, mailed)}` }]);
  if (source.kind === 'transactional')
    throw invalid('body', [{ path: 'template', message: 'is for mails to reps: a broadcast needs one for leads' }]);
  return { key: 'a', template, hash: source.hash };
}

/** @throws AppError VALIDATION_FAILED */
function audienceOf(
  { playbook }: PublishedRules,
  { segment, when }: { segment?: string | undefined; when?: Condition | undefined },
): Audience {
  if ((segment === undefined) === (when === undefined))
    throw invalid('body', [{ path: 'segment', message: 'is needed, or `when`: one of the two says whom it is for' }]);
  const known = segmentConditions(playbook.segments);
  if (segment !== undefined && !known.has(segment))
    throw invalid('body', [{ path: 'segment', message: `is not in the playbook${hintFor(segment, known.keys())}` }]);
  const asked: Condition = when ?? { segment: segment ?? '' };
  const segments = [...segmentsIn(asked, known)].map(([name, holds]) => ({ segment: name, when: holds }));
  return { when: asked, segments };
}

function scheduleOf(schedule: { at: Date } | { local: string } | undefined): BroadcastSchedule {
  if (schedule === undefined) return { kind: 'now' };
  return 'at' in schedule ? { kind: 'at', at: schedule.at.toISOString() } : { kind: 'local', at: schedule.local };
}

async function viewOf({ store: { db } }: ApiDeps, one: Broadcast): Promise<z.input<typeof BroadcastView>> {
  const [{ left }, outcomes] = await Promise.all([progressOf(db, one), outcomesOf(db, one.id)]);
  const { preview } = one;
  return {
    ...summaryOf(one),
    preview: preview === null ? null : { ...preview, later: { ...preview.later }, leftOut: { ...preview.leftOut } },
    left,
    outcomes,
  };
}

function summaryOf(one: Broadcast): z.input<typeof BroadcastSummary> {
  const { key, status, variants, topic, segment, audience, schedule, rate, again, total, error, createdBy, startedBy } =
    one;
  return {
    id: one.id,
    key,
    status,
    template: variants[0]?.template ?? '',
    topic,
    segment,
    when: audience === null ? null : explainCondition(audience.when),
    schedule: schedule.kind === 'now' ? 'now' : schedule.kind === 'at' ? { at: schedule.at } : { local: schedule.at },
    rate,
    again,
    total,
    nextAt: one.nextAt?.toISOString() ?? null,
    error,
    createdBy,
    createdAt: one.createdAt.toISOString(),
    startedBy,
    startedAt: one.startedAt?.toISOString() ?? null,
    endedAt: one.endedAt?.toISOString() ?? null,
  };
}
