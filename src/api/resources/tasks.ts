import { z } from 'zod';
import { isTaskLate } from '../../domain/dues.ts';
import { AppError } from '../../domain/errors.ts';
import { leadNow } from '../../store/clock.ts';
import { type ListedTask, listTasks, readTask } from '../../store/lists/tasks.ts';
import { closeTask, type Closing } from '../../store/sales/close-task.ts';
import { scopeFor } from '../access.ts';
import { actorOf, type Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { answerPage, idCursor, PAGE_QUERY, pageOf, readIdCursor } from '../page.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { Timestamp, id, text } from '../schemas/common.ts';
import type { Stage } from '../../domain/stage.ts';
import { CONTACT_RESULTS } from '../../domain/contact-results.ts';
import { Stage as StageSchema } from '../schemas/lead.ts';
import { Doer, Person } from '../schemas/person.ts';
import { iso } from '../views/lead.ts';
import { type Doers, doersOf } from '../views/person.ts';

const TASK = z.object({ id: id('task') });
const STATUSES = ['open', 'done', 'cancelled'] as const;
const KINDS = ['call', 'message', 'next-step'] as const;
const Note = text(4000);

const Task = z
  .object({
    id: id('task'),
    status: z.enum(STATUSES),
    kind: z.enum(KINDS),
    text: z.string().meta({ description: 'What is to be done, as plain text' }),
    rep: Person,
    team: z.string().nullable(),
    dueAt: Timestamp,
    overdue: z
      .boolean()
      .meta({ description: 'A next step whose lead no rep has accepted waits for the next rep: it is not overdue' }),
    cadence: z.string().nullable(),
    stepId: z.string().nullable(),
    result: z.string().nullable(),
    note: z.string().nullable(),
    closedAt: Timestamp.nullable(),
    closedBy: z.string().nullable().meta({ description: 'system, or the id of a rep or key' }),
    closer: Doer.nullable().meta({ description: 'Who closed it' }),
    lead: z.object({
      id: id('lead'),
      name: z.string().nullable(),
      company: z.string().nullable(),
      jobTitle: z.string().nullable(),
      email: z.string().nullable(),
      phone: z.string().nullable(),
      timeZone: z.string().nullable(),
      stage: StageSchema.nullable(),
    }),
  })
  .meta({ id: 'Task' });

export function taskRoutes({ store, ring }: ApiDeps): Route[] {
  const { db } = store;
  const shared = {
    tag: 'Tasks',
    params: TASK,
    problems: ['TASK_UNKNOWN', 'TASK_CLOSED', 'NOT_YOUR_ASSIGNMENT'],
  } as const;

  async function close(caller: Caller, taskId: string, closing: Closing) {
    const { ringIds } = await closeTask(store, actorOf(caller), taskId, closing);
    ring(ringIds);
    const task = await readTask(db, taskId);
    if (task === null) throw new AppError('TASK_UNKNOWN', 'There is no task with this id');
    return json(200, view(task, store.realNow(), await doersOf(db, [task.closedBy])));
  }

  return [
    route({
      method: 'get',
      path: '/v1/tasks',
      tag: 'Tasks',
      access: 'see-task',
      summary: 'List tasks of reps, newest first',
      description:
        "Calls and messages that cadences ask for. A rep sees their own, a manager their teams'. Of a task that is over they see whose lead it was only while the lead is theirs.",
      query: z.strictObject({
        status: z.enum(STATUSES).optional(),
        rep: text(100).optional().meta({ description: 'Id or key' }),
        team: text(100).optional(),
        lead: id('lead').optional(),
        ...PAGE_QUERY,
      }),
      answers: { 200: { description: 'A page of tasks', schema: pageOf(Task).meta({ id: 'TaskPage' }) } },
      async handle({ query: { cursor, limit, ...filter }, caller }) {
        const scope = scopeFor(caller, 'see-task');
        const after = readIdCursor(cursor);
        return answerPage({
          limit,
          read: (count) => listTasks(db, scope, filter, after, count),
          endOf: ({ id: last }) => idCursor(last),
          async show(rows) {
            const doers = await doersOf(
              db,
              rows.map(({ closedBy }) => closedBy),
            );
            return rows.map((row) => view(row, store.realNow(), doers));
          },
        });
      },
    }),
    route({
      ...shared,
      method: 'post',
      path: '/v1/tasks/:id/done',
      access: 'close-task',
      summary: 'Say that a task is done, and what came of it',
      description: 'It is logged as a contact with the lead. A cadence that waits for the task goes on.',
      body: z.strictObject({ result: z.enum(CONTACT_RESULTS).optional(), note: Note.optional() }),
      bodyExample: { result: 'reached', note: 'Wants an offer for 20 seats.' },
      answers: { 200: { description: 'The task', schema: Task } },
      handle: ({ params, body: { result, note }, caller }) =>
        close(caller, params.id, {
          status: 'done',
          ...(result === undefined ? {} : { result }),
          ...(note === undefined ? {} : { note }),
        }),
    }),
    route({
      ...shared,
      method: 'post',
      path: '/v1/tasks/:id/cancel',
      access: 'close-task',
      summary: 'Say that a task is not to be done',
      description: 'A cadence that waits for the task goes on, as when it was not done in time.',
      body: z.strictObject({ note: Note.optional() }),
      bodyExample: { note: 'Has called us already.' },
      answers: { 200: { description: 'The task', schema: Task } },
      handle: ({ params, body: { note }, caller }) =>
        close(caller, params.id, { status: 'cancelled', ...(note === undefined ? {} : { note }) }),
    }),
  ];
}

function view(task: ListedTask, realNowMs: number, doers: Doers): z.input<typeof Task> {
  const { rep, lead } = task;
  return {
    id: task.id,
    status: task.status,
    kind: KINDS.find((kind) => kind === task.kind) ?? 'call',
    text: task.body,
    rep: { id: rep.id, key: rep.key, name: rep.name },
    team: task.team,
    dueAt: task.dueAt.toISOString(),
    overdue: isTaskLate(task, lead.stage, leadNow(lead, realNowMs)),
    cadence: task.cadence,
    stepId: task.stepId,
    result: task.result,
    note: task.note,
    closedAt: iso(task.closedAt),
    closedBy: task.closedBy,
    closer: doers.orNobody(task.closedBy),
    lead: task.showsLead ? leadOf(lead) : { ...HIDDEN, id: lead.id },
  };
}

const HIDDEN = { name: null, company: null, jobTitle: null, email: null, phone: null, timeZone: null, stage: null };

function leadOf(lead: ListedTask['lead']): z.input<typeof Task>['lead'] {
  return {
    id: lead.id,
    name: [lead.firstName, lead.lastName].filter(Boolean).join(' ') || null,
    company: lead.company,
    jobTitle: lead.jobTitle,
    email: lead.email,
    phone: lead.phone,
    timeZone: lead.timeZone,
    stage: lead.stage as Stage,
  };
}
