/** Receivers that refuse us, on real servers: SMTP that says no, two workers, and what a person sees and does. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createManagerWatch } from '../../src/api/manager-watch.ts';
import { createDeps } from '../../src/activities/create-deps.ts';
import { broadcastShow } from '../../src/cli/broadcast.ts';
import { leadShow, leadWhy } from '../../src/cli/lead.ts';
import { sendingLift } from '../../src/cli/sending.ts';
import { newId } from '../../src/domain/ids.ts';
import { RECEIVER_REFUSES } from '../../src/domain/refusals.ts';
import { formatForPeople } from '../../src/domain/schedule.ts';
import { dayAndTime } from '../../src/domain/when.ts';
import { createLogger } from '../../src/runtime/log.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { announce } from '../../src/store/outbox.ts';
import { type Bench, openApi } from '../api/support.ts';
import { seedKind } from '../broadcasts/many-leads.ts';
import { playbookWith } from '../crash/playbook.ts';
import { startTestWorker } from '../support/engine.ts';

const CADENCES = {
  one: 'name: One\nenroll: { when: { source: one } }\npriority: 10\nsteps:\n  - { id: first, email: plain }\nwhenDone: dormant\n',
};
const REFUSALS = [
  { code: 550, text: '5.7.1 Service unavailable; client host blocked using a block list' },
  { code: 421, text: '4.7.0 Too many connections from your host, slow down' },
  { code: 554, text: '5.7.9 Message not accepted for policy reasons' },
];

const HOUR = 3_600_000;

let bench: Bench;
let folder: Awaited<ReturnType<typeof playbookWith>>;
let second: { close(): Promise<void> };
/** Messages that the server was given, by address. */
const given: string[] = [];
const refusing = new Map<string, { code: number; text: string }>();
beforeAll(async () => {
  folder = await playbookWith(CADENCES, {});
  bench = await openApi({ worker: true, playbookDir: folder.dir });
  const { engine } = bench;
  const { store, config, commands, taskQueue } = engine;
  const log = createLogger(config, 'test');
  const { deps, close } = createDeps(config, { db: store.db, rules: store.rules, log, commands });
  const worker = await startTestWorker(deps, config.temporal, taskQueue);
  second = { close: () => worker.close().then(close) };
  engine.sink.behave(({ to }) => {
    given.push(to);
    return refusing.get(to.slice(to.indexOf('@') + 1)) ?? null;
  });
});
beforeEach(() => refusing.clear());
afterAll(async () => {
  await second?.close();
  await bench?.close();
  await folder?.remove();
});

const givenTo = (domain: string): number => given.filter((to) => to.endsWith(`@${domain}`)).length;
const rowOf = (receiver: string) => bench.db.mailRefusal.findUnique({ where: { receiver } });
const placeOf = (leadId: string) => bench.db.enrollment.findFirst({ where: { leadId } });
const endPause = (receiver: string): Promise<unknown> =>
  bench.db.mailRefusal.update({ where: { receiver }, data: { until: new Date(Date.now() - 1_000) } });

/** The time at which these leads come again is now: their processes look. */
async function comeAgain(leadIds: readonly string[]): Promise<void> {
  const ids = [...leadIds];
  const { db, relay } = bench.engine;
  await db.$executeRaw`UPDATE enrollments SET due_at = now() WHERE lead_id = ANY(${ids}) AND status = 'active'`;
  relay.ring(
    await db.$transaction((tx) =>
      announce(
        tx,
        ids.map((leadId) => ({ leadId, reason: 'overdue', refs: {} })),
      ),
    ),
  );
  await bench.engine.until(
    () => db.outbox.count({ where: { leadId: { in: ids } } }),
    (n) => n === 0,
  );
}

async function lengthsOf(leadIds: readonly string[]): Promise<number[]> {
  return Promise.all(
    leadIds.map(async (leadId) => (await bench.engine.client.workflow.getHandle(leadId).describe()).historyLength ?? 0),
  );
}

/** A lead that waits for a manager, and has no process. */
async function leadForManagers(name: string): Promise<void> {
  const [leadId = ''] = await seedKind(bench.db, { name, source: name, count: 1, stage: 'qualified' });
  const need = {
    id: newId('need'),
    leadId,
    stage: 'qualified',
    waitingBecause: 'Nobody has room.',
    openedAt: new Date(),
  };
  await bench.db.need.create({ data: need });
  await bench.db.lead.update({ where: { id: leadId }, data: { needId: need.id } });
}

