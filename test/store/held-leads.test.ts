/** Events of a lead that somebody holds, as a worker does that stands still in the middle of a turn: nobody else waits for them. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Lead } from '../../src/store/generated/client.ts';
import type { EventInput } from '../../src/store/events/event-batch.ts';
import { createEventRecorder } from '../../src/store/events/record-events.ts';
import { lockWaiters } from '../support/lock-waiters.ts';
import { openBench, type Bench } from './support.ts';

/** Less than a statement may take: whoever waits for a held lead takes longer, and on a busy machine nobody else does. */
const SOON_MS = 10_000;

let bench: Bench;
let other: pg.Client;
beforeAll(async () => {
  bench = await openBench();
  other = new pg.Client({ connectionString: bench.url });
  await other.connect();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await other.query('ROLLBACK');
});
afterAll(async () => {
  await other?.end();
  await bench[Symbol.asyncDispose]();
});

const view = (lead: { id: string }): EventInput => ({ leadId: lead.id, type: 'page.viewed' });
const leads = (count: number) => Promise.all(Array.from({ length: count }, () => bench.lead()));

async function hold(...held: Lead[]): Promise<void> {
  await other.query('BEGIN');
  await other.query('SELECT id FROM leads WHERE id = ANY($1) FOR UPDATE', [held.map(({ id }) => id)]);
}

/** Milliseconds until all of it is there. */
async function took(work: readonly Promise<unknown>[]): Promise<number> {
  const from = performance.now();
  await Promise.all(work);
  return performance.now() - from;
}

test('while somebody holds a lead, calls for other leads are answered; calls for that lead are recorded once it is free', async () => {
  const record = createEventRecorder(bench.ctx);
  const [held, ...others] = await leads(21);
  if (held === undefined) throw new Error('no lead');
  await hold(held);
  const done: string[] = [];
  const note = (call: Promise<unknown>) => call.then(() => done.push('held'));
  const waiting = [note(record([view(held)]))];
  expect(await took(others.map((lead) => record([view(lead)])))).toBeLessThan(SOON_MS);
  // By its address as well, among others in a batch, and more often than there are lanes.
  const batch = [view(others[0] ?? held), { email: held.email ?? '', type: 'page.viewed' }];
  waiting.push(...[[view(held)], batch, [view(held)]].map((items) => note(record(items))));
  expect(await took(others.map((lead) => record([view(lead)])))).toBeLessThan(SOON_MS);
  // Once it is known, nobody waits for it in a transaction, which takes a second, and nothing else is slower for it.
  await expect.poll(isWaitedFor).toBe(false);
  let bursts = 0;
  const burst = (): Promise<number> => {
    bursts += 1;
    return took(others.map((lead) => record([view(lead)])));
  };
  await expect.poll(burst).toBeLessThan(1_000);
  expect(done).toEqual([]);
  await other.query('COMMIT');
  await Promise.all(waiting);
  expect((await bench.reload(held)).score).toBe(8);
  expect((await bench.reload(others[0] ?? held)).score).toBe(2 * (3 + bursts));
  expect((await bench.reload(others[1] ?? held)).score).toBe(2 * (2 + bursts));
});

test('many calls for a held lead delay no call for another lead', async () => {
  const record = createEventRecorder(bench.ctx);
  const [held, free] = await leads(2);
  if (held === undefined || free === undefined) throw new Error('no lead');
  await hold(held);
  const waiting = Array.from({ length: 30 }, () => record([view(held)]));
  expect(await took([record([view(free)])])).toBeLessThan(SOON_MS);
  await other.query('COMMIT');
  await Promise.all(waiting);
  expect((await bench.reload(held)).score).toBe(60);
});

test('of two held leads, the calls of the one that is free first do not wait for the other', async () => {
  const record = createEventRecorder(bench.ctx);
  const [first, second] = await leads(2);
  if (first === undefined || second === undefined) throw new Error('no lead');
  const another = new pg.Client({ connectionString: bench.url });
  await another.connect();
  try {
    await hold(second);
    await another.query('BEGIN');
    await another.query('SELECT id FROM leads WHERE id = $1 FOR UPDATE', [first.id]);
    const [freed, waiting] = [record([view(first)]), record([view(second)])];
    await expect.poll(() => lockWaiters(bench.db)).not.toEqual([]);
    await another.query('COMMIT');
    await freed;
    await other.query('COMMIT');
    await waiting;
  } finally {
    await another.end();
  }
});

test('a call that waited as long as a statement may take gets TOO_BUSY', async () => {
  const record = createEventRecorder(bench.ctx);
  const [held] = await leads(1);
  if (held === undefined) throw new Error('no lead');
  await hold(held);
  const refused = record([view(held)]);
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 15_000);
  await expect(refused).rejects.toMatchObject({ code: 'TOO_BUSY' });
  await other.query('COMMIT');
  expect((await record([view(held)])).items).toMatchObject([{ status: 'accepted' }]);
});

/** Whether somebody waits for a lock just now. */
async function isWaitedFor(): Promise<boolean> {
  const found = await bench.db.$queryRaw<unknown[]>`
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return found.length > 0;
}
