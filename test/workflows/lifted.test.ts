/** Mails that wait because a receiver refuses us, or all sending stopped, leave at once when a person ends it. No clock is moved. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { RECEIVER_REFUSES } from '../../src/domain/refusals.ts';
import { announce } from '../../src/store/outbox.ts';
import { type Bench, openApi } from '../api/support.ts';
import { seedKind } from '../broadcasts/many-leads.ts';
import { playbookWith } from '../crash/playbook.ts';
import { lockWaiters } from '../support/lock-waiters.ts';

const STEPS = 'steps:\n  - { id: first, email: plain }\nwhenDone: dormant\n';
const CADENCES = {
  one: `name: One\nenroll: { when: { source: one } }\npriority: 10\n${STEPS}`,
  two: `name: Two\nenroll: { when: { source: two } }\npriority: 10\nanswer: gift\n${STEPS}`,
};
const BLOCKED = { code: 550, text: '5.7.1 Service unavailable; client host blocked using a block list' };
const BROKEN = { code: 451, text: '4.3.0 Temporary system problem. Try again later' };
const HOUR = 3_600_000;

let bench: Bench;
let folder: Awaited<ReturnType<typeof playbookWith>>;
/** What the server answers, by receiving domain. */
const refusing = new Map<string, { code: number; text: string }>();
beforeAll(async () => {
  folder = await playbookWith(CADENCES, {});
  bench = await openApi({ worker: true, playbookDir: folder.dir });
  bench.engine.sink.behave(({ to }) => refusing.get(to.slice(to.indexOf('@') + 1)) ?? null);
});
beforeEach(() => refusing.clear());
afterAll(async () => {
  await bench?.close();
  await folder?.remove();
});

const placeOf = (leadId: string) => bench.db.enrollment.findFirst({ where: { leadId } });
const lift = (receiver: string) => bench.post(`/v1/sending/receivers/${receiver}/lift`, { rate: 1_000 });

/** Whose mail was tried and not taken waits as long as after the fourth attempt: hours, which no test has. */
async function longAfterAttempts(leadId: string): Promise<void> {
  const { engine, db } = bench;
  await engine.until(
    () => placeOf(leadId),
    (one) => one !== null && one.attempts > 0,
  );
  await db.enrollment.updateMany({ where: { leadId }, data: { dueAt: new Date(Date.now() + 4 * HOUR) } });
}

/** The process of the lead looks what is due. */
async function look(leadId: string): Promise<void> {
  const { db, relay } = bench.engine;
  relay.ring(await db.$transaction((tx) => announce(tx, [{ leadId, reason: 'overdue', refs: {} }])));
}

/** A broadcast to so many leads of the domain, all of which wait. */
async function waitingBroadcast(key: string, domain: string, count: number): Promise<void> {
  const { engine, db } = bench;
  const ids = await seedKind(db, { name: key, source: key, count, domain });
  await bench.post('/v1/broadcasts', { key, template: 'plain', when: { source: key } }, bench.keys.marketer);
  await bench.post(`/v1/broadcasts/${key}/preview`, undefined, bench.keys.marketer);
  await bench.post(`/v1/broadcasts/${key}/start`, undefined, bench.keys.marketer);
  await engine.until(
    () => db.broadcastRecipient.count({ where: { leadId: { in: ids }, dueAt: { gt: new Date() } } }),
    (n) => n === count,
    60_000,
  );
  await db.broadcastRecipient.updateMany({
    where: { leadId: { in: ids } },
    data: { dueAt: new Date(Date.now() + 4 * HOUR) },
  });
}

async function allGot(addresses: readonly string[]): Promise<void> {
  for (const address of addresses) await bench.engine.sink.waitFor(address, 1);
}

