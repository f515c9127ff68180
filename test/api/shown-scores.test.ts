import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

const DAY_MS = 86_400_000;

test('every place shows the same score: decayed, in whole points, rounded down', async () => {
  const leadId = await bench.lead();
  const need = await bench.db.need.create({
    data: { id: newId('need'), leadId, stage: 'assigned', openedAt: new Date() },
  });
  // 60 points with a half-life of 30 days are 44.9 after 12.55 days: neither 60 nor 45 may be shown.
  await bench.db.lead.update({
    where: { id: leadId },
    data: { needId: need.id, score: 60, scoreAt: new Date(Date.now() - 12.5485 * DAY_MS) },
  });
  const assignmentId = newId('assignment');
  const repId = bench.reps['ada'] ?? '';
  await bench.db.assignment.create({
    data: { id: assignmentId, leadId, needId: need.id, repId, team: 'north', rule: 'x', offeredAt: new Date() },
  });
  const token = bench.tokens.decision({ assignmentId, repId, expiresAt: new Date(Date.now() + 3_600_000) });
  const [lead, why, assignments, page] = await Promise.all([
    bench.get(`/v1/leads/${leadId}`),
    bench.get(`/v1/leads/${leadId}/why`),
    bench.get('/v1/assignments'),
    bench.call('GET', `/r/${token}`, { key: null }),
  ]);
  expect(lead.body).toMatchObject({ score: 44 });
  expect(why.body).toMatchObject({
    score: { now: 44 },
    qualification: { because: expect.stringContaining('score 44 of') },
  });
  expect(assignments.body).toMatchObject({ items: [{ id: assignmentId, lead: { score: 44 } }] });
  expect(page.text).toContain('Score 44<');
});
