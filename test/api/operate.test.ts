import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { openApi, walk, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

test('attention: lists what does not go on until a person acts; its pages show each entry once', async () => {
  const held = await bench.lead();
  await bench.db.lead.update({
    where: { id: held },
    data: { heldAt: new Date(), heldReason: 'The mail server refuses our mail' },
  });
  const overdue = await bench.lead();
  await bench.db.finding.create({ data: { leadId: overdue, kind: 'overdue', detail: 'due since long' } });
  const resolved = await bench.lead();
  await bench.db.finding.create({ data: { leadId: resolved, kind: 'overdue', detail: 'was', resolvedAt: new Date() } });
  const doubted = await bench.lead();
  const sendId = newId('send');
  await bench.db.send.create({
    data: {
      id: sendId,
      key: sendId,
      leadId: doubted,
      templateKey: 'plain',
      status: 'in_doubt',
      attempt: 'x',
      occurredAt: new Date(),
    },
  });
  const waiting = await bench.lead();
  const need = await bench.db.need.create({
    data: {
      id: newId('need'),
      leadId: waiting,
      stage: 'qualified',
      waitingBecause: 'Sent back as ‘wrong-region’: a person decides who gets it.',
      openedAt: new Date(),
    },
  });
  await bench.db.lead.update({ where: { id: waiting }, data: { needId: need.id, stage: 'qualified' } });
  await bench.db.assignment.create({
    data: {
      id: newId('assignment'),
      leadId: waiting,
      needId: need.id,
      repId: bench.reps['ada'] ?? '',
      team: 'north',
      rule: 'x',
      status: 'rejected',
      offeredAt: new Date(),
      decidedAt: new Date(),
    },
  });
  const asked = await bench.lead();
  await bench.db.lead.update({ where: { id: asked }, data: { stage: 'disqualified' } });
  await bench.db.audit.create({
    data: {
      id: newId('audit'),
      leadId: asked,
      actor: 'system',
      action: 'request.recorded',
      data: { touchId: 't', because: 'it is disqualified' },
      occurredAt: new Date(),
    },
  });

  const all = await walk(bench, '/v1/attention', 200);
  const found = (leadId: string) => all.filter((item) => item['leadId'] === leadId).map(({ kind }) => kind);
  expect(found(held)).toEqual(['held']);
  expect(found(overdue)).toEqual(['finding']);
  expect(found(resolved)).toEqual([]);
  expect(found(doubted)).toEqual(['send-in-doubt']);
  expect(found(waiting)).toEqual(['reroute']);
  expect(found(asked)).toEqual(['asked-again']);
  expect(all.every((item) => String(item['whatToDo']).length > 10)).toBe(true);
  expect(await walk(bench, '/v1/attention', 2)).toEqual(all);
  expect((await walk(bench, '/v1/attention?kind=finding', 50)).map((item) => item['leadId'])).toEqual([overdue]);
  const ofAda = await bench.get('/v1/attention', bench.keys.rep);
  expect(
    ofAda.body.items?.every(({ leadId }) => ![held, overdue, doubted, waiting, asked].includes(String(leadId))),
  ).toBe(true);
  const ofBoss = await bench.get('/v1/attention', bench.keys.boss);
  expect(ofBoss.body.items).toHaveLength(all.length);
});

test('what is in force: cadences, reasons, reps', async () => {
  const cadences = await bench.get('/v1/cadences', bench.keys.rep);
  expect(cadences.body.items?.find(({ cadence }) => cadence === 'drip')).toMatchObject({
    revision: { number: 1 },
    inPlaybook: true,
    activeEnrollments: 0,
    steps: expect.any(Array),
  });
  const reasons = await bench.get('/v1/reasons');
  expect(reasons.body.items?.[0]).toEqual({
    reason: 'too-early',
    label: 'Too early',
    follow: 'recycle',
    follows: 'back to the nurture pool for at least 5 days',
  });
  const reps = await bench.get('/v1/reps');
  expect(reps.body.items?.map(({ key }) => key)).toEqual(['ada', 'bob', 'boss', 'cleo', 'dino']);
  expect(reps.text).not.toContain('@');
});

test('rep activities: logged, listed, walked', async () => {
  const leadId = await bench.lead();
  for (let index = 0; index < 5; index += 1) {
    expect((await bench.post(`/v1/leads/${leadId}/activities`, { kind: 'note', body: `Note ${index}` })).status).toBe(
      201,
    );
  }
  const all = await walk(bench, `/v1/leads/${leadId}/activities`, 50);
  expect(all.map((item) => item['body'])).toEqual(['Note 4', 'Note 3', 'Note 2', 'Note 1', 'Note 0']);
  expect(await walk(bench, `/v1/leads/${leadId}/activities`, 2)).toEqual(all);
  expect((await bench.post(`/v1/leads/${leadId}/activities`, { kind: 'next-step', body: 'Call' })).body).toMatchObject({
    errors: [{ path: 'dueAt' }],
  });
  expect((await bench.post(`/v1/leads/${leadId}/activities`, { kind: 'note' })).status).toBe(400);
});