test('a person lifts a refusal: the mail that was refused, those that wait, an answer and a broadcast leave', async () => {
  const { engine, db } = bench;
  const domain = 'lifted.example';
  refusing.set(domain, BLOCKED);
  const refused = await engine.submit({ email: `refused@${domain}`, source: 'one' });
  await longAfterAttempts(refused);
  expect((await placeOf(refused))?.dueBecause).toBe(RECEIVER_REFUSES);
  await db.mailRefusal.update({ where: { receiver: domain }, data: { until: new Date(Date.now() + 3 * HOUR) } });
  const waits = await engine.submit({ email: `waits@${domain}`, source: 'one' });
  const asked = await engine.submit({ email: `asked@${domain}`, source: 'two' });
  await engine.until(
    () => placeOf(waits),
    (one) => one?.dueBecause === RECEIVER_REFUSES,
  );
  await engine.until(
    () => db.answer.findFirst({ where: { leadId: asked } }),
    (one) => one !== null && one.dueAt.getTime() > Date.now() + 15 * 60_000,
  );
  await waitingBroadcast('news-lifted', domain, 3);
  // A held lead stays held: nobody rings it.
  const held = await engine.submit({ email: `held@${domain}`, source: 'one' });
  await engine.until(
    () => placeOf(held),
    (one) => one?.dueBecause === RECEIVER_REFUSES,
  );
  await db.lead.update({ where: { id: held }, data: { heldAt: new Date(), heldReason: 'by a test' } });

  refusing.clear();
  expect((await lift(domain)).status).toBe(204);
  await allGot(['refused', 'waits', 'asked'].map((name) => `${name}@${domain}`));
  await allGot([1, 2, 3].map((n) => `news-lifted-${n}@${domain}`));
  await engine.until(
    () => db.bulkRun.findMany({ where: { kind: 'resume', status: 'done' } }),
    (runs) => runs.some(({ params }) => (params as { receiver?: string }).receiver === domain),
  );
  expect(engine.sink.to(`held@${domain}`)).toEqual([]);
  expect((await placeOf(held))?.dueAt?.getTime()).toBeLessThanOrEqual(Date.now());
  // The one that asked gets the answer and the mail of its cadence.
  await engine.sink.waitFor(`asked@${domain}`, 2);
});

test('a mail that is put off just as a person lifts the refusal is among those that leave', async () => {
  const { engine, db } = bench;
  const domain = 'meeting.example';
  const email = `meets@${domain}`;
  const until = new Date(Date.now() + 3 * HOUR);
  await db.mailRefusal.create({ data: { receiver: domain, until, heardBy: 'answer', reason: '550 5.7.1' } });
  using putOff = engine.stopAt('mail.refused', email);
  await engine.submit({ email, source: 'one' });
  await putOff.reached;
  const lifted = lift(domain);
  await engine.until(
    () => lockWaiters(db),
    (waiting) => waiting.some(({ query }) => query.includes('mail_refusals')),
  );
  putOff.go();
  expect((await lifted).status).toBe(204);
  await engine.sink.waitFor(email, 1);
});

test('a mail that is refused while a person lifts the refusal leaves at once, and the receiver refuses nothing', async () => {
  const { engine, db } = bench;
  const domain = 'crossing.example';
  refusing.set(domain, BLOCKED);
  await longAfterAttempts(await engine.submit({ email: `before@${domain}`, source: 'one' }));
  await db.mailRefusal.update({ where: { receiver: domain }, data: { until: new Date(Date.now() - 1_000) } });
  using answered = engine.stopAt('effect.acted', `crosses@${domain}`);
  const leadId = await engine.submit({ email: `crosses@${domain}`, source: 'one' });
  await answered.reached;
  refusing.clear();
  expect((await lift(domain)).status).toBe(204);
  answered.go();
  await allGot([`crosses@${domain}`, `before@${domain}`]);
  expect(await db.mailRefusal.findUnique({ where: { receiver: domain } })).toBeNull();
  // It was tried once and nothing was put off.
  const results = await db.audit.findMany({ where: { leadId, action: 'step.performed' }, orderBy: { id: 'asc' } });
  expect(results.map(({ data }) => (data as { result: string }).result)).toEqual([
    expect.stringMatching(/^tried again at once: .*550/),
    'sent',
  ]);
});

