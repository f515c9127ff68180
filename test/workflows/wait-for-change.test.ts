/** A lead that waits for a change of its profile goes on when a form states it; one that asks about an event's properties, when they fit. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playbookWith } from '../crash/playbook.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER } from './life.ts';

const CHANGE = `
name: Waits for a budget
enroll: { when: { source: change } }
priority: 10
steps:
  - { id: budget, waitFor: { attribute: attributes.budget, is: { gte: 5000 } }, for: 5 days, then: rich, otherwise: poor }
  - { id: rich, exit: has a budget }
  - { id: poor, exit: has none }
`;
const ORDER = `
name: Waits for a big order
enroll: { when: { source: order } }
priority: 10
steps:
  - { id: big, waitFor: { event: pricing.viewed, where: { total: { gte: 100 } } }, within: 5 days, then: rich, else: poor }
  - { id: rich, exit: ordered }
  - { id: poor, exit: did not order }
`;

let engine: Engine;
let removePlaybook: () => Promise<void>;
beforeAll(async () => {
  const playbook = await playbookWith({ change: CHANGE, order: ORDER });
  removePlaybook = playbook.remove;
  // No sweep rings a bell that was not rung at once: what is found by asking from time to time is not found here.
  engine = await startEngine({ playbookDir: playbook.dir, sweepEveryMs: 3_600_000 });
});
afterAll(async () => {
  await engine?.close();
  await removePlaybook?.();
});

const waits = (leadId: string, words: string) =>
  engine.until(
    () => engine.lead(leadId),
    ({ nextSummary }) => nextSummary?.startsWith(words) === true,
  );
/** Of the cadence that it was in first. */
const endOf = async (leadId: string) =>
  (await engine.db.enrollment.findFirst({ where: { leadId }, orderBy: { id: 'asc' } }))?.endReason;

test('a stated attribute ends the wait once it is what was asked for', async () => {
  const email = 'ada@change.example';
  const leadId = await engine.submit({ email, source: 'change' });
  await waits(leadId, 'Wait for a change of attributes.budget until ');
  await engine.submit({ email, source: 'change', attributes: { budget: 100 } });
  await engine.until(
    () => engine.db.outbox.count({ where: { leadId } }),
    (count) => count === 0,
  );
  await waits(leadId, 'Wait for a change of attributes.budget until ');
  await engine.submit({ email, source: 'change', attributes: { budget: 7000 } });
  await engine.untilStage(leadId, 'dormant');
  expect(await endOf(leadId)).toBe('has a budget');
});

test('the properties of the event decide', async () => {
  const leadId = await engine.submit({ email: 'ada@order.example', source: 'order' });
  await waits(leadId, 'Wait for pricing.viewed until ');
  const event = { leadId, type: 'pricing.viewed' };
  await engine.record({ ...event, id: 'small', properties: { total: 20 } });
  await engine.record({ ...event, id: 'big', properties: { total: 250 } });
  await engine.untilStage(leadId, 'dormant');
  expect(await endOf(leadId)).toBe('ordered');
});

test.each<[string, 'change' | 'order', (leadId: string) => Promise<unknown>]>([
  ['an event', 'order', (leadId) => engine.record({ leadId, type: 'pricing.viewed', properties: { total: 250 } })],
  [
    'a change of the profile',
    'change',
    async (leadId) => engine.submit({ email: (await engine.lead(leadId)).email ?? '', attributes: { budget: 7000 } }),
  ],
  [
    "a person's command",
    'order',
    (leadId) => lifeOf(engine).tell(leadId, MANAGER, { kind: 'enroll', cadence: 'change' }),
  ],
])('%s in the middle of a wait is reacted to at once: nothing has to look for it', async (what, source, act) => {
  const leadId = await engine.submit({ email: `quick@${source}-${what.length}.example`, source });
  await waits(leadId, 'Wait for ');
  await act(leadId);
  await engine.until(
    () => endOf(leadId),
    (reason) => reason !== null && reason !== undefined,
  );
});