/** One look at what waits for managers, so long from now; how many mails left. */
async function lookForManagers(inMs: number): Promise<number> {
  const { engine } = bench;
  const { transport, from, publicUrl } = engine.deps.mail;
  const watch = createManagerWatch({
    db: bench.db,
    rules: engine.store.rules,
    log: createLogger(engine.config, 'test'),
    mail: { transport, from, publicUrl },
    realNow: () => Date.now() + inMs,
  });
  const left = await watch.runNow();
  await watch.close();
  return left;
}

test.each(REFUSALS)('$code $text: mails to the domain wait, and one tries after each pause', async ({ code, text }) => {
  const { engine } = bench;
  const domain = `blocked-${code}.example`;
  refusing.set(domain, { code, text });
  const leads: string[] = [];
  for (let n = 0; n < 6; n += 1) leads.push(await engine.submit({ email: `lead${n}@${domain}`, source: 'one' }));
  const free = await engine.submit({ email: `lead@free-${code}.example`, source: 'one' });
  // One bad domain holds up no other.
  await engine.sink.waitFor(`lead@free-${code}.example`, 1);
  for (const leadId of leads)
    await engine.until(
      () => placeOf(leadId),
      (one) => one !== null && (one.attempts > 0 || one.dueBecause === RECEIVER_REFUSES),
    );
  const atFirst = givenTo(domain);
  expect(await rowOf(domain)).toMatchObject({ refusals: 1, heardBy: 'answer' });
  expect((await rowOf(domain))?.reason).not.toContain('@');
  const held = await bench.db.lead.count({ where: { id: { in: leads }, heldAt: { not: null } } });
  const suppressed = await bench.db.suppression.count({ where: { leadId: { in: leads } } });
  expect([held, suppressed]).toEqual([0, 0]);
  // Whoever's mail was refused has it on the timeline, as nobody's fault but ours.
  const refused = await bench.db.event.findMany({ where: { leadId: { in: leads }, type: 'email.bounced' } });
  expect(refused).toHaveLength(atFirst);
  expect(refused).toMatchObject(
    refused.map(() => ({ machine: true, sendId: null, properties: { verdict: 'sender' } })),
  );
  const story = (await bench.get(`/v1/leads/${refused[0]?.leadId}/timeline`)).body.items ?? [];
  expect(story.map(({ title }) => title)).toContainEqual(
    expect.stringMatching(new RegExp(`^An email was not taken because of us, not of the lead: .*${code}`)),
  );

  // During the pause nobody tries, however often a process looks.
  await comeAgain(leads);
  for (const leadId of leads)
    await engine.until(
      () => placeOf(leadId),
      (one) => one?.dueBecause === RECEIVER_REFUSES && (one.dueAt?.getTime() ?? 0) > Date.now(),
    );
  expect(givenTo(domain)).toBe(atFirst);
  const lengths = await lengthsOf(leads);

  // After it one of them tries, whichever worker has it; the pause is longer.
  await endPause(domain);
  await comeAgain(leads);
  await engine.until(
    () => rowOf(domain),
    (row) => row?.refusals === 2,
  );
  for (const leadId of leads)
    await engine.until(
      () => placeOf(leadId),
      (one) => (one?.dueAt?.getTime() ?? 0) > Date.now(),
    );
  expect(givenTo(domain)).toBe(atFirst + 1);
  expect(((await rowOf(domain))?.until.getTime() ?? 0) - Date.now()).toBeGreaterThan(3.5 * 60_000);
  // A look costs a few events of the history, and nothing spins: what was asked for and no more.
  const after = await lengthsOf(leads);
  after.forEach((length, n) => expect(length - (lengths[n] ?? 0)).toBeLessThan(40));

  const attention = await bench.get('/v1/attention?kind=receiver-refuses');
  expect(attention.body.items).toContainEqual(expect.objectContaining({ ref: domain, leadId: null }));
  const { body } = await bench.get('/v1/sending');
  expect(body['refusing']).toContainEqual(expect.objectContaining({ receiver: domain, refusals: 2 }));
  expect((await bench.get(`/v1/leads/${leads[0]}/why`)).status).toBe(200);

  // The cause is mended: the first that is taken ends the pause, and each lead gets its mail once.
  refusing.clear();
  await endPause(domain);
  await comeAgain(leads);
  await engine.until(
    () => rowOf(domain),
    (row) => row === null,
  );
  const left = await bench.db.send.findMany({ where: { leadId: { in: leads }, status: 'sent' } });
  await comeAgain(leads.filter((leadId) => !left.some((send) => send.leadId === leadId)));
  for (let n = 0; n < leads.length; n += 1) await engine.sink.waitFor(`lead${n}@${domain}`, 1);
  await engine.until(
    () => bench.db.send.count({ where: { leadId: { in: [...leads, free] }, status: 'sent' } }),
    (n) => n === leads.length + 1,
  );
  expect(givenTo(domain)).toBe(atFirst + 1 + leads.length);
});

