import { z } from 'zod';
import { actorHandle } from '../../domain/actor.ts';
import { DEFAULT_RATE } from '../../domain/bulk-run.ts';
import { AppError } from '../../domain/errors.ts';
import { type CanaryEnd, endCanary } from '../../playbook/end-canary.ts';
import { wasPublished } from '../../store/lists/cadences.ts';
import { armsOf } from '../../steps/split/position.ts';
import { armResults, compareRevisions, type GroupResult } from '../../store/lists/results.ts';
import { newestTrial } from '../../store/lists/trials.ts';
import { actorOf, type Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { json, type Reply } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { id, text, Timestamp } from '../schemas/common.ts';
import { Rate } from './bulk-runs.ts';

/** docs/scoring.md, "Opens and clicks of machines". */
const VerdictCounts = z.object({ human: z.int(), suspect: z.int(), machine: z.int(), unknown: z.int() });

const Result = z
  .object({
    entered: z.int(),
    running: z.int().meta({ description: 'Still in the cadence' }),
    mailed: z.int().meta({ description: 'Who got a message at all' }),
    tracked: z
      .int()
      .meta({ description: 'Who got a message whose clicks are recorded; of the others it cannot be known' }),
    messages: z.int().meta({ description: 'Messages that were sent' }),
    clicked: z.int(),
    replied: z.int(),
    goals: z.int(),
    unsubscribed: z.int(),
    complained: z.int(),
    bounced: z.int(),
    failed: z.int().meta({ description: 'The mail server refused a message' }),
    held: z.int(),
    qualified: z.int().meta({ description: 'Became qualified since, in the cadence or after it' }),
    won: z.int().meta({ description: 'Became a customer since' }),
    completed: z.int().meta({ description: 'Came to the end without a goal' }),
    ready: z.int().meta({ description: 'Ended as the lead was ready for sales: that is what a cadence is for' }),
    heldOut: z.int().meta({ description: 'Of the holdout of a split' }),
    opens: VerdictCounts.meta({ description: 'Enrollments with an open, by whose it was' }),
    clicks: VerdictCounts.meta({ description: 'Enrollments with a click, by whose it was' }),
    left: z.array(z.object({ stepId: z.string().nullable(), leads: z.int() })).meta({
      description:
        'Who left before the end for another reason, by the step at which they stood last. Null: it was not kept then. ' +
        'In it, goal, completed, ready, held out and left are all that entered',
    }),
  })
  .meta({
    id: 'GroupResult',
    description: 'Enrollments, unless it says otherwise. Clicks and replies are those of people',
  });

const Results = z
  .object({
    cadence: z.string(),
    canary: z
      .object({
        revision: z.int(),
        percent: z.number(),
        since: Timestamp,
        until: Timestamp.nullable().meta({ description: 'Null: it runs' }),
        haltedBecause: z.string().nullable(),
        result: Result,
        inForce: z.object({ revision: z.int(), result: Result }),
      })
      .nullable()
      .meta({
        description:
          'The newest canary beside the revision in force: enrollments that began in the same time. Null when there never was one',
      }),
    splits: z
      .array(z.object({ stepId: z.string(), arms: z.array(z.object({ arm: z.string(), result: Result })) }))
      .meta({ description: 'Counted from the split on. The arm "holdout" got nothing more' }),
  })
  .meta({ id: 'CadenceResults' });

const Ended = z
  .object({
    revision: z.int().meta({ description: 'The playbook revision that ended it' }),
    runs: z.array(id('run')).meta({ description: 'Runs that leads on the way follow by: GET /v1/bulk-runs/{id}' }),
  })
  .meta({ id: 'CanaryEnded' });

const CADENCE = z.object({ cadence: text(100) });
const ENDING = {
  migrate: z
    .boolean()
    .default(false)
    .meta({ description: 'Leads on the way go to the revision that is in force then; otherwise they stay' }),
  rate: Rate.optional(),
  note: text(500).optional(),
};
const ENDED = { 200: { description: 'Ended', schema: Ended } };

/** How arms and canaries do, and the end of a canary. */
export function canaryRoutes({ store: { db }, bulkRuns }: ApiDeps): Route[] {
  async function end(
    caller: Caller,
    given: Omit<CanaryEnd, 'migrateRate'>,
    { migrate, rate = DEFAULT_RATE, note }: { migrate: boolean; rate?: number | undefined; note?: string | undefined },
  ): Promise<Reply> {
    const { revision, runs } = await endCanary(
      db,
      { ...given, migrateRate: migrate ? rate : null },
      { author: actorHandle(actorOf(caller)), ...(note === undefined ? {} : { note }) },
    );
    for (const run of runs) bulkRuns.tell(run);
    return json(200, { revision, runs });
  }

  return [
    route({
      method: 'get',
      path: '/v1/cadences/:cadence/results',
      tag: 'Playbook',
      summary: 'How the arms of its splits, and its canary beside the revision in force, do',
      access: 'see-playbook',
      params: CADENCE,
      answers: { 200: { description: 'In numbers', schema: Results } },
      problems: ['CADENCE_UNKNOWN'],
      async handle({ params: { cadence } }) {
        if (!(await wasPublished(db, cadence)))
          throw new AppError('CADENCE_UNKNOWN', 'There is no cadence with this key.');
        const [trial, arms] = await Promise.all([newestTrial(db, cadence), armResults(db, cadence, armsOf)]);
        const compared = trial === null ? null : await compareRevisions(db, trial);
        return json(200, {
          cadence,
          canary:
            trial === null || compared === null
              ? null
              : {
                  revision: trial.revision,
                  percent: trial.percent,
                  since: trial.since.toISOString(),
                  until: trial.until?.toISOString() ?? null,
                  haltedBecause: trial.haltedBecause,
                  result: resultView(compared.canary),
                  inForce: { revision: trial.inForce, result: resultView(compared.inForce) },
                },
          splits: [...new Set(arms.map(({ stepId }) => stepId))].map((stepId) => ({
            stepId,
            arms: arms
              .filter((one) => one.stepId === stepId)
              .map(({ arm, result }) => ({ arm, result: resultView(result) })),
          })),
        });
      },
    }),
    route({
      method: 'post',
      path: '/v1/cadences/:cadence/canary/promote',
      tag: 'Playbook',
      summary: 'Give the revision of the canary to every new enrollment',
      access: 'end-canary',
      params: CADENCE,
      body: z.strictObject(ENDING),
      bodyKind: 'optional-json',
      answers: ENDED,
      problems: ['CONFLICT', 'PLAYBOOK_OUTDATED'],
      handle: ({ params: { cadence }, body, caller }) => end(caller, { cadence, haltedBecause: null }, body),
    }),
    route({
      method: 'post',
      path: '/v1/cadences/:cadence/canary/halt',
      tag: 'Playbook',
      summary: 'Give the revision of the canary to no new enrollment any more',
      access: 'end-canary',
      params: CADENCE,
      body: z.strictObject({ reason: text(500), ...ENDING }),
      answers: ENDED,
      problems: ['CONFLICT', 'PLAYBOOK_OUTDATED'],
      handle: ({ params: { cadence }, body: { reason, ...ending }, caller }) =>
        end(caller, { cadence, haltedBecause: reason }, ending),
    }),
  ];
}

function resultView({ left, ...result }: GroupResult): z.input<typeof Result> {
  return { ...result, left: Object.entries(left).map(([stepId, leads]) => ({ stepId: stepId || null, leads })) };
}
