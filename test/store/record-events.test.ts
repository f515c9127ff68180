import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { AppError } from '../../src/domain/errors.ts';
import { newId } from '../../src/domain/ids.ts';
import type { EventInput } from '../../src/store/events/event-batch.ts';
import { createEventRecorder, MAX_EVENTS } from '../../src/store/events/record-events.ts';
import { DAY, HOUR, MINUTE, openBench, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const record = (...items: EventInput[]) => createEventRecorder(bench.ctx)(items);

describe('an event recorder', () => {
  it('stores, scores and keeps a ledger, without a bell', async () => {
    const lead = await bench.lead();
    const { items, ringIds } = await record(
      { id: 'a-1', leadId: lead.id, type: 'page.viewed', properties: { path: '/pricing/x' } },
      { id: 'a-2', email: lead.email?.toUpperCase() ?? '', type: 'page.viewed', properties: { path: '/blog' } },
    );
    expect(items).toEqual([
      { status: 'accepted', id: 'a-1' },
      { status: 'accepted', id: 'a-2' },
    ]);
    expect(ringIds).toEqual([]);
    expect(await bench.bells(lead)).toEqual([]);
    const after = await bench.reload(lead);
    expect(after.score).toBe(9);
    expect(after.lastEngagedAt?.getTime()).toBe(bench.now);
    const ledger = await bench.db.scoreEntry.findMany({ where: { leadId: lead.id }, orderBy: { id: 'asc' } });
    expect(ledger.map(({ rule, points, before, after: to }) => [rule, points, before, to])).toEqual([
      ['viewed', 2, 0, 2],
      ['pricing', 5, 2, 7],
      ['viewed', 2, 7, 9],
    ]);
  });

  it('rejects a bad item and keeps the others', async () => {
    const lead = await bench.lead();
    let deep: unknown = 'x';
    for (let level = 0; level < 40; level += 1) deep = [deep];
    const bad: EventInput[] = [
      { type: 'page.viewed' },
      { id: '', leadId: lead.id, type: 'page.viewed' },
      { leadId: lead.id, type: '' },
      { leadId: lead.id, type: 'page.viewed', properties: { title: 'a\0b' } },
      { leadId: lead.id, type: 'page.viewed', properties: { title: '\ud800' } },
      { leadId: lead.id, type: 'page.viewed', properties: { '\ud800': 1 } },
      { leadId: lead.id, type: 'page.viewed', properties: { deep } },
      { leadId: lead.id, type: 'page.viewed', properties: { long: 'x'.repeat(40_000) } },
      { leadId: lead.id, type: 'page.viewed', occurredAt: new Date(Number.NaN) },
      { leadId: lead.id, type: 'page.viewed', occurredAt: new Date('-200000-01-01T00:00:00Z') },
      { leadId: 'lead-unknown', type: 'page.viewed' },
      { email: 'nobody@nowhere.example', type: 'page.viewed' },
    ];
    const { items } = await record(...bad, {
      leadId: lead.id,
      type: 'page.viewed',
      properties: { text: '\\u0000 💌' },
    });
    expect(items.slice(0, 10).every((item) => item.status === 'rejected' && item.code === 'VALIDATION_FAILED')).toBe(
      true,
    );
    expect(items.slice(10, 12)).toMatchObject([{ code: 'LEAD_UNKNOWN' }, { code: 'LEAD_UNKNOWN' }]);
    expect(JSON.stringify(items)).not.toContain('nobody');
    expect(items[12]?.status).toBe('accepted');
    expect((await bench.reload(lead)).score).toBe(2);
    await expect(
      record(...Array.from({ length: MAX_EVENTS + 1 }, () => ({ leadId: lead.id, type: 'x' }))),
    ).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });

  it('counts the same id once: within a batch, after it, and at the same moment', async () => {
    const lead = await bench.lead();
    const one = { id: 'dup-1', leadId: lead.id, type: 'page.viewed' };
    const { items } = await record(one, one);
    expect(items.map(({ status }) => status)).toEqual(['accepted', 'duplicate']);
    const two = { ...one, id: 'dup-2' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => record(one, two)));
    expect(answers.flatMap(({ items: [a] }) => a?.status)).toEqual(Array(10).fill('duplicate'));
    expect(answers.filter(({ items: [, b] }) => b?.status === 'accepted')).toHaveLength(1);
    expect((await bench.reload(lead)).score).toBe(4);
  });

  it('keeps an event although an event of an unknown lead in the same call has the same id', async () => {
    const lead = await bench.lead();
    const { items } = await record(
      { id: 'twice-in-one', leadId: newId('lead'), type: 'page.viewed' },
      { id: 'twice-in-one', leadId: lead.id, type: 'page.viewed' },
    );
    expect(items.map(({ status }) => status)).toEqual(['rejected', 'accepted']);
    expect(await bench.db.event.findUnique({ where: { id: 'twice-in-one' } })).toMatchObject({ leadId: lead.id });
  });

  it('refuses calls that would wait too long, and loses none that it took', async () => {
    const lead = await bench.lead();
    const calls = Array.from({ length: 1_500 }, (_, n) => ({ id: `rush-${n}`, leadId: lead.id, type: 'page.viewed' }));
    const recordRush = createEventRecorder(bench.ctx);
    const answers = await Promise.allSettled(calls.map((call) => recordRush([call])));
    const refused = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as { code: string }] : [],
    );
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['TOO_BUSY']));
    expect(await bench.db.event.count({ where: { leadId: lead.id } })).toBe(calls.length - refused.length);
  });

  it('holds no more than ten thousand events, however few calls they come in', async () => {
    // A lead for each call: none waits for another, however long all of them take.
    const leadIds = (await Promise.all(Array.from({ length: 41 }, () => bench.lead()))).map(({ id }) => id);
    const recordRush = createEventRecorder(bench.ctx);
    const batch = (n: number): EventInput[] =>
      Array.from({ length: MAX_EVENTS }, (_, m) => ({
        id: `bulk-${n}-${m}`,
        leadId: leadIds[n] ?? '',
        type: 'page.left',
      }));
    const other = new pg.Client({ connectionString: bench.url });
    await other.connect();
    await other.query('BEGIN; LOCK TABLE leads');
    const calls = Array.from({ length: 40 }, (_, n) => recordRush(batch(n)));
    const refused = Promise.allSettled(calls.slice(20));
    expect((await refused).map((answer) => answer.status === 'rejected' && (answer.reason as AppError).code)).toEqual(
      Array(20).fill('TOO_BUSY'),
    );
    await other.query('COMMIT');
    await other.end();
    const taken = await Promise.all(calls.slice(0, 20));
    expect(taken.flatMap(({ items }) => items).every(({ status }) => status === 'accepted')).toBe(true);
    expect(await bench.db.event.count({ where: { id: { startsWith: 'bulk-' } } })).toBe(20 * MAX_EVENTS);
    expect((await recordRush(batch(40))).items[0]?.status).toBe('accepted');
  });

  it('takes the same ids for different leads from both sides without a deadlock', async () => {
    const leads = await Promise.all(Array.from({ length: 4 }, () => bench.lead()));
    const rounds = Array.from({ length: 20 }, (_, round) =>
      record(
        ...Array.from({ length: 8 }, (__, n) => ({
          id: `cross-${round % 2 === 0 ? n : 7 - n}`,
          leadId: leads[(n + round) % 4]?.id ?? '',
          type: 'page.viewed',
        })),
      ),
    );
    const accepted = (await Promise.all(rounds)).flatMap(({ items }) =>
      items.filter(({ status }) => status === 'accepted'),
    );
    expect(accepted).toHaveLength(8);
    const scores = await bench.db.lead.aggregate({
      where: { id: { in: leads.map(({ id }) => id) } },
      _sum: { score: true },
    });
    expect(scores._sum.score).toBe(16);
  });

  it('loses no point of 50 concurrent events, and the ledger has no gap', async () => {
    const lead = await bench.lead({ companySize: 5 });
    await bench.db.lead.update({ where: { id: lead.id }, data: { armed: false } });
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => record({ id: `c-${n}`, leadId: lead.id, type: 'page.viewed' })),
    );
    expect((await bench.reload(lead)).score).toBe(100);
    const ledger = await bench.db.scoreEntry.findMany({ where: { leadId: lead.id }, orderBy: { id: 'asc' } });
    expect(ledger).toHaveLength(50);
    ledger.forEach((entry, n) => expect(entry.before).toBe(ledger[n - 1]?.after ?? 0));
  });

  it('keeps a cap: for single events, in a batch, and for events at the same moment', async () => {
    const docs = (leadId: string, n: number): EventInput => ({ id: `cap-${leadId}-${n}`, leadId, type: 'docs.read' });
    const [single, batched, racing] = await Promise.all([bench.lead(), bench.lead(), bench.lead()]);
    for (let n = 0; n < 5; n += 1) await record(docs(single.id, n));
    await record(...Array.from({ length: 5 }, (_, n) => docs(batched.id, n)));
    await Promise.all(Array.from({ length: 12 }, (_, n) => record(docs(racing.id, n))));
    for (const lead of [single, batched, racing]) expect((await bench.reload(lead)).score).toBe(10);
    bench.now += DAY + HOUR;
    await record(docs(single.id, 99));
    expect((await bench.reload(single)).score).toBeGreaterThan(13);
  });

  it('qualifies a lead once, however many events make it ready at the same moment', async () => {
    const lead = await bench.lead();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        record({ id: `x-${n}`, leadId: lead.id, type: 'page.viewed', properties: { path: '/pricing' } }),
      ),
    );
    expect(answers.flatMap(({ ringIds }) => ringIds)).toHaveLength(1);
    expect((await bench.bells(lead)).map(({ reason }) => reason)).toEqual(['qualified']);
    const after = await bench.reload(lead);
    expect(after).toMatchObject({ armed: false, qualifiedBy: 'page.viewed' });
    expect(await bench.db.audit.count({ where: { leadId: lead.id, action: 'lead.qualified' } })).toBe(1);
  });

  it('qualifies at once by high intent, without points', async () => {
    const lead = await bench.lead();
    const { ringIds } = await record({ leadId: lead.id, type: 'demo.requested' });
    expect(ringIds).toHaveLength(1);
    expect(await bench.reload(lead)).toMatchObject({ armed: false, qualifiedBy: 'demo.requested', score: 0 });
  });

  it('reads the first touch only where a rule asks about it', async () => {
    const partner = await bench.lead({ medium: 'partner' });
    const other = await bench.lead({ medium: 'cpc' });
    await record({ leadId: partner.id, type: 'webinar.attended' }, { leadId: other.id, type: 'webinar.attended' });
    expect((await bench.reload(partner)).score).toBe(20);
    expect((await bench.reload(other)).score).toBe(0);
  });

  it('gives a late event what its points are worth now, and takes a time in the future as now', async () => {
    const lead = await bench.lead();
    const old = new Date(bench.now - 30 * DAY);
    await record({ id: 'late-0', leadId: lead.id, type: 'page.viewed' });
    await record({ id: 'late-1', leadId: lead.id, type: 'page.viewed', occurredAt: old });
    expect((await bench.reload(lead)).score).toBeCloseTo(3, 6);
    await record({ id: 'late-2', leadId: lead.id, type: 'other', occurredAt: new Date(bench.now + HOUR) });
    await record({ id: 'late-3', leadId: lead.id, type: 'other', occurredAt: new Date(bench.now + MINUTE) });
    const times = await bench.db.event.findMany({ where: { leadId: lead.id }, orderBy: { id: 'asc' } });
    expect(times.map(({ occurredAt }) => occurredAt.getTime() - bench.now)).toEqual([0, -30 * DAY, 0, 0]);
    expect((await bench.reload(lead)).lastEngagedAt?.getTime()).toBe(bench.now);
  });

  it("uses the lead's own clock for the time of an event", async () => {
    const lead = await bench.lead();
    await bench.db.lead.update({ where: { id: lead.id }, data: { clockOffsetMs: BigInt(4 * DAY) } });
    await record({ id: 'own-clock', leadId: lead.id, type: 'page.viewed' });
    const event = await bench.db.event.findUniqueOrThrow({ where: { id: 'own-clock' } });
    expect(event.occurredAt.getTime()).toBe(bench.now + 4 * DAY);
    expect((await bench.reload(lead)).scoreAt.getTime()).toBe(bench.now + 4 * DAY);
  });
});

