/** A database host that vanishes: what was sent got there, no answer comes, and no connection is ended. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outageOf } from '../../src/runtime/outage.ts';
import { closeDb, createDb, transact, type Db } from '../../src/store/db.ts';
import { createEventRecorder } from '../../src/store/events/record-events.ts';
import { openRelayBench, type RelayBench } from '../relay/support.ts';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

/** Far longer than a statement takes on a busy machine: only what was lost is given up. The tests wait for it side by side. */
const QUERY_TIMEOUT_MS = 5_000;

let bench: RelayBench;
beforeAll(async () => {
  bench = await openRelayBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

interface Way extends AsyncDisposable {
  proxy: TcpProxy;
  db: Db;
}

/** A way to the database with one connection, whose host can vanish. */
async function openWay(): Promise<Way> {
  const proxy = await openTcpProxy(bench.url);
  const db = createDb(proxy.url, { max: 1, queryTimeoutMs: QUERY_TIMEOUT_MS });
  return {
    proxy,
    db,
    async [Symbol.asyncDispose]() {
      await closeDb(db);
      await proxy[Symbol.asyncDispose]();
    },
  };
}

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe.concurrent('a host that vanishes', () => {
  test('a commit without an answer is an outage, and its connection is not used again', async () => {
    await using way = await openWay();
    const { proxy, db } = way;
    const lead = await bench.lead();
    const vanished = proxy.vanishAfter('COMMIT');
    const committing = errorOf(
      transact(db, (tx) => tx.$executeRaw`UPDATE leads SET first_name = 'Kept' WHERE id = ${lead.id}`),
    );
    await vanished;
    proxy.heal();
    // One that waits for the connection is not given the dead one.
    const waiting = db.lead.count();
    expect(outageOf(await committing)).toMatchObject({ of: 'database' });
    expect(await waiting).toBeGreaterThan(0);
    // Nobody could know, and it was.
    expect((await db.lead.findUniqueOrThrow({ where: { id: lead.id } })).firstName).toBe('Kept');
  });

  test.each([
    ['a model’s statement', (db: Db) => db.lead.count()],
    ['a statement', (db: Db) => db.$queryRaw`SELECT count(*) FROM leads`],
    ['a model’s statement in a transaction', (db: Db) => transact(db, (tx) => tx.lead.count())],
    [
      'one of statements that share a round trip',
      (db: Db) => transact(db, (tx) => Promise.all([tx.$queryRaw`SELECT count(*) FROM leads`, tx.$queryRaw`SELECT 1`])),
    ],
  ] as const)('%s that is never answered is an outage', async (_what, work) => {
    await using way = await openWay();
    const { proxy, db } = way;
    const vanished = proxy.vanishAfter('leads');
    const failing = errorOf(work(db));
    await vanished;
    proxy.heal();
    const waiting = transact(db, (tx) => tx.lead.count());
    expect(outageOf(await failing)).not.toBeNull();
    expect(await waiting).toBeGreaterThanOrEqual(0);
  });

  test('a slow statement is ended by the server', async () => {
    const patient = createDb(bench.url, { max: 1 });
    const slow = await errorOf(patient.$queryRaw`SELECT pg_sleep(20)::text`);
    expect(slow).toMatchObject({ code: '57014' });
    await closeDb(patient);
  });

  test('an event recorder and a relay go on afterwards', async () => {
    await using way = await openWay();
    const { proxy, db } = way;
    const lead = await bench.lead();
    const record = createEventRecorder({ ...bench.ctx, db });
    const view = (id: string) => record([{ id, leadId: lead.id, type: 'page.viewed' }]);
    for (const id of ['lost-1', 'lost-2']) {
      const vanished = proxy.vanishAfter('COMMIT');
      const lost = errorOf(view(id));
      await vanished;
      proxy.heal();
      expect(outageOf(await lost)).not.toBeNull();
    }
    expect((await view('lost-1')).items).toEqual([{ status: 'duplicate', id: 'lost-1' }]);
    expect((await view('kept')).items).toEqual([{ status: 'accepted', id: 'kept' }]);

    const id = await bench.leftBehind(lead.id);
    const vanished = proxy.vanishAfter('UPDATE outbox');
    const relay = bench.relay({ db });
    const sweeping = errorOf(relay.sweepNow());
    await vanished;
    proxy.heal();
    expect(outageOf(await sweeping)).not.toBeNull();
    await bench.db.outbox.update({ where: { id }, data: { leasedUntil: null } });
    expect(await relay.sweepNow()).toBe(1);
    expect(await bench.heard(lead.id)).toMatchObject([{ outboxId: id }]);
  });
});
