/** Which content a lead gets, and what a cadence is to bring about. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countSteps } from '../../src/store/lists/cadence-steps.ts';
import { listCadences } from '../../src/store/lists/cadences.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf } from './life.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());

const received = async (leadId: string) =>
  (await life.sends(leadId)).map(({ stepId, status, reason }) => [stepId, reason ?? status]);
const untilAt = (leadId: string, stepId: string) =>
  engine.until(
    () => life.enrollment(leadId),
    (one) => one?.stepId === stepId,
  );

test('offers stay within their share, and who downloaded the guide does not get it', async () => {
  const email = 'kinds@content.example';
  const event = { type: 'content.downloaded', properties: { content: 'Soil-Guide' } };
  const leadId = await engine.submit({ email, source: 'kinds', event });
  await untilAt(leadId, 'last');
  expect(await received(leadId)).toEqual([
    ['first-offer', 'sent'],
    ['second-offer', 'too-many-offers'],
    ['guide', 'has-material'],
  ]);
  const other = await engine.submit({ email: 'without@content.example', source: 'kinds' });
  await untilAt(other, 'last');
  expect((await received(other)).at(-1)).toEqual(['guide', 'sent']);
});

test('a reached goal ends the cadence before the next mail, and is counted apart', async () => {
  const leadId = await engine.submit({ email: 'goal@content.example', source: 'kinds' });
  await untilAt(leadId, 'last');
  await engine.record({ leadId, type: 'order.placed' });
  await engine.forward(leadId, '3 days');
  await engine.untilStage(leadId, 'dormant');
  expect((await received(leadId)).some(([step]) => step === 'last')).toBe(false);
  expect(await engine.db.enrollment.findFirst({ where: { leadId } })).toMatchObject({
    status: 'completed',
    endReason: 'goal: ordered',
    goal: 'ordered',
  });
  const listed = await listCadences(engine.db, engine.store.rules.current().cadences);
  expect(listed.find(({ revision }) => revision.cadence === 'kinds')?.goals).toBe(1);
});

test('a goal that makes the lead ready is reached, although the hand-off comes at the same moment', async () => {
  const leadId = await engine.submit({ email: 'demo@content.example', source: 'kinds' });
  await untilAt(leadId, 'last');
  await engine.record({ leadId, type: 'demo.requested' });
  await engine.untilStage(leadId, 'assigned');
  expect(await engine.db.enrollment.findFirst({ where: { leadId } })).toMatchObject({
    status: 'completed',
    endReason: 'goal: ordered',
    goal: 'ordered',
  });
});

test('drips wait while a support ticket is open, and after a reply', async () => {
  const email = 'ticket@content.example';
  const leadId = await engine.submit({ email, source: 'drip' });
  await engine.sink.waitFor(email, 1);
  await engine.record({ leadId, type: 'ticket.opened', properties: { ticket: 'T-1' } });
  await engine.record({ leadId, type: 'ticket.opened', properties: { ticket: 'T-2' } });
  await engine.record({ leadId, type: 'ticket.closed', properties: { ticket: 'T-1' } });
  // It looks on the second, third and fourth day.
  await engine.forward(leadId, '100 hours');
  expect(engine.sink.to(email)).toHaveLength(1);
  expect((await life.audits(leadId, 'enrollment.waits'))[0]?.data).toMatchObject({ stepId: 'two', because: 'ticket' });
  // Its wait is over: it stands at the mail that is put off.
  const run = await engine.db.enrollment.findFirstOrThrow({ where: { leadId } });
  expect(run.reachedAt).not.toBeNull();
  expect((await countSteps(engine.db, run.cadence)).steps.get('two')?.here).toBeGreaterThan(0);
  await engine.record({ leadId, type: 'ticket.closed', properties: { ticket: 'T-2' } });
  // At once, and not at the next daily look.
  await engine.sink.waitFor(email, 2);
  await engine.record({ leadId, type: 'reply.received' });
  await engine.forward(leadId, '60 hours');
  expect(engine.sink.to(email)).toHaveLength(2);
  await engine.forward(leadId, '1 day');
  expect(engine.sink.to(email)).toHaveLength(3);
});