describe('an awaited event', () => {
  async function waiting() {
    const lead = await bench.lead();
    const entry = {
      enrollmentId: 'enr-1',
      stepId: 'heard',
      event: 'page.viewed',
      since: new Date(bench.now).toISOString(),
    };
    const when = { 'event.path': '/case', medium: { exists: false } };
    const awaiting = [
      { ...entry, when },
      { ...entry, stepId: 'other', event: 'docs.read' },
    ];
    return bench.db.lead.update({ where: { id: lead.id }, data: { awaiting } });
  }

  it('ends the wait and rings once, however many such events come', async () => {
    const lead = await waiting();
    const hit = { leadId: lead.id, type: 'page.viewed', properties: { path: '/case' } };
    await record({ id: 'w-0', leadId: lead.id, type: 'page.viewed', properties: { path: '/else' } });
    await record({ ...hit, id: 'w-1', occurredAt: new Date(bench.now - HOUR) });
    expect(await bench.bells(lead)).toEqual([]);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => record({ ...hit, id: `w-hit-${n}` })));
    expect(answers.flatMap(({ ringIds }) => ringIds)).toHaveLength(1);
    const [bell] = await bench.bells(lead);
    expect(bell).toMatchObject({ reason: 'awaited', refs: { enrollmentId: 'enr-1', stepId: 'heard' } });
    const after = await bench.reload(lead);
    const { eventId } = (bell?.refs ?? {}) as { eventId?: string };
    expect(eventId).toMatch(/^w-hit-/);
    expect(after.awaiting).toMatchObject([{ stepId: 'heard', metBy: eventId }, { stepId: 'other' }]);
    expect(after.awaiting).not.toMatchObject([{}, { metBy: expect.anything() as unknown }]);
  });

  it('leaves a lead that waits for nothing as it was', async () => {
    const lead = await bench.lead();
    await record({ leadId: lead.id, type: 'page.viewed' });
    const [row] = await bench.db.$queryRaw<{ isNull: boolean }[]>`
      SELECT awaiting IS NULL AS "isNull" FROM leads WHERE id = ${lead.id}`;
    expect(row?.isNull).toBe(true);
  });
});

