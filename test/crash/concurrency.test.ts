/** Many writers at once: no point is lost, a crossing fires once, and no drip leaves after the hand-off began. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import type { RacePoint } from '../../src/runtime/race-points.ts';
import { createRelay } from '../../src/relay/relay.ts';
import { closeDb, createDb, type Db } from '../../src/store/db.ts';
import { createEventRecorder } from '../../src/store/events/record-events.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { type Stop, stopAt } from '../support/stop-at.ts';
import { playbookWith, QUICK } from './playbook.ts';
import { lockWaiters } from '../support/lock-waiters.ts';

let engine: Engine;
let callers: Db[];
let removePlaybook: () => Promise<void>;

beforeAll(async () => {
  const playbook = await playbookWith({ quick: QUICK.replace('0.1 minutes', '0.01 minutes') });
  removePlaybook = playbook.remove;
  engine = await startEngine({ playbookDir: playbook.dir });
  callers = Array.from({ length: 5 }, () => createDb(engine.database.url, { max: 5 }));
  await logTheOrder();
});
afterAll(async () => {
  await Promise.all((callers ?? []).map(closeDb));
  await engine?.close();
  await removePlaybook?.();
});

/**
 * Logs claims of drips and qualifications in their true order: both are written under the lead's lock, so the numbers are in
 * the order of the locks, which no time stamp of a transaction is.
 */
async function logTheOrder(): Promise<void> {
  await engine.db.$executeRawUnsafe('CREATE TABLE true_order (n bigserial, lead_id text, what text)');
  await engine.db.$executeRawUnsafe(`
    CREATE FUNCTION log_order() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO true_order (lead_id, what) VALUES (to_jsonb(NEW) ->> TG_ARGV[0], TG_ARGV[1]); RETURN NEW; END $$`);
  await engine.db.$executeRawUnsafe(`
    CREATE TRIGGER claims AFTER INSERT ON sends FOR EACH ROW WHEN (NEW.audience = 'lead' AND NEW.status = 'claimed')
    EXECUTE FUNCTION log_order('lead_id', 'claimed')`);
  await engine.db.$executeRawUnsafe(`
    CREATE TRIGGER qualifications AFTER UPDATE ON leads FOR EACH ROW
    WHEN (OLD.qualified_at IS NULL AND NEW.qualified_at IS NOT NULL) EXECUTE FUNCTION log_order('id', 'qualified')`);
}

const caller = (n: number) => ({ ...engine.store, db: callers[n % callers.length] ?? engine.db });

test('50 events at once from five callers, each sent twice: no point is lost, and the lead qualifies once', async () => {
  const email = 'many@events.example';
  const leadId = await engine.submit({ email, source: 'drip' });
  await engine.sink.waitFor(email, 1);
  const events = Array.from({ length: 50 }, () => ({ id: newId('event'), leadId, type: 'page.viewed' }));
  const told = [...events, ...events].map((event, n) => createEventRecorder(caller(n))([event]));
  const results = await Promise.all(told);
  for (const { ringIds } of results) engine.relay.ring(ringIds);
  const statuses = results.flatMap(({ items }) => items.map(({ status }) => status));
  expect(statuses.filter((status) => status === 'accepted')).toHaveLength(50);
  expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(50);
  const ledger = await engine.db.scoreEntry.findMany({ where: { leadId, rule: 'viewed' }, orderBy: { id: 'asc' } });
  expect(ledger).toHaveLength(50);
  for (const [n, entry] of ledger.entries()) {
    if (n > 0) expect(entry.before).toBeCloseTo(ledger[n - 1]?.after ?? -1, 2);
  }
  expect((await engine.lead(leadId)).score).toBeCloseTo(100, 1);
  expect(results.flatMap(({ ringIds }) => ringIds)).toHaveLength(1);
  await engine.untilStage(leadId, 'assigned');
  expect(await engine.db.audit.count({ where: { leadId, action: 'lead.qualified' } })).toBe(1);
  const assignments = await engine.db.assignment.findMany({ where: { leadId }, include: { rep: true } });
  expect(assignments).toHaveLength(1);
  await engine.sink.waitFor(assignments[0]?.rep.email ?? '', 1);
  expect(engine.sink.to(email)).toHaveLength(1);
});

