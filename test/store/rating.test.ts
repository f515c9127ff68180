/** How good a lead is, on a real database: the grade, how much of it is known, its value by its orders, and its readiness. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScoringModel } from '../../src/domain/scoring.ts';
import { readFields } from '../../src/domain/fields/facts.ts';
import type { EventInput } from '../../src/store/events/event-batch.ts';
import { renewTiers } from '../../src/store/scoring/tiers-over.ts';
import { createEventRecorder } from '../../src/store/events/record-events.ts';
import { DAY, NOW, openBench, PLAYBOOK, rulesOf, type Bench } from './support.ts';

const SCORING: ScoringModel = {
  ...PLAYBOOK.scoring,
  fit: [],
  idealCustomer: [
    { criterion: 'size', field: 'companySize', ideal: { gte: 100 }, tolerance: 50, weight: 20, misfit: -20 },
    { criterion: 'decides', field: 'authority', ideal: 'known', weight: 20, misfit: 0 },
  ],
  valueTiers: [
    { tier: 'key', when: { any: [{ orderValueMinor: { gte: 500_000 } }, { productLine: 'vineyard', orderCount: 2 }] } },
    { tier: 'regular', when: { orderCount: { gte: 1 } } },
    { tier: 'prospect' },
  ],
};

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ ...PLAYBOOK, scoring: SCORING });
});
afterAll(() => bench[Symbol.asyncDispose]());

const record = (...items: EventInput[]) => createEventRecorder(bench.ctx)(items);
const ordered = (leadId: string, day: number, properties: Record<string, unknown> = {}): EventInput => ({
  leadId,
  type: 'order.placed',
  occurredAt: new Date(NOW - day * DAY),
  properties,
});

describe('the value of a lead', () => {
  it('sums up its orders, in whatever order and however many at once they come in, each once', async () => {
    const lead = await bench.lead({ companySize: 75 });
    expect(lead).toMatchObject({
      fitGrade: 'C',
      fitPoints: 0,
      fitCompleteness: 50,
      valueTier: 'prospect',
      orders: null,
    });
    const once = { ...ordered(lead.id, 3, { valueMinor: 100_000, currency: 'eur' }), id: 'o-1', source: 'shop' };
    await record(once);
    await record(once);
    expect(await bench.reload(lead)).toMatchObject({ valueTier: 'regular' });
    await Promise.all(
      [
        ordered(lead.id, 9, { valueMinor: 150_000 }),
        ordered(lead.id, 1, { valueMinor: 250_000, currency: 'EUR' }),
        ordered(lead.id, 5, { valueMinor: 999_999, currency: 'USD' }),
        ordered(lead.id, 7, { valueMinor: 'much' }),
      ].map((event) => record(event)),
    );
    const after = await bench.reload(lead);
    expect(after).toMatchObject({
      valueTier: 'key',
      orders: { count: 5, valueMinor: 500_000, currency: 'EUR', others: { USD: 999_999 }, lastAtMs: NOW - DAY },
    });
    const facts = readFields({ lead: after }, { atMs: NOW + DAY / 2, fading: SCORING, freeMail: new Set() });
    expect(facts).toMatchObject({ orderCount: 5, orderValueMinor: 500_000, daysSinceOrder: 1, valueTier: 'key' });
  });

  it('asks for the need where a tier does', async () => {
    const lead = await bench.lead();
    const need = { id: 'need-vine', leadId: lead.id, productLine: 'vineyard', openedAt: new Date(NOW) };
    await bench.db.need.create({ data: need });
    await bench.db.lead.update({ where: { id: lead.id }, data: { needId: need.id } });
    await record(ordered(lead.id, 2), ordered(lead.id, 1));
    expect(await bench.reload(lead)).toMatchObject({ valueTier: 'key' });
  });
});

it('a lead that showed high intent is ready, whatever its grade', async () => {
  const lead = await bench.lead({ companySize: 3 });
  const readiness = async () => {
    const row = await bench.reload(lead);
    return readFields({ lead: row }, { atMs: NOW, fading: SCORING, freeMail: new Set() })['readiness'];
  };
  expect(await readiness()).toBe('never');
  await record({ leadId: lead.id, type: 'demo.requested' });
  expect(await readiness()).toBe('ready');
});

it('time alone brings a lead into another tier, and only where a tier asks for time', async () => {
  const [late, soon] = [await bench.lead(), await bench.lead()];
  await record(ordered(late.id, 300), ordered(soon.id, 3));
  const lapsing: ScoringModel = {
    ...SCORING,
    valueTiers: [{ tier: 'regular', when: { daysSinceOrder: { lte: 365 } } }, { tier: 'prospect' }],
  };
  const renewed = async (scoring: ScoringModel, days: number) => {
    const rules = rulesOf({ ...PLAYBOOK, scoring }).current();
    const { last } = await renewTiers(bench.db, { after: '', limit: 100, rules, realNowMs: NOW + days * DAY });
    expect(last).toBeNull();
    return Promise.all([late, soon].map(async (lead) => (await bench.reload(lead)).valueTier));
  };
  expect(await renewed(lapsing, 60)).toEqual(['regular', 'regular']);
  expect(await renewed(lapsing, 80)).toEqual(['prospect', 'regular']);
  expect(await renewed(lapsing, 400)).toEqual(['prospect', 'prospect']);
  expect(await renewed(SCORING, 400)).toEqual(['prospect', 'prospect']);
});
