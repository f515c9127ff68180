/** Simulates the marketer: broadcasts by the API, and a newsletter whose schedule fires. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { scheduleId } from '../src/temporal/newsletter-schedules.ts';
import type { ChaosClient } from './client.ts';
import type { Casting, PlannedCasting } from './plan-broadcasts.ts';
import type { Record } from './record.ts';

interface Marketer {
  client: ChaosClient;
  temporal: Client;
  taskQueue: string;
  record: Record;
  startedAt: number;
  /** Nothing is fired any more once it is aborted. */
  signal: AbortSignal;
}

/** Every lead of a run: nothing that happens to it takes it out. */
const EVERYBODY = { source: ['drip', 'listening', 'far', 'kinds', 'talk', 'poison'] };
const PAUSE_MS = 1_000;
/** Its rest begins within the run. */
const TRIAL = {
  variants: [{ template: 'other' }, { template: 'other', subject: 'Another subject' }],
  trial: { share: 0.4, for: '0.1 minutes' },
};

/** Resolves when all of it is done, or the client gave up. */
export async function broadcastAll(planned: readonly PlannedCasting[], marketer: Marketer): Promise<void> {
  const { client, record, startedAt } = marketer;
  for (const { atMs, act } of planned) {
    await sleep(Math.max(0, startedAt + atMs - Date.now()));
    if (act.kind === 'fire') await fire(act.newsletter, marketer);
    else {
      const { status, body, attempts } = await client.ask({ method: 'POST', ...requestFor(act) });
      const result = typeof body['code'] === 'string' ? body['code'] : undefined;
      record.add({ email: '', act: 'broadcast', key: `${act.kind} ${act.broadcast}`, status, result, attempts });
    }
  }
}

function requestFor(act: Exclude<Casting, { kind: 'fire' }>): { path: string; body?: object } {
  if (act.kind !== 'plan') return { path: `/v1/broadcasts/${act.broadcast}/${act.kind}` };
  const common = { key: act.broadcast, when: EVERYBODY, rate: act.rate, again: true };
  const said = act.isTrial === true ? TRIAL : { template: 'other' };
  return { path: '/v1/broadcasts', body: { ...common, ...said } };
}

/** A schedule that was fired without an answer is fired again: what it fires twice is one issue. */
async function fire(newsletter: string, { temporal, taskQueue, signal }: Marketer): Promise<void> {
  const handle = temporal.schedule.getHandle(scheduleId(taskQueue, newsletter));
  while (!signal.aborted) {
    const fired = await handle.trigger().then(
      () => true,
      () => false,
    );
    if (fired) return;
    await sleep(PAUSE_MS);
  }
}
