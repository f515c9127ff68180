/** Who once had a lead has no part in its next need: through HTTP and told to the lead's real process. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/actor.ts';
import { newId } from '../../src/domain/ids.ts';
import { lifeOf } from '../workflows/life.ts';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi({ worker: true });
});
afterAll(() => bench.close());

/** A customer of Dino's in the south who asks again from elsewhere, and is offered to a rep of the north. */
async function askedAgain(email: string) {
  const leadId = await bench.lead({ email, source: 'drip', country: 'IT', event: { type: 'demo.requested' } });
  const life = lifeOf(bench.engine);
  const first = await life.offered(leadId);
  expect(first.rep.key).toBe('dino');
  await bench.post(`/v1/assignments/${first.id}/accept`, undefined, bench.keys.dino);
  const won = await bench.post(`/v1/leads/${leadId}/outcome`, { result: 'won' }, bench.keys.dino);
  expect(won).toMatchObject({ status: 200, body: { stage: 'customer' } });
  const asCustomer = await bench.get(`/v1/leads/${leadId}`, bench.keys.dino);
  expect(asCustomer.status).toBe(200);
  const named = { firstName: 'Known', lastName: 'Again', company: 'Known Again Ltd' };
  const need = { value: { amount: 750_000, currency: 'EUR' } };
  const again = { email, source: 'drip', country: 'FR', event: { type: 'demo.requested' }, ...named, need };
  await bench.post('/v1/leads', again);
  const second = await life.offered(leadId, first);
  expect(second).toMatchObject({ team: 'north', status: 'offered' });
  return { leadId, first, second };
}

/** A call that Dino made while the lead was his. */
async function taskOver(leadId: string): Promise<void> {
  const at = new Date();
  const shared = { dueAt: at, tellAt: at, closedAt: at, occurredAt: at };
  const task = { key: `task:${leadId}`, leadId, repId: bench.reps['dino'] ?? '', team: 'south', ...shared };
  await bench.db.task.create({ data: { id: newId('task'), kind: 'call', body: 'Call', status: 'done', ...task } });
}

const ACTS: readonly [method: string, act: string, body?: unknown][] = [
  ['POST', 'disqualify', { reason: 'competitor' }],
  ['POST', 'pause'],
  ['POST', 'resume'],
  ['POST', 'outcome', { result: 'lost' }],
  ['POST', 'unsubscribe'],
  ['POST', 'activities', { kind: 'note', body: 'Mine!' }],
  ['GET', 'activities'],
  ['GET', 'timeline'],
  ['GET', 'why'],
  ['GET', ''],
];

async function expectNoPart(leadId: string, firstId: string, key: string): Promise<void> {
  for (const [method, act, body] of ACTS) {
    const answer = await bench.call(method, `/v1/leads/${leadId}${act === '' ? '' : `/${act}`}`, { key, body });
    expect(answer.status, `${method} ${act}: ${answer.text}`).toBe(403);
  }
  const ids = async (path: string, name: string) =>
    ((await bench.get(path, key)).body.items ?? []).map((item) => item[name]);
  expect(await ids('/v1/leads', 'id')).not.toContain(leadId);
  expect(await ids('/v1/attention', 'leadId')).not.toContain(leadId);
  // The own assignment is history, and tells nothing of today.
  expect(await ids(`/v1/assignments?lead=${leadId}`, 'id')).toEqual([firstId]);
  expect((await bench.get(`/v1/assignments/${firstId}`, key)).body).toMatchObject({
    status: 'accepted',
    brief: null,
    rule: expect.any(String) as string,
    offeredAt: expect.any(String) as string,
    decider: { name: 'Dino' },
    lead: {
      id: leadId,
      name: null,
      company: null,
      jobTitle: null,
      source: null,
      stage: null,
      grade: null,
      score: null,
      readiness: null,
      valueTier: null,
    },
    need: null,
  });
  const [listed] = (await bench.get(`/v1/assignments?lead=${leadId}`, key)).body.items ?? [];
  expect(JSON.stringify(listed)).not.toMatch(/Known Again|750000/);
  await taskOver(leadId);
  const [task] = (await bench.get(`/v1/tasks?lead=${leadId}`, key)).body.items ?? [];
  expect(task).toMatchObject({
    status: 'done',
    lead: { id: leadId, name: null, email: null, phone: null, stage: null },
  });
  const [all] = (await bench.get(`/v1/tasks?lead=${leadId}`)).body.items ?? [];
  expect(all).toMatchObject({ lead: { name: 'Known Again', stage: 'assigned' } });
}

test('a rep who won the first need has no part in the second', async () => {
  const { leadId, first, second } = await askedAgain('rep@former.example');
  await expectNoPart(leadId, first.id, bench.keys.dino);
  expect(await lifeOf(bench.engine).assignments(leadId)).toMatchObject([
    { status: 'accepted' },
    { id: second.id, status: 'offered' },
  ]);
  expect(await bench.engine.lead(leadId)).toMatchObject({ stage: 'assigned', pausedAt: null, ownerId: second.repId });
  expect(await bench.db.repActivity.count({ where: { leadId } })).toBe(0);
});

test('the manager of the team that had the first need has no part in the second', async () => {
  const { leadId, first } = await askedAgain('manager@former.example');
  await bench.db.rep.update({ where: { key: 'dino' }, data: { manager: true } });
  try {
    const made = await bench.post('/v1/api-keys', { name: 'dino leads the south', role: 'rep', rep: 'dino' });
    await expectNoPart(leadId, first.id, String(made.body['secret']));
  } finally {
    await bench.db.rep.update({ where: { key: 'dino' }, data: { manager: false } });
  }
});

test('the process itself refuses an actor that gets past the API', async () => {
  const { leadId, first } = await askedAgain('process@former.example');
  const life = lifeOf(bench.engine);
  const rep: Actor = { kind: 'rep', repId: first.repId, manager: false, teams: ['south'] };
  const manager: Actor = { ...rep, manager: true };
  for (const actor of [rep, manager]) {
    const disqualified = await life.tell(leadId, actor, { kind: 'disqualify', reason: 'competitor' });
    expect(disqualified).toMatchObject({ ok: false, code: 'FORBIDDEN' });
    expect(await life.tell(leadId, actor, { kind: 'pause' })).toMatchObject({ ok: false, code: 'FORBIDDEN' });
  }
  // The manager of the team that has it now may.
  const northern: Actor = { ...manager, teams: ['north'] };
  expect(await life.tell(leadId, northern, { kind: 'pause' })).toMatchObject({ ok: true });
});
