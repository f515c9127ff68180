/** A lead whose clock was put ahead: what it did after now counts as of today, in every report alike. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { openApi, type Bench } from '../api/support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

const DAY = 86_400_000;
const SOURCE = 'ahead';

/** It came in today, and by its own clock was enrolled, mailed, handed over and won within the next months; then a second need came. */
async function write(): Promise<void> {
  const { db } = bench;
  const [leadId, needId, later, enrollmentId] = [newId('lead'), newId('need'), newId('need'), newId('enrollment')];
  const now = Date.now();
  const at = (days: number) => new Date(now + days * DAY);
  await db.lead.create({
    data: {
      id: leadId,
      email: `${leadId}@ahead.example`,
      stage: 'new',
      source: SOURCE,
      scoreAt: at(0),
      needId: later,
      clockOffsetMs: BigInt(150 * DAY),
    },
  });
  await db.need.createMany({
    data: [
      {
        id: needId,
        leadId,
        stage: 'customer',
        outcome: 'won',
        openedAt: at(0),
        closedAt: at(90),
        valueMinor: 100_000n,
        currency: 'EUR',
      },
      { id: later, leadId, stage: 'new', openedAt: at(120) },
    ],
  });
  await db.touch.createMany({
    data: [needId, later].map((id, i) => ({
      id: newId('touch'),
      leadId,
      needId: id,
      isFirst: i === 0,
      source: SOURCE,
      how: 'form' as const,
      occurredAt: at(120 * i),
    })),
  });
  const stages = ['new', 'qualified', 'assigned', 'accepted', 'opportunity', 'customer'] as const;
  await db.stageChange.createMany({
    data: [
      ...stages.map((toStage, i) => ({
        leadId,
        needId,
        toStage,
        because: 'test',
        actor: 'system',
        occurredAt: at(18 * i),
      })),
      { leadId, needId: later, toStage: 'new', because: 'test', actor: 'system', occurredAt: at(120) },
    ],
  });
  await db.assignment.create({
    data: {
      id: newId('assignment'),
      leadId,
      needId,
      repId: bench.reps['ada'] ?? '',
      team: 'north',
      rule: 'test',
      status: 'accepted',
      offeredAt: at(36),
      offerDecidedAt: at(54),
      decidedAt: at(54),
    },
  });
  const revision = await db.cadenceRevision.findFirstOrThrow({ orderBy: { id: 'asc' } });
  await db.enrollment.create({
    data: {
      id: enrollmentId,
      leadId,
      needId,
      cadence: revision.cadence,
      revisionId: revision.id,
      via: 'trigger',
      status: 'completed',
      steppedAt: at(1),
      startedAt: at(1),
      endedAt: at(20),
    },
  });
}

async function cellsOf(path: string, key: string): Promise<Record<string, unknown> | undefined> {
  const { status, body, text } = await bench.get(`/v1/reports/${path}`, bench.keys.marketer);
  expect(status, text).toBe(200);
  const sections = body['sections'] as {
    key: string;
    rows: { cells: Record<string, unknown> }[];
    total: { cells: Record<string, unknown> } | null;
  }[];
  const found = sections.find((one) => one.key === key);
  return found?.total?.cells ?? found?.rows[0]?.cells;
}

test('counts in every report, up to the last thing that it did', async () => {
  await write();
  const only = `source=${SOURCE}`;
  expect(await cellsOf(`leads-in?by=source&${only}`, 'leads-in')).toMatchObject({ needs: 2, returned: 1 });
  expect(await cellsOf(`funnel?by=source&${only}`, 'groups')).toMatchObject({ in: 2, handed: 1, accepted: 1, won: 1 });
  expect(await cellsOf(`hand-off?${only}`, 'hand-off')).toMatchObject({ handed: 1, accepted: 1 });
  expect(await cellsOf('reps', 'reps')).toMatchObject({ handed: 1, accepted: 1, won: 1, value: 100_000 });
  expect(await cellsOf(`cadences?${only}`, 'cadences')).toMatchObject({ began: 1, completed: 1, won: 1 });
  expect(await cellsOf(`attribution?by=source&${only}`, 'won')).toMatchObject({ sales: 1, linear: 100_000 });
  expect(await cellsOf('base?by=source', 'people')).toMatchObject({ all: 1 });
  expect(await cellsOf('base?by=source', 'customers')).toMatchObject({ customers: 1 });
});

test('by week and by month its needs stand in the last one, with the leads behind them, and no row is after the period', async () => {
  for (const by of ['week', 'month']) {
    const { body } = await bench.get(`/v1/reports/leads-in?by=${by}&source=${SOURCE}`, bench.keys.marketer);
    const [section] = body['sections'] as {
      rows: { cells: Record<string, number | string> }[];
      total: { cells: Record<string, number> };
    }[];
    const last = section?.rows.at(-1)?.cells;
    expect(String(last?.['group']) <= new Date().toISOString().slice(0, 10)).toBe(true);
    expect(last?.['needs']).toBe(2);
    expect(section?.total.cells['needs']).toBe(2);
  }
});

test('a period that ended counts nothing of it', async () => {
  expect(await cellsOf(`funnel?by=source&source=${SOURCE}&since=2025-01-01&until=2025-12-31`, 'groups')).toMatchObject({
    in: 0,
    won: 0,
  });
});
