import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, startEngine } from '../support/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.close());

test('a caller whose wait times out learns where the lead stands', async () => {
  const leadId = await engine.submit({ email: 'vain@wait.example', source: 'drip' });
  await engine.sink.waitFor('vain@wait.example', 1);
  await engine.until(
    () => engine.lead(leadId),
    (lead) => lead.nextSummary?.includes('two') === true,
  );
  const waiting = engine.until(
    () => engine.lead(leadId),
    (lead) => lead.stage === 'customer',
    200,
  );
  await expect(waiting).rejects.toThrow(/not so within 200 ms/);
  const message = await waiting.catch(String);
  expect(message).toContain(`lead {"id":"${leadId}"`);
  expect(message).toContain('enrollment {');
  expect(message).toMatch(/RUNNING, run .*, \d+ events/);
  expect(message).toMatch(/\d+ \S+Z workflowExecutionStarted/);
});