test('a person ends the pause: the next mail leaves at once; a receiver that refuses nothing cannot be lifted', async () => {
  const { engine } = bench;
  const domain = 'lifted.example';
  refusing.set(domain, { code: 550, text: '5.7.1 your network is blocked' });
  await engine.submit({ email: `a@${domain}`, source: 'one' });
  await engine.until(
    () => rowOf(domain),
    (row) => row !== null,
  );
  refusing.clear();
  const waits = await engine.submit({ email: `b@${domain}`, source: 'one', country: 'JP' });
  await engine.until(
    () => bench.db.enrollment.findFirst({ where: { leadId: waits } }),
    (one) => one?.dueBecause === RECEIVER_REFUSES,
  );
  const why = await bench.get(`/v1/leads/${waits}/why`);
  expect(why.text).toContain(RECEIVER_REFUSES);
  // Whoever asks is told what waits, since and until when, and what a person can do: with the times of the place where the lead is.
  const row = await rowOf(domain);
  const lift = `once the cause is mended, npx nurture sending lift ${domain}`;
  expect(why.body['waitsFor']).toEqual([
    {
      ref: `receiver:${domain}`,
      what: expect.stringMatching(new RegExp(`^Mails to ${domain} wait, .*\\(refusals in a row: 1\\): .*blocked`)),
      since: row?.since.toISOString(),
      until: row?.until.toISOString(),
      lift,
    },
  ]);
  const config = { ...engine.config, client: { url: bench.base, key: bench.keys.operator } };
  const until = dayAndTime(row?.until.toISOString() ?? '', 'Asia/Tokyo');
  for (const { text } of [await leadShow(config, waits), await leadWhy(config, waits)])
    expect(text).toMatch(
      new RegExp(`Waits +Mails to ${domain} wait, .*until ${until} Asia/Tokyo\\). To end it: ${lift}`),
    );
  const admin = { id: newId('user'), email: 'ann@team-of-refusals.example', name: 'Ann', role: 'admin' as const };
  await bench.db.user.create({ data: admin });
  const session = await openSessionOf(bench.db, admin.email, new Date());
  const page = await bench.call('GET', `/console/leads/${waits}`, {
    key: null,
    headers: { cookie: `nurture_session=${session}` },
  });
  expect(page.text).toContain(`until ${formatForPeople(row?.until.getTime() ?? 0, 'Asia/Tokyo', Date.now())}`);
  expect((await sendingLift(config, domain)).text).toContain(`Mails may go to ${domain} again`);
  await engine.submit({ email: `c@${domain}`, source: 'one' });
  await engine.sink.waitFor(`c@${domain}`, 1);
  const again = await bench.post(`/v1/sending/receivers/${domain}/lift`, undefined, bench.keys.operator);
  expect(again.status).toBe(404);
  expect(await bench.db.audit.count({ where: { action: 'sending.receiver-lifted' } })).toBe(1);
});

test('what is about one mail throttles nobody: the lead is held, and the next mail to the domain leaves', async () => {
  const { engine } = bench;
  refusing.set('large.example', { code: 552, text: '5.3.4 Message too large' });
  const leadId = await engine.submit({ email: 'a@large.example', source: 'one' });
  await engine.until(
    () => engine.lead(leadId),
    ({ heldAt }) => heldAt !== null,
  );
  refusing.clear();
  await engine.submit({ email: 'b@large.example', source: 'one' });
  await engine.sink.waitFor('b@large.example', 1);
  expect(await rowOf('large.example')).toBeNull();
});

