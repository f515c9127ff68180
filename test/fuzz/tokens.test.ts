import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fuzzTokens } from '../../fuzz/tokens.ts';
import { newId } from '../../src/domain/ids.ts';
import { openApi, type Bench } from '../api/support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
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