test('a receiver that refuses to the last attempt holds nobody; the mails leave when a person lifts it', async () => {
  const { engine, db } = bench;
  const domain = 'stubborn.example';
  refusing.set(domain, BLOCKED);
  const leadId = await engine.submit({ email: `waits@${domain}`, source: 'one' });
  await longAfterAttempts(leadId);
  await db.enrollment.updateMany({ where: { leadId }, data: { attempts: 7 } });
  // Lifted too early: it refuses the mail again.
  expect((await lift(domain)).status).toBe(204);
  await engine.until(
    () => db.audit.count({ where: { leadId, action: 'step.performed' } }),
    (n) => n === 2,
  );
  expect((await engine.lead(leadId)).heldAt).toBeNull();
  const place = await placeOf(leadId);
  expect(place).toMatchObject({ attempts: 7, dueBecause: RECEIVER_REFUSES });
  expect(place?.dueAt?.getTime()).toBeGreaterThan(Date.now() + 15 * HOUR);
  refusing.clear();
  expect((await lift(domain)).status).toBe(204);
  await allGot([`waits@${domain}`]);
});

test("a person lifts the refusal of a rep's mail server: the brief leaves", async () => {
  const { engine, db } = bench;
  refusing.set('sales.example', BLOCKED);
  const leadId = await engine.submit({ email: 'ready@ready.example', source: 'demo', country: 'DE' });
  await engine.record({ leadId, type: 'demo.requested' });
  const brief = () => db.assignment.findFirst({ where: { leadId } });
  const assignment = await engine.until(brief, (one) => one !== null && one.briefAttempts > 0);
  await db.assignment.update({
    where: { id: assignment?.id ?? '' },
    data: { briefDueAt: new Date(Date.now() + 4 * HOUR) },
  });
  refusing.clear();
  expect((await lift('sales.example')).status).toBe(204);
  await engine.until(brief, (one) => one?.toldAt !== null);
});

test('all sending goes on: mails that a broken mail server did not take are tried at once, whatever pause they were in', async () => {
  const { engine, db } = bench;
  const domain = 'broken.example';
  refusing.set(domain, BROKEN);
  const tried = await engine.submit({ email: `tried@${domain}`, source: 'one' });
  await longAfterAttempts(tried);
  const asked = await engine.submit({ email: `asked@${domain}`, source: 'two' });
  await engine.until(
    () => db.answer.findFirst({ where: { leadId: asked } }),
    (one) => (one?.attempts ?? 0) > 0,
  );
  await waitingBroadcast('news-broken', domain, 3);
  // One was tried to the last before sending stopped.
  const held = await engine.submit({ email: `held@${domain}`, source: 'one' });
  await longAfterAttempts(held);
  await db.enrollment.updateMany({ where: { leadId: held }, data: { attempts: 7, dueAt: new Date() } });
  await look(held);
  await engine.until(
    () => engine.lead(held),
    ({ heldAt }) => heldAt !== null,
  );
  await bench.post('/v1/sending/pause', { reason: 'stopped by itself: 40 of 60 attempts failed' });
  const { dueAt } = await db.answer.findFirstOrThrow({ where: { leadId: asked } });
  await db.answer.updateMany({ where: { leadId: asked }, data: { dueAt: new Date(dueAt.getTime() + 4 * HOUR) } });
  await db.lead.update({ where: { id: asked }, data: { answerDueAt: new Date(dueAt.getTime() + 4 * HOUR) } });

  refusing.clear();
  const resumed = await bench.post('/v1/sending/resume', { rate: 1_000 });
  expect(resumed.status).toBe(200);
  expect(Number(resumed.body['waiting'])).toBeGreaterThanOrEqual(2);
  await allGot(['tried', 'asked', 'held'].map((name) => `${name}@${domain}`));
  await allGot([1, 2, 3].map((n) => `news-broken-${n}@${domain}`));
});
