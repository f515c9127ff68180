/** A lead that submits and qualifies within milliseconds: two bells ring at once, and each of them would start its process. */
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf } from './life.ts';

/** Where the server loses one first workflow task in 30 to 100, so many leads are very likely to meet it. */
const LEADS = 150;
const LEADS_AT_ONCE = 3;

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());

async function submitAndQualify(number: number): Promise<string> {
  const leadId = await engine.submit({ email: `${number}@first.example`, source: 'drip' });
  await life.heatUp(leadId);
  return leadId;
}

// Fails with `history.shardIOConcurrency: 4` in src/stack/temporal-settings.ts.
test('each lead whose first bells ring at once gets its first turn', async () => {
  for (let done = 0; done < LEADS; done += LEADS_AT_ONCE) {
    const leadIds = await Promise.all(Array.from({ length: LEADS_AT_ONCE }, (_, n) => submitAndQualify(done + n)));
    const withoutTurn = await engine.until(
      () => engine.db.lead.findMany({ where: { stage: 'new' }, select: { id: true } }),
      (leads) => leads.length === 0,
    );
    expect(withoutTurn).toEqual([]);
    for (const leadId of leadIds) await engine.handle(leadId).terminate('its first turn was seen');
  }
});
