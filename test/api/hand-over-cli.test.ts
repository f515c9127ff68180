/** `reps hand-over`, through HTTP and the processes of the leads. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { handOverLeads } from '../../src/cli/hand-over.ts';
import { newId } from '../../src/domain/ids.ts';
import type { Config } from '../../src/runtime/config.ts';
import { lifeOf, MANAGER } from '../workflows/life.ts';
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
  expect(done.text).toMatch(
    /^Handed over: \d\. Not handed over: 0\.$.*to decide by (\w{3} \d+ \w{3}( \d{4})? \d\d:\d\d UTC) \(before: \w{3} \d+ \w{3}( \d{4})? \d\d:\d\d UTC\)/ms,
  );
  expect(await handOverLeads(config, ill, { to: others, do: true })).toMatchObject({ data: { leads: [] } });
});

test('who gets several is told in one mail, which waits for the last of them', async () => {
  const life = lifeOf(bench.engine);
  const given = [];
  for (const n of [1, 2, 3, 4]) given.push(await life.ready({ email: `gone@all-at-once-${n}.example` }));
  for (const { leadId } of given) {
    await bench.engine.until(
      async () => (await life.assignments(leadId)).at(-1)?.toldAt ?? null,
      (toldAt) => toldAt !== null,
    );
  }
  const reps = Map.groupBy(given, ({ assignment }) => assignment.rep.key);
  const [most] = [...reps].toSorted(([, a], [, b]) => b.length - a.length);
  if (most === undefined) throw new Error('a rep who has leads');
  const [from, its] = most;
  const to = ['ada', 'bob', 'cleo'].find((key) => key !== from) ?? '';
  const options = { to: [to], lead: its.map(({ leadId }) => leadId), do: true };
  const { leads } = (await handOverLeads(config, from, options)).data as Told;
  expect(leads).toHaveLength(its.length);
  expect(its.length).toBeGreaterThan(1);
  const [{ handOverId, leadIds }] = await bench.db.$queryRaw<[{ handOverId: string; leadIds: string[] }]>`
    SELECT hand_over_id AS "handOverId", array_agg(lead_id) AS "leadIds" FROM hand_over_leads
    WHERE lead_id = ANY(${options.lead}) GROUP BY 1`;
  expect(leadIds.toSorted()).toEqual(options.lead.toSorted());
  const waits = await bench.db.handOver.findUniqueOrThrow({ where: { id: handOverId } });
  expect(waits.finishedAt?.getTime()).toBeGreaterThan(waits.begunAt.getTime());
  // No further lead comes.
  await bench.db.handOver.update({ where: { id: handOverId }, data: { finishedAt: new Date(Date.now() - 1_000) } });
  const mails = () =>
    bench.db.send.findMany({ where: { leadId: { in: options.lead }, templateKey: 'rep-hand-over', status: 'sent' } });
  for (const leadId of options.lead) await bench.engine.forward(leadId, '2 minutes');
  for (const leadId of options.lead)
    await bench.engine.until(
      async () => (await life.assignments(leadId)).at(-1),
      (one) => one?.rep.key === to && one.toldAt !== null,
    );
  expect(await mails()).toHaveLength(1);
});

test('by HTTP: under the name of an earlier hand-over the next rep is told, too; a lead that is qualified on has none', async () => {
  const life = lifeOf(bench.engine);
  const { leadId, assignment } = await life.ready({ email: 'again@same-name.example' });
  const told = (repId?: string) =>
    bench.engine.until(
      async () => (await life.assignments(leadId)).at(-1),
      (one) => one !== undefined && one.toldAt !== null && (repId === undefined || one.repId === repId),
    );
  await told();
  const others = Object.values(bench.reps).filter((id) => id !== assignment.repId);
  const reps = await bench.db.rep.findMany({
    where: { id: { in: others }, teams: { has: assignment.team } },
    orderBy: { id: 'asc' },
    take: 2,
  });
  expect(reps).toHaveLength(2);
  for (const { id } of reps) {
    const now = (await life.assignments(leadId)).at(-1);
    const path = `/v1/assignments/${now?.id}/reroute`;
    const body = { rep: id, handOver: 'the same name' };
    expect(await bench.post(path, body)).toMatchObject({ status: 200 });
    const of = await bench.db.handOverLead.findFirstOrThrow({ where: { leadId } });
    expect(of.repId).toBe(id);
    // No further lead comes.
    const over = { finishedAt: new Date(Date.now() - 1_000) };
    await bench.db.handOver.update({ where: { id: of.handOverId }, data: over });
    await bench.engine.forward(leadId, '2 minutes');
    await told(id);
  }
  expect(await bench.db.send.count({ where: { leadId, templateKey: 'rep-hand-over', status: 'sent' } })).toBe(2);
  const last = (await life.assignments(leadId)).at(-1);
  const refused = await bench.post(`/v1/assignments/${last?.id}/reroute`, { on: true, handOver: 'the same name' });
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'handOver' }] } });
});

test.each([
  ['was cut off', () => null],
  ['gets further leads without end', () => new Date(Date.now() + 86_400_000)],
])('a hand-over that %s is over after ten minutes: the rep is told then, and not before', async (name, finishedAt) => {
  const life = lifeOf(bench.engine);
  const { leadId, assignment } = await life.ready({ email: `bound@${name.replaceAll(' ', '-')}.example` });
  const last = async () => (await life.assignments(leadId)).at(-1);
  await bench.engine.until(last, (one) => (one?.toldAt ?? null) !== null);
  const other = await bench.db.rep.findFirstOrThrow({
    where: { id: { not: assignment.repId }, teams: { has: assignment.team }, key: { in: ['ada', 'bob', 'cleo'] } },
    orderBy: { id: 'asc' },
  });
  // The time since it began is that of the database: it does not pass by the clock of the lead.
  const begunAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
  const handOverId = newId('handOver');
  const row = { id: handOverId, by: 'system', begunAt: begunAgo(5), finishedAt: finishedAt() };
  await bench.db.handOver.create({ data: row });
  const command = { kind: 'reroute', assignmentId: assignment.id, repId: other.id, handOverId } as const;
  expect(await life.tell(leadId, MANAGER, command)).toMatchObject({ ok: true });
  await bench.engine.forward(leadId, '12 minutes');
  expect(await last()).toMatchObject({ repId: other.id, toldAt: null });
  await bench.db.handOver.update({ where: { id: handOverId }, data: { begunAt: begunAgo(11) } });
  await bench.engine.forward(leadId, '2 minutes');
  await bench.engine.until(last, (one) => one?.repId === other.id && one.toldAt !== null);
  expect(await bench.db.send.count({ where: { leadId, templateKey: 'rep-hand-over', status: 'sent' } })).toBe(1);
});

test('to nobody, or to a rep and a team at once, is refused', async () => {
  for (const options of [{}, { to: ['ada'], team: 'north' }])
    await expect(handOverLeads(config, 'bob', options)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
});
