/** What a rep reads of their own leads: what was handed to them counts, also once it is somebody else's. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { openApi, type Bench } from '../api/support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

const HOUR = 3_600_000;

/** An offer to Ada, ten days ago; `sentBack`: the lead is back in the pool. */
async function offered(source: string, sentBack: boolean): Promise<string> {
  const { db } = bench;
  const [leadId, needId, repId] = [newId('lead'), newId('need'), bench.reps['ada'] ?? ''];
  const came = Date.now() - 240 * HOUR;
  const at = (hours: number) => new Date(came + hours * HOUR);
  const stage = sentBack ? 'nurturing' : 'accepted';
  const ownerId = sentBack ? null : repId;
  await db.lead.create({
    data: { id: leadId, email: `${leadId}@own.example`, stage, source, scoreAt: at(0), needId, ownerId },
  });
  await db.need.create({
    data: { id: needId, leadId, stage, openedAt: at(0), ownerId, recycleCount: sentBack ? 1 : 0 },
  });
  await db.touch.create({
    data: { id: newId('touch'), leadId, needId, isFirst: true, source, how: 'form', occurredAt: at(0) },
  });
  await db.assignment.create({
    data: {
      id: newId('assignment'),
      leadId,
      needId,
      repId,
      team: 'north',
      rule: 'test',
      status: sentBack ? 'rejected' : 'accepted',
      reason: sentBack ? 'too-early' : null,
      offeredAt: at(2),
      offerDecidedAt: at(3),
      decidedAt: at(3),
    },
  });
  const stages = ['new', 'qualified', 'assigned', ...(sentBack ? ['nurturing'] : ['accepted'])] as const;
  await db.stageChange.createMany({
    data: stages.map((toStage, i) => ({
      leadId,
      needId,
      toStage,
      because: 'test',
      actor: 'system',
      occurredAt: at(i),
    })),
  });
  return leadId;
}

const sectionOf = (body: Record<string, unknown>, key: string) =>
  (
    body['sections'] as {
      key: string;
      rows: { group?: string; cells: Record<string, unknown> }[];
      total: { cells: object };
    }[]
  ).find((one) => one.key === key);

test('a lead that was sent back leaves the lists of its rep, and stays in what the rep was handed and sent back', async () => {
  const source = newId('lead');
  const kept = await offered(source, false);
  await offered(source, true);
  const as = (path: string, key = bench.keys.rep) => bench.get(`/v1/reports/${path}`, key);
  const handOff = await as(`hand-off?source=${source}`);
  expect(handOff.status, handOff.text).toBe(200);
  expect(sectionOf(handOff.body, 'hand-off')?.total.cells).toMatchObject({ handed: 2, accepted: 1, recycled: 1 });
  expect(sectionOf(handOff.body, 'inTime')?.total.cells).toMatchObject({ offers: 2 });
  expect(sectionOf(handOff.body, 'reasons')?.rows[0]?.cells).toMatchObject({ reason: 'too-early', needs: 1 });
  const leadsIn = await as(`leads-in?by=source&source=${source}`);
  expect(sectionOf(leadsIn.body, 'leads-in')?.total.cells).toMatchObject({ needs: 1 });
  const behind = await as(`hand-off/leads?figure=handed&source=${source}`);
  expect(behind.body.items?.map(({ id }) => id)).toEqual([kept]);
  // A rep of another team was handed none of them.
  const others = await as(`hand-off?source=${source}`, bench.keys.dino);
  expect(sectionOf(others.body, 'hand-off')?.total.cells).toMatchObject({ handed: 0, recycled: 0 });
  // The manager of the team and marketing count both.
  for (const key of [bench.keys.marketer, bench.keys.admin])
    expect(sectionOf((await as(`hand-off?source=${source}`, key)).body, 'hand-off')?.total.cells).toMatchObject({
      handed: 2,
    });
});
