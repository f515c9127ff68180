/** A notice that a receiver refuses us, from the SMTP listener to the mails that wait, what a person sees, and the end of it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type InboundListener, startInbound } from '../../src/api/inbound/listener.ts';
import { RECEIVER_REFUSES } from '../../src/domain/refusals.ts';
import { inboundAddress } from '../../src/email/inbound/address.ts';
import { announce } from '../../src/store/outbox.ts';
import { type Bench, openApi } from '../api/support.ts';
import { playbookWith } from '../crash/playbook.ts';
import { lockWaiters } from '../support/lock-waiters.ts';
import { bring, deliveryReport } from '../support/delivery-report.ts';

const CADENCES = {
  one: 'name: One\nenroll: { when: { source: one } }\npriority: 10\nsteps:\n  - { id: first, email: plain }\nwhenDone: dormant\n',
};
const DOMAIN = 'bounces.shop.example';
const RECEIVER = 'behind-a-relay.example';

let bench: Bench;
let folder: Awaited<ReturnType<typeof playbookWith>>;
let listener: InboundListener;
beforeAll(async () => {
  folder = await playbookWith(CADENCES, {});
  bench = await openApi({ worker: true, playbookDir: folder.dir });
  const { store, tokens, ring, log } = bench.deps;
  listener = await startInbound({ store, tokens, ring, log, domain: DOMAIN }, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await listener?.close();
  await bench?.close();
  await folder?.remove();
});

const rowOf = () => bench.db.mailRefusal.findUnique({ where: { receiver: RECEIVER } });
const placeOf = (leadId: string) => bench.db.enrollment.findFirst({ where: { leadId } });

/** The notice of a relay: the receiver's server has the relay's address on a block list. */
function notice(email: string, text: string): string {
  const words = '550 5.7.1 Service unavailable; client host blocked using a block list';
  return deliveryReport([{ email, status: '5.7.1', words }], { by: 'relay.example', text });
}

/** A lead's mail that was taken, and the notice of it that comes to its own return path. */
async function comesBack(leadId: string, email: string, words = 'I could not deliver your mail.'): Promise<void> {
  const sent = await bench.engine.until(
    () => bench.db.send.findFirst({ where: { leadId } }),
    (send) => send?.status === 'sent',
  );
  const to = inboundAddress('bounce', bench.deps.tokens.mailbox(sent?.id ?? ''), DOMAIN);
  expect(await bring(notice(email, words), to, listener.port)).toMatch(/^250 /);
}

