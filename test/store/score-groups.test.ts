/** Scores with groups, limits and product lines on a real database: under concurrency, out of order, and what `why` says of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScoringModel } from '../../src/domain/scoring.ts';
import { lineScoreAtMs, scoreAtMs } from '../../src/domain/score.ts';
import { createEventRecorder } from '../../src/store/events/record-events.ts';
import type { EventInput } from '../../src/store/events/event-batch.ts';
import { scoredEvents } from '../../src/store/lists/score-events.ts';
import { scoreByRule } from '../../src/store/lists/score-by-rule.ts';
import { DAY, HOUR, NOW, openBench, PLAYBOOK, type Bench } from './support.ts';

const SCORING: ScoringModel = {
  ...PLAYBOOK.scoring,
  groups: [{ group: 'content', halfLifeMs: 7 * DAY, limit: 25 }],
  engagement: [
    { rule: 'read', event: 'docs.read', points: 8, group: 'content', productLine: { from: 'line' } },
    { rule: 'first', event: 'docs.read', points: 5, once: true },
    { rule: 'viewed', event: 'page.viewed', points: 3, cap: { points: 7, per: { amount: 2, unit: 'days' } } },
    {
      rule: 'ordered',
      event: 'order.placed',
      points: { from: 'valueMinor', factor: 0.001, max: 20 },
      coolDown: { amount: 3, unit: 'days' },
    },
  ],
  ready: { A: null, B: null, C: null, D: null },
};

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ ...PLAYBOOK, scoring: SCORING, productLines: ['Greenhouse', 'Vineyard'] });
});
afterAll(() => bench[Symbol.asyncDispose]());

const record = (...items: EventInput[]) => createEventRecorder(bench.ctx)(items);
const at = (day: number): Date => new Date(NOW - (40 - day) * DAY);

async function ledgerOf(leadId: string, rule: string): Promise<number[]> {
  const rows = await bench.db.scoreEntry.findMany({ where: { leadId, rule }, orderBy: { id: 'asc' } });
  return rows.map(({ points }) => points);
}

describe('groups and product lines', () => {
  it('lose nothing when events come in at once and out of order, and the shares of the rules make the score', async () => {
    const lead = await bench.lead();
    const days = Array.from({ length: 30 }, (_, n) => (n * 7) % 30);
    const events = days.map((day, n): EventInput => ({
      leadId: lead.id,
      type: 'docs.read',
      occurredAt: at(day),
      properties: { line: n % 2 === 0 ? 'greenhouse' : 'no line of ours' },
    }));
    await Promise.all(events.map((event) => record(event)));
    const row = await bench.reload(lead);
    const sum = (some: readonly number[]): number => some.reduce((all, day) => all + 8 * 2 ** -((40 - day) / 7), 0);
    const nowMs = NOW;
    expect(lineScoreAtMs(row, 'Greenhouse', nowMs, SCORING)).toBeCloseTo(
      Math.min(25, sum(days.filter((_, n) => n % 2 === 0))),
      1,
    );
    expect(lineScoreAtMs(row, 'Vineyard', nowMs, SCORING)).toBe(0);
    expect(await ledgerOf(lead.id, 'first')).toEqual([5]);
    const shares = await scoreByRule(bench.db, lead.id, new Date(nowMs), SCORING);
    const [read, first] = ['read', 'first'].map((rule) => shares.find((one) => one.rule === rule));
    expect(read).toMatchObject({ group: 'content', count: 30 });
    expect(read?.points).toBeCloseTo(sum(days), 6);
    expect(scoreAtMs(row, nowMs, SCORING)).toBeCloseTo(Math.min(25, sum(days)) + (first?.points ?? 0), 1);
  });

  it('a recorded score has its groups in every list and condition', async () => {
    const lead = await bench.lead();
    for (let n = 0; n < 4; n += 1) await record({ leadId: lead.id, type: 'docs.read' });
    const row = await bench.reload(lead);
    // Four times 8 points are more than the group counts, and 5 for the first.
    expect(scoreAtMs(row, bench.now, SCORING)).toBe(30);
    expect(row.score).toBe(5);
    const events = await scoredEvents(bench.db, lead.id, 3);
    expect(events.map(({ rule, event, points }) => [rule, event, points])).toEqual([
      ['first', 'docs.read', 5],
      ...Array.from({ length: 3 }, () => ['read', 'docs.read', 8]),
    ]);
  });
});

describe('what has come in', () => {
  it('is met by a late event as of its own time: by a cap, by a rest, and by "once"', async () => {
    const lead = await bench.lead();
    const viewed = (day: number) => record({ leadId: lead.id, type: 'page.viewed', occurredAt: at(day) });
    for (const day of [10, 10.5, 11]) await viewed(day);
    expect(await ledgerOf(lead.id, 'viewed')).toEqual([3, 3, 1]);
    await viewed(7);
    await viewed(9.5);
    expect(await ledgerOf(lead.id, 'viewed')).toEqual([3, 3, 1, 3]);

    const ordered = (day: number, valueMinor: unknown) =>
      record({ leadId: lead.id, type: 'order.placed', occurredAt: at(day), properties: { valueMinor } });
    await ordered(20, 15_000);
    await ordered(18, 15_000);
    await ordered(22, 15_000);
    await ordered(16, 90_000);
    await ordered(30, 'much');
    expect(await ledgerOf(lead.id, 'ordered')).toEqual([15, 20]);
  });

  it('rests and counts once within one batch, and for events at the same moment', async () => {
    const [batched, racing] = await Promise.all([bench.lead(), bench.lead()]);
    const order = (leadId: string, hours: number): EventInput => ({
      leadId,
      type: 'order.placed',
      occurredAt: new Date(NOW - hours * HOUR),
      properties: { valueMinor: 1000 },
    });
    await record(order(batched.id, 9), order(batched.id, 5), order(batched.id, 100));
    expect(await ledgerOf(batched.id, 'ordered')).toEqual([1, 1]);
    await Promise.all(Array.from({ length: 8 }, (_, n) => record(order(racing.id, n))));
    expect(await ledgerOf(racing.id, 'ordered')).toEqual([1]);
  });
});
