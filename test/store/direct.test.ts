/** Raw statements that go past Prisma's engine: in the same transaction as its models, and never outside of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb, createDb, transact } from '../../src/store/db.ts';
import { insertRow, insertRows, updateRow } from '../../src/store/rows.ts';
import { openBench, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const nameOf = async (id: string) => (await bench.db.lead.findUniqueOrThrow({ where: { id } })).firstName;

describe('updateRow', () => {
  it('leaves a field that is undefined as it is, and clears one that is null', async () => {
    const lead = await bench.lead({ firstName: 'Ada', lastName: 'Byron' });
    const patch = { firstName: undefined, lastName: null } as unknown as { lastName: null };
    await transact(bench.db, (tx) => updateRow(tx, 'leads', lead.id, patch));
    expect(await bench.db.lead.findUniqueOrThrow({ where: { id: lead.id } })).toMatchObject({
      firstName: 'Ada',
      lastName: null,
    });
  });
});

describe('a raw statement in a transaction', () => {
  it('sees what a model wrote before it, and is seen by what a model reads after it', async () => {
    const lead = await bench.lead();
    await transact(bench.db, async (tx) => {
      await tx.lead.update({ where: { id: lead.id }, data: { firstName: 'Model' } });
      expect(await tx.$queryRaw`SELECT first_name AS name FROM leads WHERE id = ${lead.id}`).toEqual([
        { name: 'Model' },
      ]);
      expect(await tx.$executeRaw`UPDATE leads SET first_name = 'Raw' WHERE id = ${lead.id}`).toBe(1);
      expect((await tx.lead.findUniqueOrThrow({ where: { id: lead.id } })).firstName).toBe('Raw');
      // Nobody else does before it is committed.
      expect(await nameOf(lead.id)).not.toBe('Raw');
    });
    expect(await nameOf(lead.id)).toBe('Raw');
  });

  it('is waited for as long as the transaction may take, where that is longer than usual', async () => {
    const db = createDb(bench.url, { max: 1, queryTimeoutMs: 300 });
    const sleep = (limits?: { timeout: number }) =>
      db.$transaction((tx) => tx.$queryRaw`SELECT 1 AS awake FROM pg_sleep(1)`, limits);
    try {
      await expect(sleep()).rejects.toThrow('Query read timeout');
      expect(await sleep({ timeout: 60_000 })).toEqual([{ awake: 1 }]);
    } finally {
      await closeDb(db);
    }
  });

  it('is rolled back with everything else when the work throws', async () => {
    const lead = await bench.lead({ firstName: 'Before' });
    const failing = bench.db.$transaction(async (tx) => {
      await tx.$executeRaw`UPDATE leads SET first_name = 'After' WHERE id = ${lead.id}`;
      throw new Error('thought better of it');
    });
    await expect(failing).rejects.toThrow('thought better of it');
    expect(await nameOf(lead.id)).toBe('Before');
  });

  it('is refused once the transaction has ended, on time-out too, and never runs outside of it', async () => {
    const lead = await bench.lead({ firstName: 'Before' });
    const refused = Promise.withResolvers<unknown>();
    const timedOut = bench.db.$transaction(
      async (tx) => {
        try {
          // One after the other until one is refused. The time is over while one is under way, whichever that is.
          for (;;) await tx.$executeRaw`UPDATE leads SET first_name = 'Late' FROM pg_sleep(0.2) WHERE id = ${lead.id}`;
        } catch (error) {
          refused.resolve(error);
        }
      },
      { timeout: 100 },
    );
    await expect(timedOut).rejects.toThrow(/transaction/i);
    expect(await refused.promise).toMatchObject({ message: expect.stringContaining('has ended') });
    expect(await nameOf(lead.id)).toBe('Before');
  });

  it('that failed because the one before it failed throws the first one’s error, though they shared a round trip', async () => {
    const failing = transact(bench.db, async (tx) => {
      const first = tx.$queryRaw`SELECT 1 / 0`;
      const after = tx.$queryRaw`SELECT 1`;
      await Promise.allSettled([first, after]);
      return after;
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
  });

  it('keeps two transactions apart that run at once', async () => {
    const leads = await Promise.all(Array.from({ length: 8 }, () => bench.lead()));
    const pids = await Promise.all(
      leads.map((lead) =>
        transact(bench.db, async (tx) => {
          const rows: { pid: number }[] = [];
          for (let n = 0; n < 5; n += 1) {
            rows.push(...(await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`));
            await tx.lead.update({ where: { id: lead.id }, data: { companySize: n } });
          }
          return new Set(rows.map(({ pid }) => pid));
        }),
      ),
    );
    expect(pids.map((of) => of.size)).toEqual(leads.map(() => 1));
  });

  it('reads rows as the models do', async () => {
    const lead = await bench.lead();
    const [raw] = await bench.db.$queryRaw<{ offset: bigint; at: Date; attributes: unknown; count: bigint }[]>`
      SELECT clock_offset_ms AS offset, score_at AS at, attributes, count(*) OVER () AS count FROM leads WHERE id = ${lead.id}`;
    const { clockOffsetMs, scoreAt, attributes } = await bench.reload(lead);
    expect(raw).toEqual({ offset: clockOffsetMs, at: scoreAt, attributes, count: 1n });
  });
});

describe('rows', () => {
  it('are written and changed as a model would, whatever type a column has', async () => {
    const lead = await bench.lead();
    const at = new Date('2026-03-29T01:30:00.123Z');
    const id = `need-${lead.id}`;
    const need = await transact(bench.db, (tx) =>
      insertRow(tx, 'needs', {
        id,
        leadId: lead.id,
        openedAt: at,
        valueMinor: 9_007_199_254_740_993n,
        budget: 'known',
      }),
    );
    expect(need).toEqual(await bench.db.need.findUnique({ where: { id } }));
    expect(need).toMatchObject({
      openedAt: at,
      valueMinor: 9_007_199_254_740_993n,
      budget: 'known',
      maturity: 'researching',
    });

    const awaiting = [{ event: 'it’s "quoted" \\ and 💌', since: at.toISOString() }];
    const before = await bench.reload(lead);
    await transact(bench.db, (tx) =>
      updateRow(tx, 'leads', lead.id, {
        awaiting,
        heldReason: "O'Reilly; DROP TABLE leads",
        nextDueAt: null,
        armed: false,
      }),
    );
    const after = await bench.reload(lead);
    expect(after).toMatchObject({ awaiting, heldReason: "O'Reilly; DROP TABLE leads", nextDueAt: null, armed: false });
    expect(after.updatedAt.getTime()).toBeGreaterThanOrEqual(before.updatedAt.getTime());
    await transact(bench.db, (tx) => updateRow(tx, 'leads', lead.id, { awaiting: null }));
    expect((await bench.reload(lead)).awaiting).toBeNull();
  });

  it('are written in the order given, none when there are none', async () => {
    const lead = await bench.lead();
    const rows = Array.from({ length: 20 }, (_, n) => ({
      id: `order-${lead.id}-${n}`,
      leadId: lead.id,
      actor: 'system',
      action: 'test',
      data: { n },
      occurredAt: new Date(0),
    }));
    await transact(bench.db, async (tx) => {
      await insertRows(tx, 'audit', rows);
      await insertRows(tx, 'audit', []);
    });
    const written = await bench.db.$queryRaw<{ n: number }[]>`
      SELECT (data->>'n')::int AS n FROM audit WHERE action = 'test' AND lead_id = ${lead.id} ORDER BY ctid`;
    expect(written.map(({ n }) => n)).toEqual(rows.map(({ data }) => data.n));
  });
});