test('a broadcast goes on to everybody else, waits for the domain without trying it again, and ends once it takes mails', async () => {
  const { engine } = bench;
  await seedKind(bench.db, { name: 'wide', source: 'wide', count: 30 });
  await bench.db.$executeRaw`
    UPDATE leads SET email = replace(email, 'many.example', 'closed.example') WHERE source = 'wide' AND email ~ '[05]@'`;
  refusing.set('closed.example', { code: 550, text: '5.7.1 blocked using a block list' });
  const body = { key: 'wide', template: 'plain', when: { source: 'wide' } };
  await bench.post('/v1/broadcasts', body, bench.keys.marketer);
  await bench.post('/v1/broadcasts/wide/preview', undefined, bench.keys.marketer);
  await bench.post('/v1/broadcasts/wide/start', undefined, bench.keys.marketer);
  const sent = () => bench.db.send.count({ where: { broadcastId: { not: null }, status: 'sent' } });
  await engine.until(sent, (n) => n === 24, 60_000);
  await engine.until(
    () => rowOf('closed.example'),
    (row) => row !== null,
  );
  const waiting = () => bench.db.broadcastRecipient.findMany({ where: { dueAt: { gt: new Date() } } });
  await engine.until(waiting, (rows) => rows.length === 6);
  const tried = givenTo('closed.example');
  expect(tried).toBeLessThanOrEqual(6);
  const status = async () => (await bench.get('/v1/broadcasts/wide')).body['status'];
  expect(await status()).toBe('running');

  const dueNow = async (): Promise<void> => {
    await bench.db.broadcastRecipient.updateMany({ data: { dueAt: new Date() } });
    for (const { id } of await bench.db.broadcast.findMany({ where: { key: 'wide' } })) engine.broadcasts.tell(id);
  };
  await dueNow();
  await engine.until(waiting, (rows) => rows.length === 6);
  expect(givenTo('closed.example')).toBe(tried);
  refusing.clear();
  await endPause('closed.example');
  await dueNow();
  await engine.until(
    () => rowOf('closed.example'),
    (row) => row === null,
  );
  await engine.until(waiting, (rows) => rows.length < 6);
  await dueNow();
  await engine.until(status, (one) => one === 'done', 60_000);
  expect(await sent()).toBe(30);
  expect(givenTo('closed.example')).toBe(tried + 6);
});

test.each([
  ['closed-ip', 554, '5.7.1 Service unavailable; client host blocked using zen.spamhaus.org', true],
  ['closed-spam', 554, 'Spam message rejected', false],
  ['closed-rate', 421, '4.7.0 Too many connections from your host, slow down', true],
] as const)(
  'a broadcast whose recipient is refused for good (%s, %d) tries after the pauses, and ends it with its reason after three days',
  async (key, code, text, triesLast) => {
    const { engine } = bench;
    const [leadId = ''] = await seedKind(bench.db, { name: key, source: key, count: 1 });
    const domain = `${key}.example`;
    await bench.db.lead.update({ where: { id: leadId }, data: { email: `a@${domain}` } });
    refusing.set(domain, { code, text });
    await bench.post('/v1/broadcasts', { key, template: 'plain', when: { source: key } }, bench.keys.marketer);
    await bench.post(`/v1/broadcasts/${key}/preview`, undefined, bench.keys.marketer);
    await bench.post(`/v1/broadcasts/${key}/start`, undefined, bench.keys.marketer);
    const waiting = () => bench.db.broadcastRecipient.findFirst({ where: { leadId } });
    const first = await engine.until(waiting, (row) => row?.attempts === 1);
    expect(await rowOf(domain)).toMatchObject({ refusals: 1 });
    const config = { ...engine.config, client: { url: bench.base, key: bench.keys.operator } };
    expect((await broadcastShow(config, key)).text).toMatch(
      new RegExp(`Waits +Mails to ${domain} wait \\(1\\), .* UTC\\). To end it: .* sending lift ${domain}`),
    );
    const dueNow = async (more: { firstDueAt?: Date; attempts?: number } = {}): Promise<void> => {
      await bench.db.broadcastRecipient.updateMany({ where: { leadId }, data: { dueAt: new Date(), ...more } });
      engine.broadcasts.tell(first?.broadcastId ?? '');
    };
    // During the pause nobody tries.
    await dueNow();
    await engine.until(waiting, (row) => row !== null && row.dueAt.getTime() > Date.now());
    expect(givenTo(domain)).toBe(1);
    await endPause(domain);
    await dueNow();
    await engine.until(waiting, (row) => row?.attempts === 2);
    expect(await rowOf(domain)).toMatchObject({ refusals: 2 });
    expect(givenTo(domain)).toBe(2);
    // The longest pause is repeated: it waits as long as those that are not tried.
    await endPause(domain);
    await dueNow({ attempts: 7 });
    const last = await engine.until(waiting, (row) => row !== null && row.dueAt.getTime() > Date.now() + 15 * HOUR);
    expect(last?.attempts).toBe(7);
    const refused = await bench.db.event.findMany({ where: { leadId } });
    const bounce = { type: 'email.bounced', machine: true, properties: { verdict: 'sender', heardAt: 'hand-over' } };
    expect(refused).toMatchObject([bounce, bounce, bounce]);
    // After three days the broadcast goes on without it: whether it waits for the receiver then, or is the one that tries.
    if (triesLast) await endPause(domain);
    await dueNow({ firstDueAt: new Date(Date.now() - 4 * 24 * HOUR) });
    await engine.until(
      async () => (await bench.get(`/v1/broadcasts/${key}`)).body['status'],
      (status) => status === 'done',
      60_000,
    );
    const sends = await bench.db.send.findMany({ where: { leadId } });
    expect(sends).toEqual([expect.objectContaining({ status: 'skipped', reason: RECEIVER_REFUSES, variant: 'a' })]);
    expect(givenTo(domain)).toBe(triesLast ? 4 : 3);
  },
);

