/** An overdue offer that a manager hands over, or that is decided on: what a person chose wins over the clock. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER, repActor } from './life.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());

const statuses = async (leadId: string) =>
  (await life.assignments(leadId)).map(({ rep, status }) => `${rep.key} ${status}`);

test('the clock came first: the hand-over goes on from the offer that the clock made', async () => {
  const { leadId, assignment: first } = await life.ready({ email: 'late@overdue.example' });
  const dino = await engine.db.rep.findUniqueOrThrow({ where: { key: 'dino' } });
  await engine.forward(leadId, '5 hours');
  const second = await life.offered(leadId, first);
  const handOver = { kind: 'reroute', assignmentId: first.id, repId: dino.id } as const;
  expect(await life.tell(leadId, MANAGER, handOver)).toMatchObject({ ok: true, repId: dino.id });
  expect(await statuses(leadId)).toEqual([`${first.rep.key} expired`, `${second.rep.key} rerouted`, 'dino offered']);
  // A person has moved it since: that is not overruled.
  const again = await life.tell(leadId, MANAGER, { ...handOver, repId: second.repId });
  expect(again).toMatchObject({ ok: false, code: 'ASSIGNMENT_TAKEN', message: expect.stringContaining('latest') });
});

test('the next rep has accepted it meanwhile: the hand-over of the overdue offer does not take it away', async () => {
  const { leadId, assignment: first } = await life.ready({ email: 'taken@overdue.example' });
  const dino = await engine.db.rep.findUniqueOrThrow({ where: { key: 'dino' } });
  await engine.forward(leadId, '5 hours');
  const second = await life.offered(leadId, first);
  await life.tell(leadId, repActor(second.repId), { kind: 'accept', assignmentId: second.id });
  const late = await life.tell(leadId, MANAGER, { kind: 'reroute', assignmentId: first.id, repId: dino.id });
  expect(late).toMatchObject({ ok: false, code: 'ASSIGNMENT_TAKEN' });
  expect(await statuses(leadId)).toEqual([`${first.rep.key} expired`, `${second.rep.key} accepted`]);
});

/** An offer whose time ended while no process ran. */
async function overdueOf(email: string, firstName: string) {
  const { leadId, assignment } = await life.ready({ email, firstName });
  await life.untilMailed(assignment.rep, firstName, 1);
  await engine.until(
    async () => (await life.assignments(leadId)).at(-1)?.toldAt ?? null,
    (toldAt) => toldAt !== null,
  );
  await engine.handle(leadId).terminate('an outage');
  const overdue = new Date(Date.now() - 3_600_000);
  await engine.db.assignment.update({ where: { id: assignment.id }, data: { dueAt: overdue, remindedAt: overdue } });
  await engine.db.lead.update({ where: { id: leadId }, data: { nextDueAt: overdue } });
  return { leadId, assignment };
}

test('no process ran when the time was over: the hand-over that begins one is carried out before the clock', async () => {
  const { leadId, assignment: first } = await overdueOf('outage@overdue.example', 'Outagia');
  const dino = await engine.db.rep.findUniqueOrThrow({ where: { key: 'dino' } });
  const verdict = await life.tell(leadId, MANAGER, { kind: 'reroute', assignmentId: first.id, repId: dino.id });
  expect(verdict).toMatchObject({ ok: true, repId: dino.id });
  // Nobody else was offered it in between.
  expect(await statuses(leadId)).toEqual([`${first.rep.key} rerouted`, 'dino offered']);
  await life.untilMailed(dino, 'Outagia', 1);
});

test.each([
  ['accept', {}, 'accepted', 'accepted'],
  ['reject', { reason: 'too-early' }, 'rejected', 'nurturing'],
  ['outcome', { result: 'won' }, 'accepted', 'customer'],
  ['disqualify', { reason: 'spam' }, 'withdrawn', 'disqualified'],
] as const)('no process ran: what begins one, %s, counts before the clock', async (kind, more, status, stage) => {
  const { leadId, assignment } = await overdueOf(`${kind}@overdue.example`, `Late${kind}`);
  const command = { kind, ...more, ...(kind === 'accept' || kind === 'reject' ? { assignmentId: assignment.id } : {}) };
  expect(await life.tell(leadId, repActor(assignment.repId), command as never)).toMatchObject({ ok: true });
  await engine.untilStage(leadId, stage);
  expect(await statuses(leadId)).toEqual([`${assignment.rep.key} ${status}`]);
});
