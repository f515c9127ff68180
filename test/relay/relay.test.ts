import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { leaseBells } from '../../src/relay/outbox-rows.ts';
import { LEASE_MS } from '../../src/relay/relay.ts';
import { openRelayBench, type RelayBench } from './support.ts';

let bench: RelayBench;
beforeAll(async () => {
  bench = await openRelayBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const row = (id: string) => bench.db.outbox.findUnique({ where: { id } });
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 50 });

describe('the relay', () => {
  it('starts the process of a lead that is rung, with what operators see, and marks the row', async () => {
    const delivered: string[] = [];
    const relay = bench.relay({ observe: { rung: ({ reason }) => delivered.push(reason) } });
    await relay.sweepNow();
    // No condition of the playbook names it: whoever stated it may have meant a person.
    const lead = await bench.lead({ source: 'anna-schmidt' });
    const id = await bench.leftBehind(lead.id);
    relay.ring([id]);
    await eventually(async () => expect((await row(id))?.deliveredAt).not.toBeNull());
    expect(await bench.heard(lead.id)).toEqual([{ outboxId: id, reason: 'submitted' }]);
    const described = await bench.client.workflow.getHandle(lead.id).describe();
    expect(described.searchAttributes).toMatchObject({
      LeadStage: ['new'],
      LeadScore: [0],
      LeadGrade: ['C'],
      LeadSource: ['other'],
    });
    expect(delivered).toEqual(['submitted']);
    expect(await row(id)).toMatchObject({ attempts: 1, leasedUntil: null });
  });

  it('rings the bells of one lead in order', async () => {
    const lead = await bench.lead();
    const ids: string[] = [];
    const relay = bench.relay();
    // The relay's first sweep is not to share them. It begins by a timer, which was set before this one.
    await new Promise((resolve) => setTimeout(resolve, 0));
    await relay.sweepNow();
    for (let n = 0; n < 5; n += 1) ids.push(await bench.leftBehind(lead.id));
    relay.ring(ids.toReversed());
    await eventually(async () => expect(await bench.heard(lead.id)).toHaveLength(5));
    expect((await bench.heard(lead.id)).map(({ outboxId }) => outboxId)).toEqual(ids);
  });

  it('rings the bells that a crash left behind: those never leased, and those leased and never rung', async () => {
    const [unrung, claimed, held] = [await bench.lead(), await bench.lead(), await bench.lead()];
    const first = await bench.leftBehind(unrung.id);
    const second = await bench.leftBehind(claimed.id);
    const third = await bench.leftBehind(held.id);
    await bench.db.outbox.update({
      where: { id: second },
      data: { leasedUntil: new Date(Date.now() - 1_000), attempts: 1 },
    });
    await bench.db.outbox.update({
      where: { id: third },
      data: { leasedUntil: new Date(Date.now() + 60_000), attempts: 1 },
    });
    const relay = bench.relay({ sweepEveryMs: 50 });
    await eventually(async () =>
      expect([await row(first), await row(second)].every((found) => found?.deliveredAt)).toBe(true),
    );
    expect(await row(third)).toMatchObject({ deliveredAt: null });
    await relay.close();
    await bench.db.outbox.delete({ where: { id: third } });
  });

  it('rings a bell once the lease of the relay that died is over, which is within seconds', async () => {
    expect(LEASE_MS).toBeLessThanOrEqual(10_000);
    const lead = await bench.lead();
    const id = await bench.leftBehind(lead.id);
    await leaseBells(bench.db, { ids: [id], limit: 50, leaseMs: LEASE_MS });
    const relay = bench.relay({ sweepEveryMs: 500 });
    await eventually(async () => expect((await row(id))?.deliveredAt).toBeTruthy());
    await relay.close();
  });

  it('rings each bell once when several relays compete', async () => {
    const leads = await Promise.all(Array.from({ length: 40 }, () => bench.lead()));
    const ids = await Promise.all(leads.flatMap(({ id }) => [bench.leftBehind(id), bench.leftBehind(id)]));
    const relays = Array.from({ length: 3 }, () => bench.relay());
    for (const relay of relays) relay.ring(ids);
    await Promise.all(relays.map((relay) => relay.sweepNow()));
    await Promise.all(relays.map((relay) => relay.close()));
    const heard = await Promise.all(leads.map(({ id }) => bench.heard(id)));
    expect(
      heard
        .flat()
        .map(({ outboxId }) => outboxId)
        .toSorted(),
    ).toEqual(ids.toSorted());
    expect(await bench.db.outbox.count({ where: { id: { in: ids }, deliveredAt: null } })).toBe(0);
  });

  it('skips a row that another relay is leasing at the same moment', async () => {
    const lead = await bench.lead();
    const want = { ids: [await bench.leftBehind(lead.id)], limit: 10, leaseMs: LEASE_MS };
    await bench.db.$transaction(async (tx) => {
      expect(await leaseBells(tx, want)).toMatchObject([{ leadId: lead.id }]);
      // The first claim is not committed: who waited for it would wait here without end.
      expect(await leaseBells(bench.db, want)).toEqual([]);
    });
    expect(await leaseBells(bench.db, want)).toEqual([]);
  });

  it('starts a new process when the one before has ended', async () => {
    const lead = await bench.lead();
    const relay = bench.relay();
    relay.ring([await bench.leftBehind(lead.id)]);
    await eventually(async () => expect(await bench.heard(lead.id)).toHaveLength(1));
    await bench.client.workflow.getHandle(lead.id).terminate('test');
    const again = await bench.leftBehind(lead.id);
    // The same id restarts at most once a second: the first try may be put off.
    await eventually(async () => {
      await relay.sweepNow();
      expect((await row(again))?.deliveredAt).toBeTruthy();
    });
    expect(await bench.heard(lead.id)).toEqual([{ outboxId: again, reason: 'submitted' }]);
  });

  it('puts off every bell of a lead when Temporal cannot be reached, stores the error code, and rings them later', async () => {
    const lead = await bench.lead();
    const ids = [await bench.leftBehind(lead.id), await bench.leftBehind(lead.id)];
    const nowhere = Connection.lazy({ address: '127.0.0.1:1' });
    const failed: string[] = [];
    const cut = bench.relay({
      client: new Client({ connection: nowhere }),
      observe: { missed: ({ error }) => failed.push(error) },
    });
    expect(await cut.sweepNow()).toBe(0);
    expect(failed).toHaveLength(1);
    const rows = await bench.db.outbox.findMany({ where: { id: { in: ids } } });
    expect(rows.every(({ leasedUntil, lastError }) => leasedUntil !== null && /^[A-Z_]+$/.test(lastError ?? ''))).toBe(
      true,
    );
    await cut.close();
    await nowhere.close();
    const relay = bench.relay();
    await eventually(async () => {
      await relay.sweepNow();
      expect(await bench.heard(lead.id)).toHaveLength(2);
    });
  });

  it('rings the bells it was asked to ring before it closes, and deletes the bells of a lead that no longer exists', async () => {
    const leads = await Promise.all(Array.from({ length: 60 }, () => bench.lead()));
    const ids = await Promise.all(leads.map(({ id }) => bench.leftBehind(id)));
    const orphan = await bench.leftBehind('lead-gone');
    const relay = bench.relay();
    relay.ring([...ids, orphan]);
    await relay.close();
    expect(await bench.db.outbox.count({ where: { id: { in: ids }, deliveredAt: { not: null } } })).toBe(60);
    expect(await row(orphan)).toBeNull();
    relay.ring(ids);
  });
});
