import { z } from 'zod';
import { actorHandle } from '../../domain/actor.ts';
import { BULK_KINDS, BULK_STATUSES, type BulkKind, DEFAULT_RATE, HIGHEST_RATE } from '../../domain/bulk-run.ts';
import { AppError } from '../../domain/errors.ts';
import { CROSSINGS, type Rescoring } from '../../domain/rescoring.ts';
import { denialAtAll } from '../../domain/policy.ts';
import { condition } from '../../language/condition-schema.ts';
import { segmentConditions } from '../../domain/segment.ts';
import { chosenInWords, previewWhere } from '../../store/bulk/leads-where.ts';
import { changeRun, listRuns, readRun, type Run, startRun } from '../../store/bulk/runs.ts';
import { actorOf, type Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { answerPage, idCursor, PAGE_QUERY, pageOf, readIdCursor } from '../page.ts';
import { json } from '../reply.ts';
import { requireStep } from '../require-step.ts';
import { route, type Route } from '../route.ts';
import { id, text, Timestamp } from '../schemas/common.ts';
import { Doer } from '../schemas/person.ts';
import { doersOf } from '../views/person.ts';

export const Rate = z
  .int('must be a whole number')
  .min(1)
  .max(HIGHEST_RATE)
  .meta({ description: `Processes of leads that are rung in a second, at most; ${DEFAULT_RATE} by default` });

export const RunView = z
  .object({
    id: id('run'),
    kind: z.enum(BULK_KINDS),
    status: z.enum(BULK_STATUSES),
    cadence: z.string().nullable(),
    crossing: z
      .enum(CROSSINGS)
      .nullable()
      .meta({ description: 'Of a rescoring: whether leads that are ready by it are handed over, or only marked' }),
    perHour: z.int().nullable().meta({ description: 'Of a rescoring: leads that it hands over in an hour, at most' }),
    total: z.int().meta({ description: 'Leads as counted before it began' }),
    done: z.int().meta({ description: 'Leads that it has come to' }),
    outcomes: z.record(z.string(), z.int()).meta({ description: 'Number of leads by what became of them' }),
    rate: z.int(),
    error: z.string().nullable().meta({ description: 'Why it stopped by itself. Resume it to try again' }),
    startedBy: z.string(),
    starter: Doer.meta({ description: 'Who started it' }),
    startedAt: Timestamp,
    endedAt: Timestamp.nullable(),
  })
  .meta({ id: 'BulkRun' });

const Command = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('enroll'), cadence: text(100), step: text(100).optional() }),
  z.strictObject({ kind: z.literal('pause'), reason: text(200).optional() }),
  z.strictObject({ kind: z.literal('resume') }),
]);

const BulkRequest = z.strictObject({
  command: Command,
  when: condition('lead').meta({
    description: 'A condition as in a cadence (docs/conditions.md): the command is for the leads it holds for',
    override: { type: 'object' },
  }),
  preview: z
    .boolean()
    .default(true)
    .meta({ description: 'Only says which leads it would be for; true unless false is sent' }),
  rate: Rate.optional(),
});

const Preview = z
  .object({
    when: z.string().meta({ description: 'The condition in words' }),
    count: z.int(),
    sample: z.array(id('lead')).meta({ description: 'Some of the leads' }),
    run: RunView.nullable().meta({ description: 'Null for a preview' }),
  })
  .meta({ id: 'BulkPreview' });

const SAMPLE = 10;

/** Changes of many leads at once, and how far they are. */
export function bulkRunRoutes(deps: ApiDeps): Route[] {
  const { store, bulkRuns } = deps;
  const { db } = store;
  return [
    ...runRoutes(deps, '/v1/migrations', ['migrate', 'restart', 'amend'], 'migration of leads to another revision'),
    ...runRoutes(deps, '/v1/bulk-runs', BULK_KINDS, 'change of many leads'),
    route({
      method: 'post',
      path: '/v1/bulk-runs',
      tag: 'Operating',
      summary: 'Give a command to all leads that a condition holds for; first as a preview',
      description:
        'Without `preview: false` nothing is done: the answer says how many leads the command would reach. Each lead may refuse it by its own state; `outcomes` counts the refusals by code.',
      access: 'manage-runs',
      body: BulkRequest,
      bodyExample: {
        command: { kind: 'enroll', cadence: 'ebook-resources' },
        when: { source: 'ebook', stage: 'dormant' },
        preview: true,
      },
      answers: {
        200: { description: 'A preview: nothing is done', schema: Preview },
        202: { description: 'The run has begun', schema: Preview },
      },
      problems: ['CADENCE_UNKNOWN'],
      async handle({ body: { command, when, preview, rate }, caller }) {
        requireCommand(caller, command.kind);
        const { playbook } = store.rules.current();
        if (command.kind === 'enroll') requireStep(playbook.cadences, command, 'command.step');
        const segments = segmentConditions(playbook.segments);
        const chosen = { when, segments, fading: playbook.scoring, atMs: store.realNow() };
        const { count, ids } = await previewWhere(db, chosen, SAMPLE);
        const shown = { when: chosenInWords(chosen), count, sample: ids };
        if (preview) return json(200, { ...shown, run: null });
        const actor = actorOf(caller);
        const runId = await startRun(db, {
          kind: 'command',
          params: { command, when: JSON.parse(JSON.stringify(when)), actor: JSON.parse(JSON.stringify(actor)) },
          rate: rate ?? DEFAULT_RATE,
          total: count,
          by: actorHandle(actor),
        });
        bulkRuns.tell(runId);
        return json(202, { ...shown, run: await runView(db, await requireRun(deps, runId, BULK_KINDS)) });
      },
    }),
  ];
}