test('a rep whose mail server refuses us is told once it does not; nobody is held for it', async () => {
  const { engine } = bench;
  refusing.set('sales.example', { code: 550, text: '5.7.1 blocked using a block list' });
  const leads: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    const leadId = await engine.submit({ email: `ready@ready${n}.example`, source: 'demo', country: 'DE' });
    await engine.record({ leadId, type: 'demo.requested' });
    leads.push(leadId);
  }
  const briefs = () => bench.db.assignment.findMany({ where: { leadId: { in: leads } }, orderBy: { id: 'asc' } });
  await engine.until(briefs, (all) => all.length === 3 && all.every(({ briefAttempts }) => briefAttempts > 0));
  const tried = givenTo('sales.example');
  expect(tried).toBeLessThanOrEqual(3);
  expect(await bench.db.lead.count({ where: { id: { in: leads }, heldAt: { not: null } } })).toBe(0);
  const [first] = await briefs();
  expect(first?.toldAt).toBeNull();

  // The managers' mails go to the same domain: none is tried while it refuses.
  await leadForManagers('late');
  for (let minute = 0; minute < 10; minute += 1) expect(await lookForManagers(minute * 60_000)).toBe(0);
  expect(givenTo('sales.example')).toBe(tried);

  refusing.clear();
  await endPause('sales.example');
  await bench.db.assignment.updateMany({ where: { leadId: { in: leads } }, data: { briefDueAt: new Date() } });
  await comeAgain(leads);
  await engine.until(briefs, (all) => all.some(({ toldAt }) => toldAt !== null));
  await engine.until(
    () => rowOf('sales.example'),
    (row) => row === null,
  );
  await bench.db.assignment.updateMany({
    where: { leadId: { in: leads }, toldAt: null },
    data: { briefDueAt: new Date() },
  });
  await comeAgain(leads);
  await engine.until(briefs, (all) => all.every(({ toldAt }) => toldAt !== null));
  expect(await lookForManagers(60_000)).toBe(1);
});

test('a mail to one of ours that is not taken for another reason is tried with growing pauses, and holds up nobody else', async () => {
  const { db, engine } = bench;
  await db.$executeRaw`UPDATE reps SET email = 'boss@full.example' WHERE key = 'boss'`;
  await leadForManagers('alone');
  refusing.set('full.example', { code: 452, text: '4.2.2 mailbox full' });
  // A day later: what managers were mailed before is long ago.
  const look = (minutes: number): Promise<number> => lookForManagers((24 * 60 + minutes) * 60_000);
  for (let minute = 0; minute < 10; minute += 1) expect(await look(minute)).toBe(0);
  expect(givenTo('full.example')).toBe(1);
  const boss = `person:${bench.reps['boss']}`;
  expect(await rowOf(boss)).toMatchObject({ refusals: 1 });
  expect(await rowOf('full.example')).toBeNull();
  await endPause(boss);
  await look(10);
  await look(11);
  expect(givenTo('full.example')).toBe(2);
  expect(await rowOf(boss)).toMatchObject({ refusals: 2 });
  refusing.clear();
  await endPause(boss);
  expect(await look(12)).toBe(1);
  expect(await rowOf(boss)).toBeNull();
  expect(engine.sink.to('boss@full.example')).toHaveLength(1);
});
