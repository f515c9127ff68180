/**
 * Entry into a segment wakes a lead that waits for it, and enrolls one in the pool: by an event at once, by time in the next sweep. Who
 * does nothing for long is left in peace.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluate } from '../../src/domain/condition.ts';
import { createLogger } from '../../src/runtime/log.ts';
import { createSegmentSweep } from '../../src/relay/segment-sweep.ts';
import { unsubscribe } from '../../src/store/consent/unsubscribe.ts';
import { loadFacts } from '../../src/store/facts/facts.ts';
import { handOverAccount } from '../../src/store/scoring/hand-over-account.ts';
import { playbookWith } from '../crash/playbook.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, repActor } from './life.ts';

const WAITS = (segment: string) => `
name: Waits for ${segment}
enroll: { when: { source: ${segment} } }
priority: 10
steps:
  - { id: look, waitFor: { segment: ${segment} }, within: 9 days, then: came, else: no }
  - { id: came, exit: came }
  - { id: no, exit: did not come }
`;
const BACK = `
name: Comes back
enroll: { when: { all: [{ segment: active }, { source: gone }] } }
priority: 10
reentry: always
steps:
  - { id: only, email: plain, again: true }
whenDone: dormant
`;
const SLOW = `
name: Takes its time
enroll: { when: { source: slow } }
priority: 10
steps:
  - wait: 200 days
  - { id: late, email: plain }
`;
const FIXTURE = path.join(import.meta.dirname, '..', 'fixtures', 'playbook');
const ACCOUNT = 'account: { people: 2, personScore: 15, score: 40, within: 30 days }';
const SEGMENTS = `
active: { when: { events: { type: page.viewed, within: 14 days, gte: 1 } } }
growers: { when: { industry: winery } }
quiet: { when: { all: [{ source: quiet }, { not: { events: { type: page.viewed, within: 2 days, gte: 1 } } }] } }
`;

let engine: Engine;
let removePlaybook: () => Promise<void>;
beforeAll(async () => {
  const settings = `${await readFile(path.join(FIXTURE, 'settings.yaml'), 'utf8')}\nsunset: { after: 180 days }\n`;
  const scoring = `${await readFile(path.join(FIXTURE, 'scoring.yaml'), 'utf8')}\n${ACCOUNT}\n`;
  const cadences = {
    slow: SLOW,
    active: WAITS('active'),
    growers: WAITS('growers'),
    quiet: WAITS('quiet'),
    return: BACK,
  };
  const playbook = await playbookWith(cadences, {
    'segments.yaml': SEGMENTS,
    'settings.yaml': settings,
    'scoring.yaml': scoring,
  });
  removePlaybook = playbook.remove;
  engine = await startEngine({ playbookDir: playbook.dir });
});
afterAll(async () => {
  await engine?.close();
  await removePlaybook?.();
});

const waits = (leadId: string, segment: string) =>
  engine.until(
    () => engine.lead(leadId),
    ({ nextSummary }) => nextSummary?.startsWith(`Wait for the segment ${segment} until `) === true,
  );
const endOf = async (leadId: string) => (await engine.db.enrollment.findFirst({ where: { leadId } }))?.endReason;
const views = (leadId: string, id: string) => engine.record({ leadId, id, type: 'page.viewed' });
const heard = (leadId: string) =>
  engine.until(
    () => engine.db.outbox.count({ where: { leadId } }),
    (count) => count === 0,
  );

async function sweep(): Promise<number> {
  const log = createLogger(engine.config, 'test');
  const { db, relay, store } = engine;
  const one = createSegmentSweep({ db, log, rules: store.rules, ring: (ids) => relay.ring(ids), batch: 2 });
  const rung = await one.runNow();
  await one.close();
  return rung;
}

test('an event that brings the lead into the segment ends the wait; one that does not rings nobody', async () => {
  const leadId = await engine.submit({ email: 'event@entry.example', source: 'active' });
  await waits(leadId, 'active');
  await heard(leadId);
  await engine.record({ leadId, id: 'other', type: 'email.opened' });
  expect(await engine.db.outbox.count({ where: { leadId } })).toBe(0);
  await views(leadId, 'view');
  await engine.untilStage(leadId, 'dormant');
  expect(await endOf(leadId)).toBe('came');
});

test('a change of the profile that brings it there does, too', async () => {
  const email = 'profile@entry.example';
  const leadId = await engine.submit({ email, source: 'growers' });
  await waits(leadId, 'growers');
  await engine.submit({ email, source: 'growers', industry: 'winery' });
  await engine.untilStage(leadId, 'dormant');
  expect(await endOf(leadId)).toBe('came');
});

test('what only time brings is found by the sweep, once', async () => {
  const email = 'time@entry.example';
  const leadId = await engine.submit({ email, source: 'quiet', event: { type: 'page.viewed' } });
  await waits(leadId, 'quiet');
  await heard(leadId);
  expect(await sweep()).toBe(0);
  // Two days have passed since the visit.
  await engine.db.event.updateMany({ where: { leadId }, data: { occurredAt: new Date(Date.now() - 3 * 86_400_000) } });
  // Another process sweeps: this one leaves it all to it.
  const whileAnotherSweeps = await engine.db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${0x73776565}::bigint)`;
    return sweep();
  });
  expect(whileAnotherSweeps).toBe(0);
  expect(await sweep()).toBe(1);
  await engine.untilStage(leadId, 'dormant');
  expect(await endOf(leadId)).toBe('came');
});

test('a lead in the pool without a cadence is enrolled when it enters, and again only after it has left', async () => {
  const email = 'back@entry.example';
  const leadId = await engine.submit({ email, source: 'gone' });
  await engine.untilStage(leadId, 'dormant');
  const runs = () => engine.db.enrollment.count({ where: { leadId, cadence: 'return' } });
  expect(await runs()).toBe(0);
  await views(leadId, 'back-1');
  await engine.sink.waitFor(email, 1);
  await engine.untilStage(leadId, 'dormant');
  expect(await runs()).toBe(1);
  await views(leadId, 'back-2');
  await heard(leadId);
  await sweep();
  await heard(leadId);
  expect(await runs()).toBe(1);
  await engine.db.event.updateMany({ where: { leadId }, data: { occurredAt: new Date(Date.now() - 20 * 86_400_000) } });
  await sweep();
  expect((await engine.lead(leadId)).entered).toEqual([]);
  await views(leadId, 'back-3');
  await engine.sink.waitFor(email, 2);
  expect(await runs()).toBe(2);
});

test('who unsubscribed is not taken back', async () => {
  const leadId = await engine.submit({ email: 'left@entry.example', source: 'gone' });
  await engine.untilStage(leadId, 'dormant');
  await unsubscribe(engine.store, { leadId, source: 'test' });
  await views(leadId, 'left-1');
  await heard(leadId);
  expect(await engine.db.enrollment.count({ where: { leadId } })).toBe(0);
  expect((await engine.lead(leadId)).stage).toBe('dormant');
});

test('who has not engaged for so long leaves its cadence and is marked, until it engages or asks again', async () => {
  const email = 'silent@entry.example';
  const leadId = await engine.submit({ email, source: 'slow' });
  await waits200(leadId);
  await engine.forward(leadId, '201 days');
  await engine.untilStage(leadId, 'dormant');
  expect(await endOf(leadId)).toBe('no engagement for 180 days');
  expect(engine.sink.to(email)).toEqual([]);
  const isMarked = async () => (await engine.lead(leadId)).sunsetAt !== null;
  expect(await isMarked()).toBe(true);
  await engine.record({ leadId, id: 'awake', type: 'pricing.viewed' });
  expect(await isMarked()).toBe(false);
  const old = new Date(Date.now() - 400 * 86_400_000);
  await engine.db.lead.update({ where: { id: leadId }, data: { lastEngagedAt: old, armedAt: old, createdAt: old } });
  await engine.db.touch.updateMany({ where: { leadId }, data: { occurredAt: old } });
  await sweep();
  expect(await isMarked()).toBe(true);
  await engine.submit({ email, source: 'web' });
  await engine.until(isMarked, (marked) => !marked);
});

describe('several people of one company', () => {
  let life: ReturnType<typeof lifeOf>;
  beforeAll(() => (life = lifeOf(engine)));
  /** A colleague with 20 points, which is not enough for anybody alone. */
  const colleague = async (name: string, jobTitle: string, domain = 'together.example') => {
    const leadId = await engine.submit({ email: `${name}@${domain}`, firstName: name, jobTitle, source: 'slow' });
    await waits200(leadId);
    await clicks(leadId);
    return leadId;
  };
  const clicks = (leadId: string) =>
    engine.record({ leadId, type: 'email.clicked' }, { leadId, type: 'email.clicked' });

  test('who are interested together hand over one of them, the best; again only after new engagement', async () => {
    const gardener = await colleague('Gita', 'gardener');
    expect(await sweep()).toBe(0);
    const owner = await colleague('Olga', 'owner');
    expect((await engine.lead(owner)).qualifiedAt).toBeNull();
    // Two who look at once: one finds the other's choice.
    const { accountId } = await engine.lead(owner);
    const look = () => handOverAccount(engine.db, accountId ?? '', engine.store.rules.current(), Date.now());
    const rung = await Promise.all([look(), look(), sweep()]);
    expect(rung.flatMap((one) => (typeof one === 'number' ? Array(one).fill('') : one.ringIds))).toHaveLength(1);
    engine.relay.ring(rung.flatMap((one) => (typeof one === 'number' ? [] : one.ringIds)));
    const assignment = await life.offered(owner);
    expect(await engine.lead(owner)).toMatchObject({ qualifiedBy: 'account', armed: false });
    expect((await life.audits(owner, 'lead.qualified'))[0]?.data).toMatchObject({
      by: 'account',
      because: '2 people of its account have 40 points together, of 2 people and 40 points needed',
      people: [gardener, owner].toSorted(),
    });
    // While the owner is with sales, and after she was sent back, the same interest is no news.
    await clicks(gardener);
    expect(await sweep()).toBe(0);
    await life.tell(owner, repActor(assignment.repId), {
      kind: 'reject',
      assignmentId: assignment.id,
      reason: 'too-early',
    });
    await engine.untilStage(owner, 'nurturing');
    expect(await sweep()).toBe(0);
    // She is left alone; a third colleague shows interest.
    const third = await colleague('Theo', 'buyer');
    expect(await sweep()).toBe(1);
    await life.offered(gardener);
    expect(await engine.db.lead.count({ where: { id: { in: [owner, third] }, qualifiedAt: null } })).toBe(2);
  });

  test('who are known by a field of conditions', async () => {
    const leadId = await colleague('Ann', 'gardener', 'fields.example');
    await colleague('Ben', 'gardener', 'fields.example');
    const lead = await engine.lead(leadId);
    const when = { 'account.people': { gte: 2 }, 'account.score': { gte: 40 } };
    const { playbook } = engine;
    const facts = await loadFacts(engine.db, lead, [when], playbook, Date.now());
    expect(evaluate(when, facts)).toBe(true);
    expect(
      evaluate(
        { 'account.score': { gte: 41 } },
        await loadFacts(engine.db, lead, [{ 'account.score': { gte: 41 } }], playbook, Date.now()),
      ),
    ).toBe(false);
  });
});

const waits200 = (leadId: string) =>
  engine.until(
    () => engine.db.enrollment.findFirst({ where: { leadId } }),
    (one) => one?.stepId === 'late',
  );
