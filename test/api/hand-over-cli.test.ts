/** `reps hand-over`, through HTTP and the processes of the leads. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { handOverLeads } from '../../src/cli/hand-over.ts';
import type { Config } from '../../src/runtime/config.ts';
import { lifeOf } from '../workflows/life.ts';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
let config: Config;
beforeAll(async () => {
  bench = await openApi({ worker: true });
  config = { ...bench.engine.config, client: { url: bench.base, key: bench.keys.operator } };
});
afterAll(() => bench.close());

interface Told {
  leads: {
    leadId: string;
    rep: string | null;
    dueAt: string | null;
    dueBefore: string | null;
    problem: string | null;
  }[];
}

test('shows the leads first; then shares them among those who are named, with the times to decide before and now', async () => {
  const life = lifeOf(bench.engine);
  const given = [];
  for (const n of [1, 2, 3]) given.push(await life.ready({ email: `ill@hand-over-${n}.example` }));
  const [one] = given;
  const ill = one?.assignment.rep.key ?? '';
  const its = given.filter(({ assignment }) => assignment.rep.key === ill).map(({ leadId }) => leadId);
  const others = ['ada', 'bob', 'cleo'].filter((key) => key !== ill);
  const preview = await handOverLeads(config, ill, { to: others });
  expect((preview.data as { leads: { id: string }[] }).leads.map(({ id }) => id).toSorted()).toEqual(its.toSorted());
  expect(preview.text).toContain('Nothing was done: add --do.');
  expect(await life.assignments(one?.leadId ?? '')).toMatchObject([{ status: 'offered' }]);

  const done = await handOverLeads(config, ill, { to: others, note: 'Is ill', do: true });
  const { leads } = done.data as Told;
  expect(leads.map(({ leadId }) => leadId).toSorted()).toEqual(its.toSorted());
  for (const lead of leads) {
    expect(lead).toMatchObject({ problem: null });
    expect(others).toContain(lead.rep);
    const [before, now] = await life.assignments(lead.leadId);
    expect(before).toMatchObject({ status: 'rerouted' });
    expect(now).toMatchObject({ status: 'offered', rule: 'rerouted' });
    expect(lead.dueBefore).toBe(before?.dueAt?.toISOString() ?? null);
    expect(Date.parse(lead.dueAt ?? '')).toBeGreaterThan(Date.now());
  }
  expect(done.text).toMatch(/^Handed over: \d\. Not handed over: 0\.$.*to decide by .* UTC \(before: .* UTC\)/ms);
  expect(await handOverLeads(config, ill, { to: others, do: true })).toMatchObject({ data: { leads: [] } });
});

test('to nobody, or to a rep and a team at once, is refused', async () => {
  for (const options of [{}, { to: ['ada'], team: 'north' }])
    await expect(handOverLeads(config, 'bob', options)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
});
