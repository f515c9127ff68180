import { z } from 'zod';
import { actorHandle } from '../../domain/actor.ts';
import { DEFAULT_RATE } from '../../domain/bulk-run.ts';
import { AppError } from '../../domain/errors.ts';
import { cadenceOfScope, cadenceScope, SENDING } from '../../domain/pauses.ts';
import { wasPublished } from '../../store/lists/cadences.ts';
import { readLimits } from '../../store/mail-limits.ts';
import { listRefusals } from '../../store/mail-refusals.ts';
import { listPauses, pauseScope } from '../../store/pauses.ts';
import { liftAndTell, resumeAndTell } from '../../store/go-on.ts';
import { actorOf, type Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { empty, json, type Reply } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { id, text, Timestamp } from '../schemas/common.ts';
import { limitViews } from '../views/sending.ts';
import { Rate } from './bulk-runs.ts';

const Pause = z
  .object({
    cadence: z.string().nullable().meta({ description: 'Null: all sending to leads' }),
    since: Timestamp,
    by: z.string(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Pause' });

const LimitOfSending = z
  .object({
    limit: z.string(),
    atMost: z.string().meta({ description: 'In words' }),
    usedToday: z.int().meta({ description: 'Mails that were counted today, also of a limit by the second or minute' }),
    of: z.string().nullable().meta({
      description:
        'Of a receiving domain that is counted by the rate of each other domain: `domain:*`. Null for others',
    }),
    waiting: z
      .array(z.object({ what: z.string(), until: Timestamp }))
      .meta({ description: 'Cadences and broadcasts of which mails wait, and when the last of them has its turn' }),
  })
  .meta({ id: 'LimitOfSending' });

const RefusingReceiver = z
  .object({
    receiver: z.string().meta({ description: 'A domain, or "person:ID" for a rep or user of yours' }),
    since: Timestamp,
    refusals: z.int().meta({ description: 'In a row, each after a pause' }),
    until: Timestamp.meta({ description: 'Then one mail tries; the others wait for what becomes of it' }),
    reason: z.string().meta({ description: 'What its mail server said, without addresses' }),
  })
  .meta({ id: 'RefusingReceiver' });

const Resumed = z
  .object({
    waiting: z
      .int()
      .meta({ description: 'Leads with something to do: their processes are rung, at the rate of the run' }),
    runId: id('run').meta({ description: 'The run that rings them: GET /v1/bulk-runs/{runId}' }),
  })
  .meta({ id: 'Resumed' });

const REASON = z.strictObject({ reason: text(200).optional() });
const RATE = z.strictObject({ rate: Rate.optional() });
const CADENCE = z.object({ cadence: text(100) });
const PAUSED = { 200: { description: 'Paused, now or before', schema: Pause } };
const RESUMED = { 200: { description: 'Resumed', schema: Resumed } };

/** Making a cadence, or all sending to leads, stand still and go on. */
export function pauseRoutes({ store: { db, rules }, bulkRuns, broadcasts }: ApiDeps): Route[] {
  async function pause(scope: string, caller: Caller, reason: string | undefined): Promise<Reply> {
    return json(200, pauseView(await pauseScope(db, scope, { by: actorHandle(actorOf(caller)), reason })));
  }

  async function resume(scope: string, caller: Caller, rate = DEFAULT_RATE): Promise<Reply> {
    const processes = { bulkRuns, broadcasts };
    const resumed = await resumeAndTell(db, processes, scope, { by: actorHandle(actorOf(caller)), rate });
    if (resumed === null) throw new AppError('CONFLICT', 'It is not paused.');
    return json(200, resumed);
  }

  async function requireCadence(cadence: string): Promise<string> {
    if (!(await wasPublished(db, cadence))) throw new AppError('CADENCE_UNKNOWN', 'There is no cadence with this key.');
    return cadenceScope(cadence);
  }

  return [
    route({
      method: 'get',
      path: '/v1/sending',
      tag: 'Operating',
      summary: 'What is paused, which receivers refuse our mails, and how much of the limits of sending is used',
      access: 'see-playbook',
      answers: {
        200: {
          description: 'Empty lists when nothing is paused or limited',
          schema: z
            .object({
              paused: z.boolean(),
              pauses: z.array(Pause),
              limits: z.array(LimitOfSending),
              refusing: z
                .array(RefusingReceiver)
                .meta({ description: 'Receivers that take no mail of ours for now: mails to them wait' }),
            })
            .meta({ id: 'Sending' }),
        },
      },
      async handle() {
        const [pauses, rows, refusing] = await Promise.all([listPauses(db), readLimits(db), listRefusals(db)]);
        return json(200, {
          paused: pauses.some(({ scope }) => scope === SENDING),
          pauses: pauses.map(pauseView),
          limits: limitViews(rules.current().playbook, rows, Date.now()),
          refusing: refusing.map(({ receiver, since, refusals, until, reason }) => ({
            receiver,
            since: since.toISOString(),
            refusals,
            until: until.toISOString(),
            reason,
          })),
        });
      },
    }),
    route({
      method: 'post',
      path: '/v1/sending/pause',
      tag: 'Operating',
      summary: 'Pause all sending to leads',
      description:
        'From the answer on, no step of a cadence begins, no answer to a request leaves and broadcasts stand still; a mail that is with the mail server is finished. Leads stay where they are, events and requests are recorded, and leads that become ready are offered to reps. Mail to reps goes on.',
      access: 'pause-sending',
      body: REASON,
      bodyKind: 'optional-json',
      answers: PAUSED,
      handle: ({ body, caller }) => pause(SENDING, caller, body.reason),
    }),
    route({
      method: 'post',
      path: '/v1/sending/resume',
      tag: 'Operating',
      summary: 'Resume all sending to leads',
      description:
        'What fell due meanwhile is done lead by lead, at `rate`. A cadence that is paused itself stays paused.',
      access: 'pause-sending',
      body: RATE,
      bodyKind: 'optional-json',
      answers: RESUMED,
      problems: ['CONFLICT'],
      handle: ({ body, caller }) => resume(SENDING, caller, body.rate),
    }),
    route({
      method: 'post',
      path: '/v1/sending/receivers/:receiver/lift',
      tag: 'Operating',
      summary: 'Let mails go to a receiver again that refused them',
      description:
        'Once the cause is mended. New mails leave at once, those that wait lead by lead, at `rate`, and those of broadcasts. Should the receiver refuse again, they wait again.',
      access: 'pause-sending',
      params: z.object({ receiver: text(255) }),
      body: RATE,
      bodyKind: 'optional-json',
      answers: { 204: { description: 'Mails may leave' } },
      problems: ['NOT_FOUND'],
      async handle({ params: { receiver }, body: { rate = DEFAULT_RATE }, caller }) {
        const by = actorHandle(actorOf(caller));
        const lifted = await liftAndTell(db, { bulkRuns, broadcasts }, receiver.toLowerCase(), { by, rate });
        if (lifted === null)
          throw new AppError(
            'NOT_FOUND',
            'No receiver of this name refuses our mails; GET /v1/sending lists those that do.',
          );
        return empty(204);
      },
    }),
    route({
      method: 'post',
      path: '/v1/cadences/:cadence/pause',
      tag: 'Playbook',
      summary: 'Pause a cadence: its leads stand still where they are',
      access: 'pause-cadence',
      params: CADENCE,
      body: REASON,
      bodyKind: 'optional-json',
      answers: PAUSED,
      problems: ['CADENCE_UNKNOWN'],
      handle: async ({ params, body, caller }) => pause(await requireCadence(params.cadence), caller, body.reason),
    }),
    route({
      method: 'post',
      path: '/v1/cadences/:cadence/resume',
      tag: 'Playbook',
      summary: 'Resume a cadence',
      description: 'What fell due meanwhile is done lead by lead, at `rate`.',
      access: 'pause-cadence',
      params: CADENCE,
      body: RATE,
      bodyKind: 'optional-json',
      answers: RESUMED,
      problems: ['CADENCE_UNKNOWN', 'CONFLICT'],
      handle: async ({ params, body, caller }) => resume(await requireCadence(params.cadence), caller, body.rate),
    }),
  ];
}

function pauseView({ scope, since, by, reason }: Awaited<ReturnType<typeof pauseScope>>): z.input<typeof Pause> {
  return { cadence: cadenceOfScope(scope), since: since.toISOString(), by, reason };
}
