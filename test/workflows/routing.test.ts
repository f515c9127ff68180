/** Where rules lead: to a person, a queue, a team with skills, hours and an overflow; and what the company of a lead has to do with it. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { may } from '../../src/domain/policy.ts';
import { readTiesOf } from '../../src/store/access/lead-ties.ts';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { explainRouting } from '../../src/store/lists/routing.ts';
import { changeRep, type RepPatch } from '../../src/store/sales/change-rep.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER, repActor } from './life.ts';

const ROUTING = `
rules:
  - { rule: partners, when: { country: CH }, queue: partners }
  - { rule: austria, when: { country: AT }, rep: ada }
  - { rule: frost, when: { productLine: frost }, team: north, skills: [frost], language: same }
  - { rule: drip, when: { productLine: drip-lines }, team: south }
  - { rule: nights, when: { country: SE }, team: nights }
  - { rule: small, when: { country: IT }, team: south }
  - { rule: the-rest, team: north }
teams:
  north:
    name: North
    reps: [ada, bob, cleo]
    sla: { accept: 4 hours, remindAfter: 2 hours }
    workingHours: { days: mon-sun, from: "00:00", to: "24:00" }
    timeZone: UTC
  south:
    name: South
    reps: [dino]
    sla: { accept: 4 hours, remindAfter: 2 hours }
    workingHours: { days: mon-sun, from: "00:00", to: "24:00" }
    timeZone: UTC
    overflow: { to: north, after: 2 hours }
  nights:
    name: Nights
    reps: [nina]
    sla: { accept: 4 hours, remindAfter: 2 hours }
    workingHours: { days: mon-sun, from: "00:00", to: "24:00" }
    timeZone: UTC
    outsideHours: hold
reps:
  ada: { name: Ada, email: ada@sales.example }
  bob: { name: Bob, email: bob@sales.example, languages: [it], skills: [frost] }
  cleo: { name: Cleo, email: cleo@sales.example, languages: [de], skills: [frost] }
  dino: { name: Dino, email: dino@sales.example }
  nina: { name: Nina, email: nina@sales.example }
  boss: { name: Boss, email: boss@sales.example, manager: true }
sticky: { account: true, customer: true }
`;

let folder: string;
let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nurture-routing-'));
  await cp(path.join(import.meta.dirname, '../fixtures/playbook'), folder, { recursive: true });
  await writeFile(path.join(folder, 'routing.yaml'), ROUTING);
  const scoring = path.join(folder, 'scoring.yaml');
  const rule = '{ rule: drip, event: page.viewed, points: 20, productLine: drip-lines }';
  const file = (await readFile(scoring, 'utf8')).replace('engagement:', `engagement:\n  - ${rule}`);
  await writeFile(scoring, `${file}lineNeed: { score: 15, then: fill }\n`);
  engine = await startEngine({ playbookDir: folder });
  life = lifeOf(engine);
});
afterAll(async () => {
  await engine?.close();
  await rm(folder, { recursive: true, force: true });
});

function change(rep: string, patch: RepPatch): Promise<string> {
  return changeRep(engine.db, { rep, patch, actor: 'system', at: new Date(), denial: () => null });
}

async function waiting(submission: {
  email: string;
  country?: string;
  need?: { productLine: string };
  language?: string;
}) {
  const leadId = await engine.submit({ source: 'drip', ...submission, event: { type: 'demo.requested' } });
  const need = await engine.until(
    () => engine.db.need.findFirst({ where: { leadId, stage: 'qualified' } }),
    (one) => one !== null && (one.waitingFor !== null || one.waitingBecause !== null),
  );
  return { leadId, need };
}

async function attention(leadId: string): Promise<{ kind: string; reason: string }[]> {
  const rows = await engine.db.$transaction((tx) => attentionPage(tx, { kind: 'all' }, null, null, 200));
  return rows.filter((row) => row.leadId === leadId).map(({ kind, reason }) => ({ kind, reason }));
}

test('a rule leads to a queue, where a person decides, and to one rep, or the deputy', async () => {
  const { leadId, need } = await waiting({ email: 'a@partner.example', country: 'CH' });
  expect(need?.waitingBecause).toContain('in queue ‘partners’ by rule ‘partners’');
  expect(await attention(leadId)).toMatchObject([{ kind: 'unassigned', reason: need?.waitingBecause }]);
  const teamAlone = { kind: 'rep', repId: 'rep-nobody', manager: true, teams: ['south'] } as const;
  expect(await life.tell(leadId, teamAlone, { kind: 'route', team: 'south' })).toMatchObject({ code: 'FORBIDDEN' });
  expect(await life.tell(leadId, MANAGER, { kind: 'route', team: 'south' })).toMatchObject({ ok: true });
  expect(await life.offered(leadId)).toMatchObject({ rule: 'rerouted', rep: { key: 'dino' } });
  const toAda = await life.ready({ email: 'a@austria.example', country: 'AT' });
  expect(toAda.assignment).toMatchObject({ rule: 'austria', team: 'north', rep: { key: 'ada' } });
  await change('ada', { away: { from: new Date(Date.now() - 60_000), until: null, deputy: 'dino' } });
  const toDeputy = await life.ready({ email: 'b@austria-two.example', country: 'AT' });
  expect(toDeputy.assignment).toMatchObject({ rule: 'austria', rep: { key: 'dino' } });
  await change('ada', { away: null });
});

test('skills and language choose the rep; where nobody has them a manager sees why, and it goes on once somebody has', async () => {
  for (const n of [1, 2]) {
    const italian = await life.ready({
      email: `x@frost-it-${n}.example`,
      need: { productLine: 'frost' },
      language: 'it-CH',
    });
    expect(italian.assignment.rep.key).toBe('bob');
  }
  const { leadId } = await waiting({ email: 'x@frost-fr.example', need: { productLine: 'frost' }, language: 'fr' });
  expect(await attention(leadId)).toEqual([
    { kind: 'unassigned', reason: 'No active rep of team ‘North’ has ‘frost’ and speaks ‘fr’.' },
  ]);
  const managerOf = (team: string) => ({ kind: 'rep', repId: 'rep-nobody', manager: true, teams: [team] }) as const;
  const seen = async (team: string): Promise<boolean> => {
    const ties = await readTiesOf(engine.db, leadId);
    const page = await engine.db.$transaction((tx) =>
      attentionPage(tx, { kind: 'rep', repId: 'rep-nobody', teams: [team] }, null, null, 200),
    );
    expect(page.some((row) => row.leadId === leadId)).toBe(ties !== null && may(managerOf(team), 'route', ties));
    return page.some((row) => row.leadId === leadId);
  };
  expect([await seen('north'), await seen('south')]).toEqual([true, false]);
  const { playbook } = engine.store.rules.current();
  const facts = { country: 'DE', productLine: 'frost' };
  const explained = await explainRouting(engine.db, playbook, { facts, language: 'de', row: null }, Date.now());
  expect(explained).toMatchObject({ rule: 'frost', leadsTo: { team: 'north' }, rep: 'cleo' });
  const considered = explained.considered.map(({ rep, whyNot, weight }) => [rep, { whyNot, weight }]);
  expect(Object.fromEntries(considered)).toEqual({
    ada: { whyNot: 'does not have ‘frost’', weight: 1 },
    bob: { whyNot: 'does not speak ‘de’', weight: 1 },
    cleo: { whyNot: null, weight: 1 },
  });
  expect(explained.rules.map(({ rule, holds }) => [rule, holds]).slice(0, 3)).toEqual([
    ['partners', false],
    ['austria', false],
    ['frost', true],
  ]);
  // It keeps nobody waiting who can be helped.
  expect((await life.ready({ email: 'x@plain.example', country: 'DE' })).assignment.team).toBe('north');
  await engine.db.rep.update({ where: { key: 'bob' }, data: { languages: ['it', 'fr'] } });
  await engine.forward(leadId, '2 minutes');
  expect((await life.offered(leadId)).rep.key).toBe('bob');
});

test('a team that holds offers gets them when a rep is at work; nobody has to look at what waits for the morning', async () => {
  const nowHour = new Date().getUTCHours();
  const inHours = (hours: number): string => `${String((nowHour + hours) % 24).padStart(2, '0')}:00`;
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
  await change('nina', { workingHours: { days: [...days], from: inHours(2), to: inHours(12) } });
  const { leadId, need } = await waiting({ email: 'n@nights.example', country: 'SE' });
  expect(need).toMatchObject({ waitingFor: 'hours', waitingTeam: 'nights' });
  expect(await attention(leadId)).toEqual([]);
  await engine.forward(leadId, '2 hours');
  const { offeredAt, rep } = await life.offered(leadId);
  expect([rep.key, offeredAt.toISOString().slice(11, 16)]).toEqual(['nina', inHours(2)]);
});

test('what waits too long for a team is offered to the team that takes over', async () => {
  await change('dino', { away: { from: new Date(Date.now() - 60_000), until: null, deputy: null } });
  const { leadId } = await waiting({ email: 'o@overflow.example', country: 'IT' });
  await engine.forward(leadId, '110 minutes');
  expect(await life.assignments(leadId)).toEqual([]);
  await engine.forward(leadId, '15 minutes');
  expect(await life.offered(leadId)).toMatchObject({ team: 'north', rule: 'overflow of team ‘south’' });
  await change('dino', { away: null });
});

test('people of one company go to one rep, also when they become ready at once; a customer’s new need to the rep who knows them', async () => {
  const people = await Promise.all([1, 2, 3, 4].map((n) => life.ready({ email: `p${n}@one-company.example` })));
  const reps = new Set(people.map(({ assignment }) => assignment.rep.key));
  expect(reps.size).toBe(1);
  const [first] = people;
  if (first === undefined) throw new Error('nobody');
  const rep = repActor(first.assignment.repId);
  expect(await life.tell(first.leadId, rep, { kind: 'outcome', result: 'won' })).toMatchObject({ ok: true });
  await engine.submit({ email: 'p1@one-company.example', source: 'drip', event: { type: 'demo.requested' } });
  const again = await life.offered(first.leadId, first.assignment);
  expect(again).toMatchObject({ repId: first.assignment.repId, rule: 'the rep who knows the lead' });
  // Counted in the turn order: the others come next.
  const next = await life.ready({ email: 'q@another-company.example' });
  expect(next.assignment.repId).not.toBe(first.assignment.repId);
});

test('a need of which nobody said the product line is routed by the line that the score speaks for; what was said stays', async () => {
  const ready = async (email: string, need: { productLine: string } | undefined) => {
    const leadId = await engine.submit({ email, source: 'drip', ...(need && { need }) });
    await engine.untilStage(leadId, 'nurturing');
    await engine.record({ leadId, type: 'page.viewed' });
    await life.demo(leadId);
    return { leadId, offer: await life.offered(leadId) };
  };
  const filled = await ready('l@says-nothing.example', undefined);
  expect(filled.offer).toMatchObject({ rule: 'drip', team: 'south' });
  expect(await life.need(filled.leadId)).toMatchObject({ productLine: 'drip-lines' });
  expect(await life.audits(filled.leadId, 'need.line-filled')).toHaveLength(1);
  const said = await ready('l@says-other.example', { productLine: 'other' });
  expect(said.offer).toMatchObject({ rule: 'the-rest', team: 'north' });
  expect(await life.need(said.leadId)).toMatchObject({ productLine: 'other' });
});
