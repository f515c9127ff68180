import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { createReconciler, type Reconciler } from '../../src/relay/reconciler.ts';
import type { Relay } from '../../src/relay/relay.ts';
import type { Prisma } from '../../src/store/generated/client.ts';
import { DAY, MINUTE } from '../store/support.ts';
import { openRelayBench, type RelayBench } from './support.ts';

let bench: RelayBench;
let relay: Relay;
let reconciler: Reconciler;
beforeAll(async () => {
  bench = await openRelayBench();
  relay = bench.relay();
  reconciler = open();
});
afterAll(async () => {
  await reconciler.close();
  await bench[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await bench.db.lead.updateMany({ data: { nextDueAt: null } });
  await bench.db.outbox.deleteMany();
  await bench.db.finding.deleteMany();
});

const open = (batch = 200) =>
  createReconciler({ db: bench.db, log: bench.log, ring: relay.ring, everyMs: 3_600_000, batch });

async function leadWith(data: Prisma.LeadUncheckedUpdateInput) {
  const lead = await bench.lead();
  return bench.db.lead.update({ where: { id: lead.id }, data });
}
const ago = (ms: number) => new Date(Date.now() - ms);
const findings = (leadId: string) => bench.db.finding.findMany({ where: { leadId } });
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 50 });