test('a refusal by notices about three people: mails to the domain wait, another tells a person, and whose lift ends it', async () => {
  const { db, engine } = bench;
  const email = (name: string): string => `${name}@${RECEIVER}`;
  const first = await engine.submit({ email: email('first'), source: 'one' });
  const others = await Promise.all(
    ['other', 'next'].map((name) => engine.submit({ email: email(name), source: 'one' })),
  );
  await Promise.all(['first', 'other', 'next'].map((name) => engine.sink.waitFor(email(name), 1)));
  await comesBack(first, email('first'));
  expect(await db.inboundMail.findMany({ where: { leadId: first } })).toMatchObject([
    { verdict: 'sender', did: 'kept', domain: RECEIVER },
  ]);
  expect(await rowOf()).toBeNull();
  await comesBack(others[0] ?? '', email('other'));
  expect(await rowOf()).toBeNull();
  await comesBack(others[1] ?? '', email('next'));
  expect(await rowOf()).toMatchObject({ refusals: 1, heardBy: 'notice', reason: expect.stringContaining('5.7.1') });

  const second = await engine.submit({ email: email('second'), source: 'one' });
  await engine.until(
    () => placeOf(second),
    (one) => one?.dueBecause === RECEIVER_REFUSES,
  );
  expect(engine.sink.to(email('second'))).toEqual([]);
  const attention = async () => (await bench.get('/v1/attention?kind=receiver-refuses')).body.items ?? [];
  expect(await attention()).toEqual([]);

  // After the pause one tries. The relay takes it, which proves nothing, and it comes back as well.
  await db.mailRefusal.update({ where: { receiver: RECEIVER }, data: { until: new Date(Date.now() - 1_000) } });
  await db.enrollment.updateMany({ where: { leadId: second }, data: { dueAt: new Date() } });
  engine.relay.ring(await db.$transaction((tx) => announce(tx, [{ leadId: second, reason: 'overdue', refs: {} }])));
  await engine.until(rowOf, (row) => typeof row?.acceptedAt?.getTime() === 'number');
  await comesBack(second, email('second'));
  expect(await rowOf()).toMatchObject({ refusals: 2, acceptedAt: null });
  expect(await attention()).toMatchObject([
    {
      ref: RECEIVER,
      leadId: null,
      reason: expect.stringMatching(/2 times in a row \(by notices about the mails of 4 people\): .*block list/),
    },
  ]);
  expect(await db.suppression.count({ where: { leadId: { in: [first, second] } } })).toBe(0);
  expect(await db.lead.count({ where: { id: { in: [first, second] }, heldAt: { not: null } } })).toBe(0);

  // A person has mended the cause.
  await bench.post(`/v1/sending/receivers/${RECEIVER}/lift`, undefined, bench.keys.operator);
  expect([await rowOf(), await attention()]).toEqual([null, []]);
  const third = await engine.submit({ email: email('third'), source: 'one' });
  await engine.sink.waitFor(email('third'), 1);

  // What was heard before is settled: the next notice is the first one again.
  await comesBack(third, email('third'));
  expect(await rowOf()).toBeNull();
});

test('three notices at the same moment begin one pause: none is lost, and none counts twice', async () => {
  const { db, engine } = bench;
  const domain = 'at-once.example';
  const emails = ['a', 'b', 'c'].map((name) => `${name}@${domain}`);
  const leads = await Promise.all(emails.map((email) => engine.submit({ email, source: 'one' })));
  for (const email of emails) await engine.sink.waitFor(email, 1);
  const key = `refusing notices of ${domain}`;
  const atTheLock = (): Promise<number> =>
    lockWaiters(db).then((all) => all.filter(({ query }) => query.includes('refusing notices of')).length);
  let brought: Promise<unknown> = Promise.resolve();
  // All three stand before the lock before the first one gets it.
  await db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
      brought = Promise.all(leads.map((leadId, n) => comesBack(leadId, emails[n] ?? '')));
      await engine.until(atTheLock, (n) => n === 3);
    },
    { timeout: 60_000 },
  );
  await brought;
  expect(await db.mailRefusal.findMany({ where: { receiver: domain } })).toMatchObject([
    { refusals: 1, heardBy: 'notice' },
  ]);
  expect(await db.inboundMail.count({ where: { leadId: { in: leads }, refusesUs: true } })).toBe(3);
});

test('twenty notices about one person have nobody wait, whoever wrote them; nor do they make a pause longer', async () => {
  const { db, engine } = bench;
  const domain = 'attacked.example';
  const row = () => db.mailRefusal.findUnique({ where: { receiver: domain } });
  const leadId = await engine.submit({ email: `forger@${domain}`, source: 'one' });
  for (let n = 0; n < 19; n += 1) await comesBack(leadId, `forger@${domain}`, `I could not deliver your mail (${n}).`);
  expect(await db.inboundMail.count({ where: { leadId, verdict: 'sender', refusesUs: true } })).toBe(19);
  expect(await row()).toBeNull();

  // A pause that others began, after which a mail was taken: theirs is not a new word.
  const acceptedAt = new Date();
  const until = new Date(Date.now() + 600_000);
  await db.mailRefusal.create({
    data: { receiver: domain, until, heardBy: 'notice', reason: '550 5.7.1', acceptedAt },
  });
  await comesBack(leadId, `forger@${domain}`, 'Once more.');
  expect(await row()).toMatchObject({ refusals: 1, acceptedAt, until });
});
