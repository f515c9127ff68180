/** Lives of bulk runs whose histories are recorded: between them they go through every part of `bulkRun`. */
import { changeBroadcast, findBroadcast, planBroadcast } from '../../src/store/broadcasts/broadcasts.ts';
import type { Newsletter } from '../../src/domain/newsletter.ts';
import { publishRead } from '../../src/playbook/publish.ts';
import { scheduleId } from '../../src/temporal/newsletter-schedules.ts';
import { seedKind } from '../broadcasts/many-leads.ts';
import { changeRun, type NewRun, readRun, startRun } from '../../src/store/bulk/runs.ts';
import type { BulkStatus } from '../../src/domain/bulk-run.ts';
import type { Engine } from '../support/engine.ts';
import { emailOf } from './story.ts';

const BY = 'key:recorder';

/** By name: what happens. Each answers with the id of the run, which is that of its process. */
export const BULK_LIVES: Readonly<Record<string, (engine: Engine) => Promise<string>>> = {
  'bulk-run-paused-and-resumed': async (engine) => {
    for (const n of [1, 2, 3]) await engine.submit({ email: emailOf(`bulk-${n}`), source: 'bulk' });
    const params = {
      command: { kind: 'pause' },
      when: { source: 'bulk' },
      actor: { kind: 'key', keyId: BY, manager: true },
    };
    // A lead a second: the pause comes while the run works.
    const id = await begin(engine, { kind: 'command', params, rate: 1, total: 3, by: BY });
    await until(engine, id, ({ done }) => done > 0);
    await change(engine, id, 'paused');
    await engine.until(
      () => engine.handle(id).query<{ status: BulkStatus } | null>('progress'),
      (progress) => progress?.status === 'paused',
    );
    await change(engine, id, 'running', 1_000);
    await until(engine, id, ({ status }) => status === 'done');
    return id;
  },
  'bulk-run-rests-between-hand-offs': async (engine) => {
    const leads: string[] = [];
    for (const n of [1, 2]) leads.push(await engine.submit({ email: emailOf(`marked-${n}`), source: 'drip' }));
    const where = { id: { in: leads } };
    await engine.db.lead.updateMany({ where, data: { armed: false } });
    const clicks = Array.from({ length: 6 }, () => leads.map((leadId) => ({ leadId, type: 'email.clicked' })));
    await engine.record(...clicks.flat());
    const at = new Date();
    await engine.db.lead.updateMany({ where, data: { armed: true, armedAt: at, markedAt: at } });
    // Seven seconds from one to the next: a timer of the process.
    const params = { crossing: 'hand-off', perHour: 514, revision: 1 };
    const id = await begin(engine, {
      kind: 'rescore',
      params: { ...params, nextAtMs: 0 },
      rate: 1_000,
      total: 0,
      by: BY,
    });
    await until(engine, id, ({ status }) => status === 'done');
    return id;
  },
  'broadcast-paused-and-resumed': async (engine) => {
    const { db } = engine;
    await seedKind(db, { name: 'replayed', source: 'replayed', count: 20 });
    const planned = await planBroadcast(db, {
      key: 'replayed',
      segment: null,
      audience: { when: { source: 'replayed' }, segments: [] },
      topic: 'tips',
      variants: [{ key: 'a', template: 'plain', hash: engine.deps.rules.current().templates.get('plain')?.hash ?? '' }],
      // It waits for its time first: a timer of the process.
      schedule: { kind: 'at', at: new Date(Date.now() + 4_000).toISOString() },
      rate: 120,
      trial: null,
      again: false,
      by: BY,
    });
    const { id } = planned;
    await changeBroadcast(db, id, 'running', { by: BY, only: ['planned'] });
    engine.broadcasts.tell(id);
    await engine.until(
      () => db.send.count({ where: { broadcastId: id, status: 'sent' } }),
      (sent) => sent > 2,
    );
    await changeBroadcast(db, id, 'paused', { by: BY });
    engine.broadcasts.tell(id);
    await engine.until(
      () => engine.handle(id).query<{ status: string } | null>('progress'),
      (progress) => progress?.status === 'paused',
    );
    await changeBroadcast(db, id, 'running', { by: BY, rate: 60_000 });
    engine.broadcasts.tell(id);
    await engine.until(
      () => findBroadcast(db, id),
      ({ status }) => status === 'done',
    );
    return id;
  },
  'newsletter-issue': async (engine) => {
    const { client, db, deps, taskQueue } = engine;
    const newsletter = 'replayed-news';
    await seedKind(db, { name: newsletter, source: newsletter, count: 2 });
    const { playbook, templates } = deps.rules.current();
    const one: Newsletter = {
      newsletter,
      template: 'plain',
      when: { source: newsletter },
      times: { dates: [1], months: [1], at: '09:00' },
      catchUp: { amount: 1, unit: 'days' },
    };
    await publishRead({ playbook: { ...playbook, newsletters: [one] }, templates }, db, { author: BY });
    await engine.newsletters.runNow();
    await client.schedule.getHandle(scheduleId(taskQueue, newsletter)).trigger();
    const fired = await engine.until(
      () => client.schedule.getHandle(scheduleId(taskQueue, newsletter)).describe(),
      ({ info }) => info.recentActions.length > 0,
    );
    await engine.until(
      () => db.broadcast.findFirst({ where: { newsletter } }),
      (issue) => issue?.status === 'done',
    );
    const [action] = fired.info.recentActions;
    return action?.action.type === 'startWorkflow' ? action.action.workflow.workflowId : '';
  },
  'bulk-run-stopped-and-canceled': async (engine) => {
    // A migration that does not say of which cadence cannot go on.
    const id = await begin(engine, { kind: 'migrate', params: {}, rate: 1, total: 1, by: BY });
    await until(engine, id, ({ status }) => status === 'paused');
    await change(engine, id, 'canceled');
    return id;
  },
};

async function begin(engine: Engine, run: NewRun): Promise<string> {
  const id = await startRun(engine.db, run);
  engine.bulkRuns.tell(id);
  return id;
}

async function change(engine: Engine, id: string, to: Exclude<BulkStatus, 'done'>, rate?: number): Promise<void> {
  await changeRun(engine.db, id, to, BY, rate);
  engine.bulkRuns.tell(id);
}

async function until(
  engine: Engine,
  id: string,
  isSo: (run: { status: BulkStatus; done: number }) => boolean,
): Promise<void> {
  await engine.until(
    () => readRun(engine.db, id),
    (run) => run !== null && isSo(run),
    60_000,
  );
}