describe('the reconciler', () => {
  it('finds a terminated process, rings it, and closes the finding once the process has acted', async () => {
    const lead = await leadWith({});
    relay.ring([await bench.leftBehind(lead.id)]);
    await eventually(async () => expect(await bench.heard(lead.id)).toHaveLength(1));
    await bench.client.workflow.getHandle(lead.id).terminate('wedged');
    await bench.db.outbox.deleteMany();
    await bench.db.lead.update({ where: { id: lead.id }, data: { nextDueAt: ago(5 * MINUTE) } });
    expect(await reconciler.runNow()).toMatchObject({ ran: true, overdue: 1, resolved: 0 });
    await eventually(async () => {
      await relay.sweepNow();
      expect((await bench.heard(lead.id)).map(({ reason }) => reason)).toEqual(['overdue']);
    });
    const [finding] = await findings(lead.id);
    expect(finding).toMatchObject({ kind: 'overdue', count: 1, resolvedAt: null });
    expect(finding?.detail).toMatch(/^The process should have acted at \d{4}.* and did not\. It was rung\.$/);
    await bench.db.outbox.deleteMany();
    await bench.db.lead.update({ where: { id: lead.id }, data: { nextDueAt: ago(-DAY) } });
    expect(await reconciler.runNow()).toMatchObject({ overdue: 0, resolved: 1 });
    expect((await findings(lead.id))[0]?.resolvedAt).not.toBeNull();
  });

  it('puts an old claim without an outcome in doubt, and leaves a fresh claim alone', async () => {
    const lead = await leadWith({});
    const claim = (key: string, recordedAt: Date) =>
      bench.db.send.create({
        data: {
          id: `send-${key}`,
          key,
          leadId: lead.id,
          templateKey: 'plain',
          status: 'claimed',
          attempt: key,
          occurredAt: recordedAt,
          recordedAt,
        },
      });
    await claim('old', ago(20 * MINUTE));
    await claim('fresh', ago(MINUTE));
    await reconciler.runNow();
    const sends = await bench.db.send.findMany({ where: { leadId: lead.id }, orderBy: { key: 'asc' } });
    expect(sends.map(({ key, status }) => [key, status])).toEqual([
      ['fresh', 'claimed'],
      ['old', 'in_doubt'],
    ]);
  });

  it('rings the same lead at most once a minute, later each time', async () => {
    const lead = await leadWith({ nextDueAt: ago(DAY) });
    const pass = async (lastAgoMs: number) => {
      await bench.db.outbox.deleteMany();
      await bench.db.finding.updateMany({ where: { leadId: lead.id }, data: { lastAt: ago(lastAgoMs) } });
      return (await reconciler.runNow()).overdue;
    };
    expect((await reconciler.runNow()).overdue).toBe(1);
    expect((await reconciler.runNow()).overdue).toBe(0);
    expect([await pass(30_000), await pass(61_000), await pass(61_000), await pass(121_000)]).toEqual([0, 1, 0, 1]);
    expect((await findings(lead.id))[0]).toMatchObject({
      count: 3,
      detail: expect.stringContaining('3 times so far') as string,
    });
  });

  it("uses the lead's own clock, and leaves leads alone that are paused, held, forwarded or overdue for a moment only", async () => {
    const due = ago(5 * MINUTE);
    const ahead = { clockOffsetMs: BigInt(10 * DAY), nextDueAt: new Date(due.getTime() + 10 * DAY) };
    const late = await Promise.all([leadWith(ahead), leadWith({ nextDueAt: due, clockMovingSince: ago(4 * MINUTE) })]);
    await Promise.all([
      leadWith({ ...ahead, nextDueAt: new Date(due.getTime() + 10 * DAY + 10 * MINUTE) }),
      leadWith({ nextDueAt: due, pausedAt: due }),
      leadWith({ nextDueAt: due, heldAt: due }),
      leadWith({ nextDueAt: due, clockMovingSince: ago(MINUTE) }),
      leadWith({ nextDueAt: ago(30_000) }),
    ]);
    expect((await reconciler.runNow()).overdue).toBe(2);
    const found = await bench.db.finding.findMany();
    expect(found.map(({ leadId }) => leadId).toSorted()).toEqual(late.map(({ id }) => id).toSorted());
  });

  it('rings a bell again that was rung and not heard', async () => {
    const lead = await leadWith({});
    const id = await bench.leftBehind(lead.id);
    await bench.db.outbox.update({
      where: { id },
      data: { deliveredAt: ago(2 * MINUTE), createdAt: ago(3 * MINUTE), attempts: 1 },
    });
    expect(await reconciler.runNow()).toMatchObject({ unacknowledged: 1, overdue: 0 });
    await eventually(async () => expect(await bench.heard(lead.id)).toEqual([{ outboxId: id, reason: 'submitted' }]));
    expect(await findings(lead.id)).toMatchObject([{ kind: 'unacknowledged', resolvedAt: null }]);
    await eventually(async () =>
      expect((await bench.db.outbox.findUnique({ where: { id } }))?.deliveredAt).not.toBeNull(),
    );
    expect(await reconciler.runNow()).toMatchObject({ unacknowledged: 0, resolved: 0 });
    await bench.db.outbox.deleteMany();
    expect(await reconciler.runNow()).toMatchObject({ resolved: 1 });
  });

  it('gives a bell that is still not heard another id: the process may have heard the old id before a backup was restored', async () => {
    const lead = await leadWith({});
    const id = await bench.leftBehind(lead.id);
    await bench.db.outbox.update({
      where: { id },
      data: { deliveredAt: ago(10 * MINUTE), createdAt: ago(20 * MINUTE), attempts: 2 },
    });
    expect(await reconciler.runNow()).toMatchObject({ unacknowledged: 1 });
    await eventually(async () => expect(await bench.heard(lead.id)).toHaveLength(1));
    const [heard] = await bench.heard(lead.id);
    expect(heard?.outboxId).not.toBe(id);
    expect(await bench.db.outbox.findMany({ where: { leadId: lead.id } })).toMatchObject([{ id: heard?.outboxId }]);
  });

  it('works through a backlog in bounded passes, one process at a time', async () => {
    const leads = await Promise.all(Array.from({ length: 25 }, () => leadWith({ nextDueAt: ago(5 * MINUTE) })));
    const others = [open(10), open(10), open(10)];
    const together = await Promise.all(others.map((other) => other.runNow()));
    const ran = together.filter((pass) => pass.ran);
    expect(ran.every((pass) => pass.overdue <= 10)).toBe(true);
    while ((await others[0]?.runNow())?.overdue !== 0);
    await Promise.all(others.map((other) => other.close()));
    expect(await bench.db.finding.count({ where: { count: 1 } })).toBe(leads.length);
  });
});
