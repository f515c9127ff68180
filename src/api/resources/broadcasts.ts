import { z } from 'zod';
import { actorHandle } from '../../domain/actor.ts';
import type { BroadcastStatus } from '../../domain/broadcast.ts';
import { AppError } from '../../domain/errors.ts';
import {
  changeBroadcast,
  findBroadcast,
  keepPreview,
  listBroadcasts,
  planBroadcast,
} from '../../store/broadcasts/broadcasts.ts';
import { previewBroadcast } from '../../store/broadcasts/preview.ts';
import { chooseWinner } from '../../store/broadcasts/trial.ts';
import { actorOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { answerPage, idCursor, PAGE_QUERY, pageOf, readIdCursor } from '../page.ts';
import { audienceOf, scheduleOf, trialOf, variantsOf } from '../planned-broadcast.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import {
  BroadcastRate,
  BroadcastRequest,
  BroadcastSummary,
  BroadcastView,
  PreviewedBroadcast,
} from '../schemas/broadcast.ts';
import { text } from '../schemas/common.ts';
import { broadcastSummaries, broadcastView } from '../views/broadcast.ts';

const PARAMS = z.object({ id: text(100).meta({ description: 'Id or key of a broadcast', example: 'news-2026-12' }) });
const ONE = { 200: { description: 'The broadcast', schema: BroadcastView } };

/** One message to many leads, once. */
export function broadcastRoutes({ store, broadcasts }: ApiDeps): Route[] {
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
        ? { body: z.strictObject({ rate: BroadcastRate.optional() }), bodyKind: 'optional-json' as const }
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
        return json(200, await broadcastView(store, changed));
      },
    });

  return [
    route({
      method: 'post',
      path: '/v1/broadcasts',
      tag: 'Broadcasts',
      summary: 'Plan one message to many leads. Nothing is sent before it is previewed and started',
      access: 'manage-runs',
      body: BroadcastRequest,
      bodyExample: { key: 'news-2026-12', template: 'ebook-checklist', segment: 'interested', rate: 600 },
      answers: { 201: { description: 'Planned', schema: BroadcastView } },
      problems: ['CONFLICT'],
      async handle({ body, caller, rules }) {
        const { key, segment, when, schedule, rate, again } = body;
        const { variants, topic } = variantsOf(rules, body);
        const planned = await planBroadcast(db, {
          key,
          segment: segment ?? null,
          audience: audienceOf(rules, { segment, when }),
          topic,
          variants,
          schedule: scheduleOf(schedule, store.realNow()),
          rate: rate ?? null,
          trial: trialOf(body),
          again,
          by: actorHandle(actorOf(caller)),
        });
        return json(201, await broadcastView(store, planned));
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
          show: (found) => broadcastSummaries(db, found),
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
      handle: async ({ params }) => json(200, await broadcastView(store, await findBroadcast(db, params.id))),
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
      answers: { 200: { description: 'The broadcast, with its preview', schema: PreviewedBroadcast } },
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
        return json(200, { ...(await broadcastView(store, await keepPreview(db, broadcastId, preview))), sample });
      },
    }),
    route({
      method: 'post',
      path: '/v1/broadcasts/:id/winner',
      tag: 'Broadcasts',
      summary: 'Say which variant the rest of the leads gets, also before the time of the trial is over',
      access: 'manage-runs',
      params: PARAMS,
      body: z.strictObject({ variant: text(10) }),
      bodyExample: { variant: 'b' },
      answers: ONE,
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, body, caller }) {
        const { id: broadcastId } = await findBroadcast(db, params.id);
        const chosen = await chooseWinner(db, broadcastId, body.variant, actorHandle(actorOf(caller)));
        broadcasts.tell(broadcastId);
        return json(200, await broadcastView(store, chosen));
      },
    }),
    change('start', 'running', 'Start a broadcast, which was previewed, by its schedule', ['previewed']),
    change('pause', 'paused', 'Pause a broadcast: what is with the mail server is finished'),
    change('resume', 'running', 'Resume a broadcast, if need be at another rate', ['paused']),
    change('cancel', 'canceled', 'Cancel a broadcast for good: who has not got it gets nothing'),
  ];
}