/** The policy of the command itself decides as well. */
function requireCommand(caller: Caller, kind: z.output<typeof Command>['kind']): void {
  const denial = denialAtAll(actorOf(caller), kind);
  if (denial !== null) throw new AppError(denial.code, denial.message);
}

function runRoutes(deps: ApiDeps, path: string, kinds: readonly BulkKind[], what: string): Route[] {
  const { store, bulkRuns } = deps;
  const RUN = z.object({ id: id('run') });
  const ONE = { 200: { description: 'The run', schema: RunView } };
  const change = (word: 'pause' | 'resume' | 'cancel', to: 'paused' | 'running' | 'canceled', summary: string): Route =>
    route({
      method: 'post',
      path: `${path}/:id/${word}`,
      tag: 'Operating',
      summary,
      access: 'manage-runs',
      params: RUN,
      ...(to === 'running'
        ? { body: z.strictObject({ rate: Rate.optional() }), bodyKind: 'optional-json' as const }
        : {}),
      answers: ONE,
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, body, caller }) {
        await requireRun(deps, params.id, kinds);
        const rate = (body as { rate?: number } | undefined)?.rate;
        const run = await changeRun(store.db, params.id, to, actorHandle(actorOf(caller)), rate);
        bulkRuns.tell(run.id);
        return json(200, await runView(store.db, run));
      },
    });
  return [
    route({
      method: 'get',
      path,
      tag: 'Operating',
      summary: `List every ${what}, newest first`,
      access: 'see-publishing',
      query: z.strictObject(PAGE_QUERY),
      answers: { 200: { description: 'A page of runs', schema: pageOf(RunView) } },
      handle: ({ query: { cursor, limit } }) =>
        answerPage({
          limit,
          read: (count) => listRuns(store.db, kinds, readIdCursor(cursor), count),
          endOf: (run) => idCursor(run.id),
          show: (runs) => runViews(store.db, runs),
        }),
    }),
    route({
      method: 'get',
      path: `${path}/:id`,
      tag: 'Operating',
      summary: `How far a ${what} is`,
      access: 'see-publishing',
      params: RUN,
      answers: ONE,
      problems: ['NOT_FOUND'],
      handle: async ({ params }) => json(200, await runView(store.db, await requireRun(deps, params.id, kinds))),
    }),
    change('pause', 'paused', `Pause a ${what}: what is done stays done`),
    change('resume', 'running', `Resume a ${what}, if need be at another rate`),
    change('cancel', 'canceled', `Cancel a ${what}: what is done stays done, the rest stays as it is`),
  ];
}

async function requireRun({ store: { db } }: ApiDeps, runId: string, kinds: readonly BulkKind[]): Promise<Run> {
  const run = await readRun(db, runId);
  if (run === null || !kinds.includes(run.kind)) throw new AppError('NOT_FOUND', 'There is no such run.');
  return run;
}

type View = z.input<typeof RunView>;

export async function runView(db: ApiDeps['store']['db'], run: Run): Promise<View> {
  const doers = await doersOf(db, [run.startedBy]);
  return { ...viewOf(run), starter: doers.of(run.startedBy) };
}

async function runViews(db: ApiDeps['store']['db'], runs: readonly Run[]): Promise<View[]> {
  const doers = await doersOf(
    db,
    runs.map(({ startedBy }) => startedBy),
  );
  return runs.map((run) => ({ ...viewOf(run), starter: doers.of(run.startedBy) }));
}

function viewOf(run: Run): Omit<View, 'starter'> {
  const { id: runId, kind, status, params, total, done, outcomes, rate, error, startedBy, startedAt, endedAt } = run;
  return {
    id: runId,
    kind,
    status,
    cadence: typeof params['cadence'] === 'string' ? params['cadence'] : null,
    ...rescoringOf(params),
    total,
    done,
    outcomes: { ...outcomes },
    rate,
    error,
    startedBy,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}

function rescoringOf(params: Partial<Rescoring>): Pick<z.input<typeof RunView>, 'crossing' | 'perHour'> {
  const { crossing = null, perHour = null } = params;
  return { crossing, perHour: crossing === 'hand-off' ? perHour : null };
}