describe('no drip leaves after the hand-off began. A demo request comes in', () => {
  /** A lead whose second mail is due at once, and its process, which is stopped at a point when it comes to perform that step. */
  async function stoppedAt(point: RacePoint, email: string): Promise<{ leadId: string; stop: Stop }> {
    // It waits there before the lead comes in: a moment later the step may be done already.
    const stop = stopAt(point, isAtSecondMail(email));
    const leadId = await engine.submit({ email, source: 'quick' });
    await stop.reached;
    return { leadId, stop };
  }

  const isAtSecondMail = (email: string) => async (leadId: string) => {
    const due = { stepId: 'two', dueAt: { lte: new Date() } };
    return (await engine.db.enrollment.count({ where: { leadId, lead: { email }, status: 'active', ...due } })) > 0;
  };

  /** Claims of drips and the crossing, in their true order. */
  async function orderOf(leadId: string): Promise<string[]> {
    const order = await engine.db.$queryRaw<
      { what: string }[]
    >`SELECT what FROM true_order WHERE lead_id = ${leadId} ORDER BY n`;
    return order.map(({ what }) => what);
  }

  const askForDemo = async (leadId: string): Promise<void> => {
    const { ringIds } = await createEventRecorder(caller(1))([{ leadId, type: 'demo.requested' }]);
    engine.relay.ring(ringIds);
  };

  test("right before the step takes the lock: the step's mail is not sent", async () => {
    const email = 'before@race.example';
    const { leadId, stop } = await stoppedAt('turn.begins', email);
    await askForDemo(leadId);
    stop.go();
    await engine.untilStage(leadId, 'assigned');
    expect(await orderOf(leadId)).toEqual(['claimed', 'qualified']);
    expect(engine.sink.to(email)).toHaveLength(1);
  });

  test("while the step holds the lock: the step's mail is sent, and the hand-off waits for it", async () => {
    const email = 'within@race.example';
    const { leadId, stop } = await stoppedAt('turn.locked', email);
    const asking = askForDemo(leadId);
    await engine.until(
      () => lockWaiters(engine.db),
      (waiting) => waiting.length > 0,
    );
    stop.go();
    await asking;
    await engine.untilStage(leadId, 'assigned');
    expect(await orderOf(leadId)).toEqual(['claimed', 'claimed', 'qualified']);
    expect(engine.sink.to(email)).toHaveLength(2);
  });

  test('after the claim is committed and before SMTP has the mail: the mail is sent, and the hand-off follows', async () => {
    const email = 'after@race.example';
    const { leadId, stop } = await stoppedAt('effect.claimed', email);
    await askForDemo(leadId);
    expect(engine.sink.to(email)).toHaveLength(1);
    stop.go();
    await engine.untilStage(leadId, 'assigned');
    expect(await orderOf(leadId)).toEqual(['claimed', 'claimed', 'qualified']);
    expect(engine.sink.to(email)).toHaveLength(2);
  });
});

describe('two relays', () => {
  /** A new lead whose bell is claimed by the engine's relay, which is stopped before it rings it; and another relay. */
  async function claimedByOne(email: string) {
    const second = createRelay({
      db: callers[0] ?? engine.db,
      client: engine.client,
      taskQueue: engine.taskQueue,
      rules: engine.deps.rules,
      log: engine.deps.log,
      sweepEveryMs: 3_600_000,
    });
    // It sweeps as it begins: that sweep must not find the bell.
    await second.sweepNow();
    const stop = engine.stopAt('bell.leased', email);
    const leadId = await engine.submit({ email, source: 'drip' });
    await stop.reached;
    return { leadId, stop, second };
  }

  async function expectOneLife(leadId: string, email: string): Promise<void> {
    await engine.sink.waitFor(email, 1);
    await engine.until(
      () => engine.db.outbox.count({ where: { leadId } }),
      (count) => count === 0,
    );
    await engine.until(
      () => engine.db.send.count({ where: { leadId, status: 'sent' } }),
      (count) => count === 1,
    );
    expect(await engine.db.need.count({ where: { leadId } })).toBe(1);
    expect(engine.sink.to(email)).toHaveLength(1);
  }

  test('one relay has leased a bell: the other relay leaves the bell alone', async () => {
    const email = 'leased@two.example';
    const { leadId, stop, second } = await claimedByOne(email);
    try {
      await second.sweepNow();
      const [bell] = await engine.db.outbox.findMany({ where: { leadId } });
      expect(bell).toMatchObject({ attempts: 1, deliveredAt: null });
      stop.go();
      await expectOneLife(leadId, email);
    } finally {
      stop.go();
      await second.close();
    }
  });

  test('the first relay is slower than its lease, so both ring the same bell: one process starts', async () => {
    const email = 'slow@two.example';
    const { leadId, stop, second } = await claimedByOne(email);
    try {
      await engine.db.outbox.updateMany({ where: { leadId }, data: { leasedUntil: new Date(0) } });
      await second.sweepNow();
      await expectOneLife(leadId, email);
      stop.go();
      const rings = async () => {
        const { events } = await engine.handle(leadId).fetchHistory();
        return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
      };
      await engine.until(rings, (count) => count === 2);
      await expectOneLife(leadId, email);
    } finally {
      stop.go();
      await second.close();
    }
  });
});
