import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fuzzTokens } from '../../fuzz/tokens.ts';
import { createRateLimits } from '../../src/api/rate-limits.ts';
import { newId } from '../../src/domain/ids.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { openApi, type Bench } from '../api/support.ts';

let bench: Bench;
beforeAll(async () => {
  const rateLimits = { forms: 0, events: 0, formsOfKey: 0, eventsOfKey: 0, pages: 0, wrongKeys: 0 };
  // It asks far more often than a person: what it looks for is behind the limits.
  bench = await openApi({
    change: (deps) => ({
      ...deps,
      limits: createRateLimits(deps.store.db, { ...loadConfig({}), rateLimits }, deps.log),
    }),
  });
});
afterAll(() => bench.close());

async function handOff() {
  const leadId = await bench.lead();
  const need = await bench.db.need.create({
    data: { id: newId('need'), leadId, stage: 'assigned', openedAt: new Date() },
  });
  await bench.db.lead.update({ where: { id: leadId }, data: { needId: need.id, stage: 'assigned' } });
  const repId = bench.reps['ada'] ?? '';
  const data = { id: newId('assignment'), leadId, needId: need.id, repId, team: 'north', rule: 'test' };
  await bench.db.assignment.create({ data: { ...data, offeredAt: new Date() } });
  return { assignmentId: data.id, leadId, repId };
}

describe('links of emails', () => {
  test('are refused, and write nothing, after any change', async () => {
    const outcomes = await fuzzTokens(
      {
        db: bench.db,
        tokens: bench.tokens,
        handOff: await handOff(),
        request: (method, url, init) => fetch(bench.base + url, { ...init, method }),
      },
      9,
    );
    expect(outcomes.flatMap(({ about, failures }) => failures.map((failure) => `${about}: ${failure}`))).toEqual([]);
    expect(outcomes.every(({ requests }) => requests > 20)).toBe(true);
  });
});
