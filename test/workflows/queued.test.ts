/** A lead that waits for a rep is looked at again before its hand-off begins. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeRep } from '../../src/store/sales/change-rep.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf } from './life.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());

const until = new Date(Date.now() + 50 * 60_000);
const away = (is: boolean) =>
  changeRep(engine.db, {
    rep: 'dino',
    patch: { away: is ? { from: new Date(Date.now() - 60_000), until, deputy: null } : null },
    actor: 'system',
    at: new Date(),
    denial: () => null,
  });

async function waiting(email: string, ...types: string[]): Promise<string> {
  const leadId = await engine.submit({ email, source: 'drip', country: 'IT', jobTitle: 'Owner' });
  await engine.until(
    () => life.enrollment(leadId),
    (enrollment) => enrollment !== null,
  );
  for (const type of types) await engine.record({ leadId, type });
  await engine.until(
    () => engine.db.need.findFirst({ where: { leadId } }),
    (need) => need !== null && need.waitingTeam !== null,
  );
  return leadId;
}

test('one whose score has faded goes back to its cadence and can qualify again; who is still near, or asked for a demo, keeps its place', async () => {
  await away(true);
  const faded = await waiting('faded@queue-one.example', 'pricing.viewed', 'pricing.viewed');
  const near = await waiting('near@queue-two.example', 'pricing.viewed', 'pricing.viewed');
  const demo = await waiting('demo@queue-three.example', 'demo.requested');
  const fade = (id: string, score: number) =>
    engine.db.lead.update({ where: { id }, data: { score, scoreAt: new Date() } });
  await Promise.all([fade(faded, 14), fade(near, 20), fade(demo, 0)]);
  for (const id of [faded, near, demo]) await engine.forward(id, '65 minutes');
  expect((await life.offered(near)).rep.key).toBe('dino');
  expect((await life.offered(demo)).rep.key).toBe('dino');
  expect(await life.assignments(faded)).toEqual([]);
  const back = await engine.lead(faded);
  expect(back).toMatchObject({ stage: 'nurturing', armed: true, qualifiedAt: null });
  const enrollments = await engine.db.enrollment.findMany({ where: { leadId: faded }, orderBy: { id: 'asc' } });
  expect(enrollments.map(({ cadence, status }) => [cadence, status])).toEqual([
    ['drip', 'ended'],
    ['drip', 'active'],
  ]);
  await away(false);
  await engine.record({ leadId: faded, type: 'email.clicked' }, { leadId: faded, type: 'email.clicked' });
  expect((await life.offered(faded)).rep.key).toBe('dino');
});