describe('after a recycle', () => {
  it('a lead qualifies by new engagement only, and by high intent also in the cool-off', async () => {
    const lead = await bench.lead({ companySize: 500 });
    const recycled = { armed: true, armedAt: new Date(bench.now), score: 25, scoreAt: new Date(bench.now) };
    await bench.db.lead.update({
      where: { id: lead.id },
      data: { ...recycled, stage: 'nurturing', coolOffUntil: new Date(bench.now + 10 * DAY) },
    });
    await record({ leadId: lead.id, type: 'page.viewed', occurredAt: new Date(bench.now - HOUR) });
    bench.now += DAY;
    await record({ leadId: lead.id, type: 'page.viewed' });
    expect(await bench.bells(lead)).toEqual([]);
    bench.now += 10 * DAY;
    await record({ leadId: lead.id, type: 'page.viewed' });
    expect(await bench.bells(lead)).toHaveLength(1);
    await bench.db.lead.update({
      where: { id: lead.id },
      data: { ...recycled, armedAt: new Date(bench.now), coolOffUntil: new Date(bench.now + 10 * DAY) },
    });
    bench.now += HOUR;
    await record({ leadId: lead.id, type: 'demo.requested' });
    expect(await bench.bells(lead)).toHaveLength(2);
  });

  it('records what comes in at once in few transactions, with an answer for each call', async () => {
    const shared = createEventRecorder(bench.ctx);
    const leads = await Promise.all(Array.from({ length: 3 }, () => bench.lead()));
    const calls = Array.from({ length: 60 }, (_, n) => ({
      id: `shared-${n % 50}`,
      leadId: n === 59 ? 'lead-unknown' : (leads[(n % 50) % 3]?.id ?? ''),
      type: 'page.viewed',
    }));
    const answers = await Promise.all(calls.map((event) => shared([event])));
    const statuses = answers.map(({ items }) => items.map(({ status }) => status).join(' '));
    expect(statuses[59]).toBe('rejected');
    // Two transactions are under way at once: which of two calls with one event is the first, their order does not say.
    const named = Map.groupBy(calls.slice(0, 59).keys(), (n) => calls[n]?.id);
    for (const same of named.values()) {
      const told = same.map((n) => statuses[n]);
      expect(told).toHaveLength(told.includes('duplicate') ? 2 : 1);
      expect(told.filter((status) => status === 'accepted')).toHaveLength(1);
    }
    expect(named.size).toBe(50);
    const [row] = await bench.db.$queryRaw<{ transactions: number }[]>`
      SELECT count(DISTINCT xmin::text)::int AS transactions FROM events WHERE id LIKE 'shared-%'`;
    expect(row?.transactions).toBeLessThan(10);
    for (const lead of leads) expect((await bench.reload(lead)).score).toBeGreaterThanOrEqual(32);
  });

  it('fails the one call whose data the database refuses, not those that share its transaction', async () => {
    await bench.db.$executeRaw`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE 'refused' USING ERRCODE = 'data_exception'; END $$`;
    await bench.db.$executeRaw`
      CREATE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.type = 'refused') EXECUTE FUNCTION refuse()`;
    const shared = createEventRecorder(bench.ctx);
    const lead = await bench.lead();
    const types = ['page.viewed', 'page.viewed', 'page.viewed', 'refused', 'page.viewed'];
    const told = await Promise.allSettled(types.map((type) => shared([{ leadId: lead.id, type }])));
    expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect((await bench.reload(lead)).score).toBe(8);
  });
});
