import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDesk } from '../../src/store/lists/desk.ts';
import { routingOfLead } from '../../src/store/lists/routing.ts';
import { changeRep, type RepPatch } from '../../src/store/sales/change-rep.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER, repActor } from './life.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());

function change(rep: string, patch: RepPatch): Promise<string> {
  return changeRep(engine.db, { rep, patch, actor: 'system', at: new Date(), denial: () => null });
}

async function waiting(email: string, country = 'IT'): Promise<string> {
  const leadId = await engine.submit({ email, source: 'drip', country, event: { type: 'demo.requested' } });
  await engine.until(
    () => engine.db.need.findFirst({ where: { leadId } }),
    (need) => need !== null && need.waitingTeam !== null,
  );
  return leadId;
}

test('a lead waits while the only rep of its team is full; who waits the longest is offered first, as soon as there is room', async () => {
  await change('dino', { maxOpen: 1 });
  const { leadId: first, assignment } = await life.ready({ email: 'one@full.example', country: 'IT' });
  const second = await waiting('two@second.example');
  const third = await waiting('three@third.example');
  expect(await life.assignments(second)).toEqual([]);
  const verdict = await life.tell(first, repActor(assignment.repId), {
    kind: 'reject',
    assignmentId: assignment.id,
    reason: 'too-early',
  });
  expect(verdict).toMatchObject({ ok: true });
  const next = await life.offered(second);
  expect(next.rep.key).toBe('dino');
  expect((await life.need(second)).waitingTeam).toBe(null);
  expect((await life.need(third)).waitingTeam).toBe('south');
  await change('dino', { maxOpen: null });
  expect((await life.offered(third)).rep.key).toBe('dino');
});

test('at once, and exactly: ten leads, a rep with room for two, and one of double weight', async () => {
  await change('ada', { maxOpen: 2 });
  await change('bob', { weight: 2 });
  const emails = Array.from({ length: 11 }, (_, n) => `lead${n}@crowd${n}.example`);
  const offered = await Promise.all(emails.map((email) => life.ready({ email, country: 'DE' })));
  const got = Map.groupBy(offered, ({ assignment }) => assignment.rep.key);
  expect(Object.fromEntries([...got].map(([key, leads]) => [key, leads.length]))).toEqual({ ada: 2, bob: 6, cleo: 3 });
  // Each says why it is with its rep: of the last ones, that Ada was full.
  const why = async (leadId: string) =>
    (await routingOfLead(engine.db, engine.playbook, leadId, Date.now()))?.current?.why ?? '';
  const words = await Promise.all(offered.map(({ leadId }) => why(leadId)));
  for (const one of words) expect(one).toMatch(/^comes next in turn, with weight [12] of 4 in the team and /);
  expect(words.filter((one) => one.endsWith('; passed over: Ada has 2 of at most 2 leads')).length).toBeGreaterThan(0);
});

test('who is away gets nothing in turn; a lead that the rep knows goes to the deputy', async () => {
  const { leadId, assignment } = await life.ready({ email: 'known@deputy.example', country: 'DE' });
  const { rep } = assignment;
  const deputy = rep.key === 'cleo' ? 'bob' : 'cleo';
  const reject = { kind: 'reject', assignmentId: assignment.id, reason: 'too-early' } as const;
  expect(await life.tell(leadId, repActor(rep.id), reject)).toMatchObject({ ok: true });
  await change(rep.key, { away: { from: new Date(Date.now() - 60_000), until: null, deputy } });
  // Before it is handed over, too, it is said as whose deputy.
  expect(await routingOfLead(engine.db, engine.playbook, leadId, Date.now())).toMatchObject({
    rep: deputy,
    because: `stands in for ‘${rep.key}’, who is away and is the rep who knows the lead: it goes there before the rules are asked`,
  });
  await life.demo(leadId);
  const toDeputy = await life.offered(leadId, assignment);
  expect(toDeputy.rep.key).toBe(deputy);
  // The deputy reads it in the mail and on the desk.
  const mail = await engine.until(
    () => Promise.resolve(engine.sink.to(toDeputy.rep.email).findLast(({ text }) => text?.includes('You stand in'))),
    (one) => one !== undefined,
  );
  expect(mail?.text?.replaceAll(/\s+/g, ' ')).toContain(`for ${rep.name}, who is away.`);
  const { scoring } = engine.playbook;
  const desk = await readDesk(engine.db, toDeputy.rep.id, { scoring, nowMs: Date.now(), zone: 'UTC' });
  expect(desk.filter((row) => row.standsInFor !== null)).toMatchObject([{ leadId, standsInFor: rep.name }]);
  const { current } = (await routingOfLead(engine.db, engine.playbook, leadId, Date.now())) ?? {};
  expect(current).toMatchObject({
    rep: deputy,
    rule: 'the rep who knows the lead',
    why: `in place of ${rep.name}, who is away`,
  });
  await change(rep.key, { away: null });
});

test('a lead that waits for the end of an absence is offered when the rep is back', async () => {
  const back = new Date(Date.now() + 3_600_000);
  await change('dino', { away: { from: new Date(Date.now() - 60_000), until: back, deputy: null } });
  const leadId = await waiting('patient@absence.example');
  await engine.forward(leadId, '50 minutes');
  expect(await life.assignments(leadId)).toEqual([]);
  await engine.forward(leadId, '21 minutes');
  expect((await life.offered(leadId)).offeredAt.getTime()).toBeGreaterThanOrEqual(back.getTime());
  await change('dino', { away: null });
});

test('spam gives the turn back, a missed offer does not', async () => {
  const turnOf = async (key: string): Promise<number> =>
    (await engine.db.rep.findUniqueOrThrow({ where: { key } })).turn ?? 0;
  const { leadId, assignment } = await life.ready({ email: 'spam@turns.example', country: 'IT' });
  const after = await turnOf('dino');
  expect(await life.tell(leadId, MANAGER, { kind: 'disqualify', reason: 'spam' })).toMatchObject({ ok: true });
  expect(await turnOf('dino')).toBeLessThan(after);
  const missed = await life.ready({ email: 'missed@breach.example', country: 'IT' });
  const before = await turnOf('dino');
  await engine.forward(missed.leadId, '5 hours');
  expect((await life.assignments(missed.leadId))[0]?.status).toBe('expired');
  expect(await turnOf('dino')).toBe(before);
  expect(assignment.rep.key).toBe('dino');
});
