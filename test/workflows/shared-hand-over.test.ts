/** A lead that a manager shares among several reps, and one that is handed to who has it already. */
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

test('several reps: it goes to one who is here and neither has it nor refused it; while it can go to none it stays', async () => {
  const { leadId, assignment: first } = await life.ready({ email: 'shared@shared-one.example' });
  const reps = await engine.db.rep.findMany({ where: { teams: { has: first.team } }, orderBy: { id: 'asc' } });
  const others = reps.filter(({ id }) => id !== first.repId);
  const [free, away] = others;
  if (free === undefined || away === undefined) throw new Error('a team of three');
  await engine.db.rep.update({ where: { id: away.id }, data: { awayFrom: new Date(Date.now() - 60_000) } });
  const among = (...repIds: string[]) => ({ kind: 'reroute', assignmentId: first.id, repIds }) as const;
  // Nothing was ended by a hand-over that found nobody.
  expect(await life.tell(leadId, MANAGER, among(first.repId, away.id))).toMatchObject({
    ok: false,
    message: expect.stringContaining('None of the chosen reps can get it'),
  });
  expect(await life.assignments(leadId)).toMatchObject([{ repId: first.repId, status: 'offered' }]);
  expect(await life.tell(leadId, MANAGER, among(first.repId, away.id, free.id))).toMatchObject({
    ok: true,
    repId: free.id,
  });
  // Back to who had it before: the manager chose them. Who refused it does not get it again.
  const second = await life.offered(leadId, first);
  const reason = engine.store.rules.current().playbook.reasons.find(({ follow }) => follow.kind === 'reroute')?.reason;
  const refusal = { kind: 'reject', assignmentId: second.id, reason: reason ?? '' } as const;
  expect(await life.tell(leadId, repActor(free.id), refusal)).toMatchObject({ ok: true });
  const latest = (await life.assignments(leadId)).at(-1);
  const back = { kind: 'reroute', assignmentId: latest?.id ?? '', repIds: [free.id, first.repId] } as const;
  const verdict = await life.tell(leadId, MANAGER, back);
  expect(verdict).toMatchObject({ ok: true, repId: first.repId });
  await engine.db.rep.update({ where: { id: away.id }, data: { awayFrom: null } });
});

test('an opportunity that is shared stays one', async () => {
  const { leadId, assignment } = await life.accepted({ email: 'shared@shared-two.example' });
  await life.tell(leadId, repActor(assignment.repId), { kind: 'outcome', result: 'opportunity' });
  const reps = await engine.db.rep.findMany({ where: { teams: { has: assignment.team } } });
  const repIds = reps.map(({ id }) => id);
  const verdict = await life.tell(leadId, MANAGER, { kind: 'reroute', assignmentId: assignment.id, repIds });
  expect(verdict).toMatchObject({ ok: true, stage: 'opportunity' });
  expect(verdict).not.toMatchObject({ repId: assignment.repId });
});

test('to who has it already: refused, and nothing changed', async () => {
  const { leadId, assignment } = await life.ready({ email: 'same@shared-three.example' });
  const again = { kind: 'reroute', assignmentId: assignment.id, repId: assignment.repId } as const;
  expect(await life.tell(leadId, MANAGER, again)).toMatchObject({
    ok: false,
    message: `${assignment.repId} has it already: nothing changed.`,
  });
  expect(await life.assignments(leadId)).toMatchObject([{ id: assignment.id, status: 'offered' }]);
});
