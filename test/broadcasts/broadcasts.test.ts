/** A broadcast over HTTP on real servers: whole runs, pauses, who leaves meanwhile, each lead's own time. */
import { createHash } from 'node:crypto';
import { ScheduleNotFoundError } from '@temporalio/client';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eraseLead } from '../../src/store/erasure/erase-lead.ts';
import { doubtClaimsOfBroadcast } from '../../src/store/process/sends.ts';
import { createBrakeWatch } from '../../src/api/brake-watch.ts';
import { broadcastShow } from '../../src/cli/broadcast.ts';
import type { Newsletter } from '../../src/domain/newsletter.ts';
import { publishRead } from '../../src/playbook/publish.ts';
import { issueNewsletter } from '../../src/store/newsletters/issue.ts';
import { scheduleId } from '../../src/temporal/newsletter-schedules.ts';
import { newId } from '../../src/domain/ids.ts';
import { createLogger } from '../../src/runtime/log.ts';
import { skipTime } from '../../src/temporal/fast-forward.ts';
import { type Answer, type Bench, openApi } from '../api/support.ts';
import { stopAt } from '../support/stop-at.ts';
import { seedKind } from './many-leads.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi({ worker: true });
});
afterAll(() => bench?.close());

const plan = (body: object): Promise<Answer> =>
  bench.post('/v1/broadcasts', { template: 'plain', ...body }, bench.keys.marketer);
const act = (key: string, word: string, body?: object): Promise<Answer> =>
  bench.post(`/v1/broadcasts/${key}/${word}`, body, bench.keys.marketer);
const show = async (key: string): Promise<Answer['body']> => (await bench.get(`/v1/broadcasts/${key}`)).body;

async function begin(body: { key: string } & Record<string, unknown>): Promise<string> {
  const planned = await plan(body);
  expect(planned.status, planned.text).toBe(201);
  expect((await act(body.key, 'preview')).status).toBe(200);
  expect((await act(body.key, 'start')).body['status']).toBe('running');
  return String(planned.body['id']);
}

const untilIs = (key: string, status: string, timeoutMs = 60_000): Promise<Answer['body']> =>
  bench.engine.until(
    () => show(key),
    (one) => one['status'] === status,
    timeoutMs,
  );

/** Until its workflow waits to be told that it goes on. */
const untilStandsStill = (id: string) =>
  bench.engine.until(
    () =>
      bench.engine.client.workflow
        .getHandle(id)
        .query<{ waitsForBell: boolean } | null>('progress')
        .catch(() => null),
    (progress) => progress?.waitsForBell === true,
  );

/** Mails to the addresses that begin so, by address. */
function mailsTo(name: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { to } of bench.engine.sink.mails)
    if (to.startsWith(`${name}-`)) counts.set(to, (counts.get(to) ?? 0) + 1);
  return counts;
}

test('1,000 leads: each who may get it gets it once, the others have the reason on record', async () => {
  const source = 'whole';
  const [customers] = [
    await seedKind(bench.db, { name: 'customer', source, count: 100, stage: 'customer' }),
    await seedKind(bench.db, { name: 'dormant', source, count: 500 }),
    await seedKind(bench.db, { name: 'silent', source, count: 200, consents: false }),
    await seedKind(bench.db, { name: 'spam', source, count: 100, stage: 'disqualified' }),
    await seedKind(bench.db, { name: 'paused', source, count: 50, set: 'paused_at = now()' }),
    await seedKind(bench.db, { name: 'sunset', source, count: 50, set: 'sunset_at = now()' }),
  ];
  expect((await plan({ key: 'none', when: { source }, template: 'plane' })).text).toContain('did you mean \\"plain\\"');
  expect((await plan({ key: 'none' })).status).toBe(400);
  expect((await plan({ key: 'none', segment: 'grower' })).text).toContain('growers');
  expect((await plan({ key: 'news', when: { source } })).status).toBe(201);
  expect((await plan({ key: 'news', when: { source } })).status).toBe(409);
  expect((await act('news', 'start')).text).toContain('preview it first');

  const preview = await act('news', 'preview');
  expect(preview.body).toMatchObject({
    status: 'previewed',
    preview: {
      count: 1_000,
      gets: 600,
      leftOut: { 'no-consent': 200, 'stage-disqualified': 100, paused: 50, sunset: 50 },
    },
  });
  expect(bench.engine.sink.mails).toEqual([]);

  expect((await act('news', 'start')).body['status']).toBe('running');
  const done = await untilIs('news', 'done');
  expect(done).toMatchObject({
    total: 1_000,
    left: 0,
    when: null,
    outcomes: { sent: 600, 'no-consent': 200, 'stage-disqualified': 100, paused: 50, sunset: 50 },
  });
  for (const [name, count] of [
    ['dormant', 500],
    ['customer', 100],
  ] as const) {
    expect([...mailsTo(name).values()]).toEqual(Array.from({ length: count }, () => 1));
  }
  expect(bench.engine.sink.mails).toHaveLength(600);
  const [mail] = bench.engine.sink.to('dormant-1@many.example');
  expect(JSON.stringify(mail?.headers.get('list'))).toContain('One-Click');
  expect((await act('news', 'start')).status).toBe(409);
  // A broadcast of the same words goes to nobody who has them.
  await begin({ key: 'news-again', when: { source, stage: 'customer' } });
  expect(await untilIs('news-again', 'done')).toMatchObject({ outcomes: { 'already-got': 100 } });

  const [lead] = customers ?? [];
  const timeline = await bench.get(`/v1/leads/${lead}/timeline`);
  expect(timeline.text).toContain('Email ‘plain’ of broadcast ‘news’ sent');
  // A link of the mail is followed, and the lead leaves by it.
  const send = await bench.db.send.findFirstOrThrow({ where: { leadId: lead ?? '', status: 'sent' } });
  expect(
    (
      await bench.call('POST', `/u/${bench.tokens.unsubscribe(send.id)}`, {
        key: null,
        raw: 'List-Unsubscribe=One-Click',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    ).status,
  ).toBe(200);
  await begin({ key: 'news-next', template: 'other', when: { source, stage: 'customer' } });
  const next = await untilIs('news-next', 'done');
  expect(next['outcomes']).toMatchObject({ sent: 99, unsubscribed: 1 });
});

test('it is paused, resumed at another rate and canceled in the middle; who leaves meanwhile gets nothing', async () => {
  const ids = await seedKind(bench.db, { name: 'slow', source: 'slow', count: 60 });
  await begin({ key: 'slow', when: { source: 'slow' }, rate: 120 });
  await bench.engine.until(
    () => Promise.resolve(mailsTo('slow').size),
    (count) => count >= 3,
  );
  expect((await act('slow', 'pause')).body['status']).toBe('paused');
  const still = await bench.engine.until(
    () => show('slow'),
    ({ outcomes }) => (outcomes as Record<string, number>)['claimed'] === undefined,
  );
  const sent = (still['outcomes'] as Record<string, number>)['sent'] ?? 0;
  expect(sent).toBeLessThan(60);
  expect(still['left']).toBe(60 - sent);
  // The last by its id is the last in turn.
  const last = ids.toSorted().at(-1) ?? '';
  await bench.post(`/v1/leads/${last}/unsubscribe`);
  expect(mailsTo('slow').size).toBe(sent);
  expect((await act('slow', 'resume', { rate: 60_000 })).body['status']).toBe('running');
  expect(await untilIs('slow', 'done')).toMatchObject({ outcomes: { sent: 59, unsubscribed: 1 }, left: 0 });
  expect([...mailsTo('slow').values()].every((count) => count === 1)).toBe(true);

  await seedKind(bench.db, { name: 'cut', source: 'cut', count: 60 });
  await begin({ key: 'cut', when: { source: 'cut' }, rate: 120 });
  await bench.engine.until(
    () => Promise.resolve(mailsTo('cut').size),
    (count) => count >= 3,
  );
  expect((await act('cut', 'cancel')).body['status']).toBe('canceled');
  expect((await act('cut', 'resume')).status).toBe(409);
  const cut = await bench.engine.until(
    () => show('cut'),
    ({ outcomes }) => (outcomes as Record<string, number>)['claimed'] === undefined,
  );
  expect(mailsTo('cut').size).toBe((cut['outcomes'] as Record<string, number>)['sent']);
  expect(mailsTo('cut').size).toBeLessThan(60);
});

test('who unsubscribes while the recipients are looked at is before it or after it, never in between', async () => {
  const [leadId] = await seedKind(bench.db, { name: 'racer', source: 'racer', count: 1 });
  const planned = await plan({ key: 'race', when: { source: 'racer' } });
  await act('race', 'preview');
  using stop = stopAt('broadcast.locked', String(planned.body['id']));
  await act('race', 'start');
  await stop.reached;
  const leaving = bench.post(`/v1/leads/${leadId}/unsubscribe`);
  stop.go();
  await leaving;
  // The lead was locked first: the mail left before the unsubscribe, which waited.
  expect(await untilIs('race', 'done')).toMatchObject({ outcomes: { sent: 1 } });
  expect(mailsTo('racer').size).toBe(1);
});

test('an attempt that is still alive tells what became of messages that a later one put in doubt', async () => {
  await seedKind(bench.db, { name: 'late', source: 'late', count: 5 });
  const planned = await plan({ key: 'late', when: { source: 'late' } });
  const id = String(planned.body['id']);
  await act('late', 'preview');
  // Claimed, and not taken by the mail server: taken back, and sent later.
  bench.engine.sink.behave(({ to }) => (to.startsWith('late-') ? { code: 451, text: 'try later' } : null));
  {
    using claimed = stopAt('broadcast.claimed', id);
    await act('late', 'start');
    await claimed.reached;
    await bench.db.$transaction((tx) => doubtClaimsOfBroadcast(tx, id));
  }
  await bench.engine.until(
    () => show('late'),
    ({ left }) => left === 5,
  );
  bench.engine.sink.behave(null);
  // Taken by the mail server: it is known after all that they were sent.
  {
    using acted = stopAt('broadcast.acted', id);
    await bench.db.broadcastRecipient.updateMany({ where: { broadcastId: id }, data: { dueAt: new Date() } });
    bench.engine.broadcasts.tell(id);
    await acted.reached;
    await bench.db.$transaction((tx) => doubtClaimsOfBroadcast(tx, id));
  }
  expect(await untilIs('late', 'done')).toMatchObject({ outcomes: { sent: 5 } });
  expect([...mailsTo('late').values()]).toEqual([1, 1, 1, 1, 1]);
});

test('a broadcast whose condition names a person who is erased is canceled, and its condition is deleted', async () => {
  const [leadId] = await seedKind(bench.db, { name: 'gone', source: 'gone', count: 1 });
  await plan({ key: 'by-name', when: { not: { 'attributes.friend': 'gone-1@many.example' } } });
  await eraseLead(bench.engine.store, { leadId: leadId ?? '', actor: 'test' });
  expect(await show('by-name')).toMatchObject({ status: 'canceled', when: null });
});

test('while all sending is paused it stands still; a mail server that is down costs time and no mail', async () => {
  await seedKind(bench.db, { name: 'still', source: 'still', count: 20 });
  await bench.post('/v1/sending/pause', { reason: 'a wrong price' });
  const id = await begin({ key: 'still', when: { source: 'still' } });
  await untilStandsStill(id);
  expect(mailsTo('still').size).toBe(0);
  bench.engine.sink.behave(({ to }) => (to.startsWith('still-1') ? { code: 451, text: 'try later' } : null));
  await bench.post('/v1/sending/resume');
  // Those that it did not take come back after a minute.
  await bench.engine.until(
    () => show('still'),
    ({ outcomes, left }) => (outcomes as Record<string, number>)['sent'] === 9 && left === 11,
  );
  bench.engine.sink.behave(null);
  await bench.db.broadcastRecipient.updateMany({ where: { broadcastId: id }, data: { dueAt: new Date() } });
  bench.engine.broadcasts.tell(id);
  expect(await untilIs('still', 'done')).toMatchObject({ outcomes: { sent: 20 } });
  expect([...mailsTo('still').values()].every((count) => count === 1)).toBe(true);
});

test('a broadcast with a long history goes on in a new run, in the middle', async () => {
  await seedKind(bench.db, { name: 'long', source: 'long', count: 100 });
  const id = await begin({ key: 'long', when: { source: 'long' }, rate: 60 });
  await bench.engine.until(
    () => show('long'),
    ({ left }) => left !== 100,
  );
  expect((await act('long', 'pause')).status).toBe(200);
  const handle = bench.engine.client.workflow.getHandle(id);
  const first = (await handle.describe()).runId;
  // It looks at its row each time somebody rings, and finds that it is paused.
  await bench.engine.until(
    async () => {
      await handle.signal('look');
      return handle.describe();
    },
    ({ runId }) => runId !== first,
    90_000,
  );
  expect((await handle.describe()).historyLength).toBeLessThan(1_000);
  await act('long', 'resume', { rate: 60_000 });
  expect(await untilIs('long', 'done')).toMatchObject({ outcomes: { sent: 100 } });
  expect([...mailsTo('long').values()]).toEqual(Array.from({ length: 100 }, () => 1));
});

test('variants are tried on a share; the rest gets the one that people clicked on, or a person decides', async () => {
  await seedKind(bench.db, { name: 'tried', source: 'tried', count: 200 });
  const variants = [{ template: 'plain' }, { template: 'plain', subject: 'Spring for {{ lead.firstName }}' }];
  const when = { source: 'tried' };
  expect((await plan({ key: 'tried', when, variants, template: 'plain' })).status).toBe(400);
  const planOf = (key: string, more: object): Promise<Answer> =>
    bench.post('/v1/broadcasts', { key, when, variants, again: true, ...more }, bench.keys.marketer);
  const trial = { share: 0.5, for: '1 day', ifUnclear: 'person' };
  const planned = await planOf('tried', { trial });
  expect(planned.status, planned.text).toBe(201);
  const id = String(planned.body['id']);
  await act('tried', 'preview');
  await act('tried', 'start');
  await bench.engine.until(
    () => show('tried'),
    ({ nextAt }) => nextAt !== null,
  );
  const tried = await bench.db.send.findMany({ where: { broadcastId: id } });
  expect(tried.length).toBeGreaterThan(60);
  expect(tried.length).toBeLessThan(140);
  const subjects = new Set(
    bench.engine.sink.mails.filter(({ to }) => to.startsWith('tried-')).map(({ subject }) => subject),
  );
  expect(subjects).toEqual(new Set(['The plain mail for Ann', 'Spring for Ann']));
  // Machines click on the first, people on the second.
  const clicks = tried.map(({ id: sendId, leadId, variant }) => ({
    leadId,
    sendId,
    id: `evt-${sendId}`,
    type: 'email.clicked',
    machine: variant === 'a',
    occurredAt: new Date(),
  }));
  await bench.db.event.createMany({ data: clicks });
  const { client, config } = bench.engine;
  await skipTime({ client, namespace: config.temporal.namespace }, id, 86_400_000).catch(() => undefined);
  const done = await untilIs('tried', 'done');
  expect(done).toMatchObject({ winner: 'b', outcomes: { sent: 200 } });
  expect(done['winnerBecause']).toContain('b did best (a: 0 of ');
  const [machine, human] = ['a', 'b'].map((key) => tried.filter(({ variant }) => variant === key).length);
  const none = { human: 0, suspect: 0, machine: 0, unknown: 0, untracked: 0 };
  expect(done['reactions']).toEqual({ opened: none, clicked: { ...none, human, machine }, replied: none });
  const told = await broadcastShow({ ...config, client: { url: bench.base, key: bench.keys.operator } }, 'tried');
  expect(told.text).toMatch(new RegExp(`^Clicked +${human} by people, ${machine} by machines$`, 'm'));
  expect([...mailsTo('tried').values()].every((count) => count === 1)).toBe(true);

  await planOf('unclear', { trial: { ...trial, for: '0.02 minutes' } });
  await act('unclear', 'preview');
  await act('unclear', 'start');
  await bench.engine.until(
    () => bench.get('/v1/attention?kind=broadcast-stopped'),
    ({ body }) => body.items?.[0]?.['ref'] === 'unclear',
  );
  expect((await act('unclear', 'winner', { variant: 'x' })).status).toBe(409);
  const chosen = await act('unclear', 'winner', { variant: 'b' });
  expect([chosen.status, chosen.body['winnerBecause']]).toEqual([
    200,
    expect.stringMatching(/^API key ‘.+’ chose it$/),
  ]);
  expect(await untilIs('unclear', 'done')).toMatchObject({ winner: 'b', outcomes: { sent: 200 } });
});

test('a burst of refused addresses stops all sending, tells the operators, and a person resumes it', async () => {
  const told: string[] = [];
  const { db, store, config } = bench.engine;
  const watch = createBrakeWatch({
    db,
    rules: store.rules,
    tell: (to, because) => {
      told.push(`${to.address}: ${because}`);
      return Promise.resolve();
    },
    log: createLogger(config, 'test'),
    everyMs: 3_600_000,
  });
  // What went on in the tests before does not count.
  await bench.post('/v1/sending/pause');
  await bench.post('/v1/sending/resume');
  await db.user.create({
    data: { id: newId('user'), email: 'olga@brookfield.example', name: 'Olga', role: 'operator' },
  });
  bench.engine.sink.behave(({ to }) => (to.startsWith('burst-1') ? { code: 550, text: '5.1.1 no such user' } : null));
  await seedKind(db, { name: 'few', source: 'few', count: 3 });
  await seedKind(db, { name: 'burst', source: 'burst', count: 120 });
  await begin({ key: 'burst', when: { source: 'burst' } });
  const done = await untilIs('burst', 'done');
  bench.engine.sink.behave(null);
  expect(done).toMatchObject({ outcomes: { sent: 88, failed: 32 } });
  const because = 'stopped by itself: 32 of 120 mails bounced within 1 hour';
  expect(await watch.runNow()).toBe(because);
  expect(told).toEqual([`olga@brookfield.example: ${because}`]);
  expect((await bench.get('/v1/attention?kind=paused')).body.items).toMatchObject([
    { ref: 'sending', reason: `All sending to leads is paused by system: ${because}.` },
  ]);
  const id = await begin({ key: 'few', when: { source: 'few' } });
  await untilStandsStill(id);
  expect((await bench.post('/v1/sending/resume', undefined, bench.keys.operator)).status).toBe(200);
  expect(await untilIs('few', 'done')).toMatchObject({ outcomes: { sent: 3 } });
  expect(await watch.runNow()).toBe(null);
  await watch.close();
});

test('a time that has passed is refused, with what to write', async () => {
  const past = await plan({ key: 'past', when: { source: 'nobody' }, schedule: { at: '2020-11-28T20:33:00Z' } });
  expect(past).toMatchObject({
    status: 400,
    body: {
      errors: [{ path: 'schedule.at', message: expect.stringMatching(/^has passed: write a time that is to come/) }],
    },
  });
  const local = await plan({ key: 'past', when: { source: 'nobody' }, schedule: { local: '2020-11-28T20:33' } });
  expect(local.text).toContain('has passed everywhere');
  const justNow = new Date(Date.now() - 60_000).toISOString();
  expect((await plan({ key: 'past', when: { source: 'nobody' }, schedule: { at: justNow } })).status).toBe(201);
});

test('at a local time each lead gets it at that time of its own zone', async () => {
  const zones = { tokyo: 'Asia/Tokyo', berlin: 'Europe/Berlin', la: 'America/Los_Angeles' };
  for (const [name, timeZone] of Object.entries(zones))
    await seedKind(bench.db, { name, source: 'zones', count: 2, timeZone });
  const day = DateTime.utc().plus({ days: 3 }).toISODate();
  const local = `${day}T09:00`;
  const id = await begin({ key: 'morning', when: { source: 'zones' }, schedule: { local } });
  const got = (): string[] => Object.keys(zones).filter((name) => mailsTo(name).size === 2);
  const forwardTo = (zone: string, minutes: number): Promise<void> =>
    forward(id, DateTime.fromISO(local, { zone }).plus({ minutes }));
  await bench.engine.until(
    () => show('morning'),
    ({ nextAt }) => nextAt !== null,
  );
  await forwardTo('Asia/Tokyo', -5);
  expect(got()).toEqual([]);
  await forwardTo('Asia/Tokyo', 5);
  await bench.engine.until(
    () => Promise.resolve(got()),
    (names) => names.length === 1,
  );
  expect(got()).toEqual(['tokyo']);
  await forwardTo('Europe/Berlin', 5);
  await bench.engine.until(
    () => Promise.resolve(got()),
    (names) => names.length === 2,
  );
  expect(got()).toEqual(['tokyo', 'berlin']);
  // With the last of them it is done, and its process ends before the whole time has passed.
  await forwardTo('America/Los_Angeles', 5).catch(() => undefined);
  expect(await untilIs('morning', 'done')).toMatchObject({ outcomes: { sent: 6 } });
});

test('a trial goes at each lead’s own time, and so does the rest, a day later', async () => {
  const zones = { 'east-trial': 'Asia/Tokyo', 'west-trial': 'America/Los_Angeles' };
  for (const [name, timeZone] of Object.entries(zones))
    await seedKind(bench.db, { name, source: 'zones-tried', count: 30, timeZone });
  const local = DateTime.utc().plus({ days: 3 }).set({ hour: 9, minute: 0 }).toFormat("yyyy-MM-dd'T'HH:mm");
  const id = await begin({
    key: 'tried-mornings',
    template: undefined,
    variants: [{ template: 'plain' }, { template: 'plain', subject: 'Good morning' }],
    trial: { share: 0.5, for: '4 hours' },
    when: { source: 'zones-tried' },
    schedule: { local },
  });
  await bench.engine.until(
    () => show('tried-mornings'),
    ({ nextAt }) => nextAt !== null,
  );
  const forwardTo = (zone: string, { days = 0, hours = 0 }): Promise<void> =>
    forward(id, DateTime.fromISO(local, { zone }).plus({ days, hours, minutes: 5 }));
  const recipients = (wave: number, name: string): Promise<number> =>
    bench.db.broadcastRecipient.count({
      where: { broadcastId: id, wave, lead: { email: { startsWith: name } } },
    });
  const untilNone = async (wave: number, name: string): Promise<void> =>
    void (await bench.engine.until(
      () => recipients(wave, name),
      (count) => count === 0,
    ));
  await forwardTo('Asia/Tokyo', {});
  await untilNone(0, 'east-trial');
  const [eastRest, westTrial] = [await recipients(1, 'east-trial'), await recipients(0, 'west-trial')];
  // Drawn by random ids: none of thirty is one in a thousand million.
  expect(Math.min(eastRest, westTrial)).toBeGreaterThan(0);
  await forwardTo('America/Los_Angeles', {});
  await untilNone(0, 'west-trial');
  await bench.engine.until(
    () => bench.db.broadcast.findUniqueOrThrow({ where: { id } }),
    ({ triedAt }) => triedAt !== null,
  );
  // Nobody of the rest has it, though their first time has passed.
  expect(await recipients(1, 'east-trial')).toBe(eastRest);
  // The four hours begin when the last of the share was sent, some time after that forward.
  await forwardTo('America/Los_Angeles', { hours: 5 });
  const decided = await bench.engine.until(
    () => bench.db.broadcast.findUniqueOrThrow({ where: { id } }),
    ({ restFrom }) => restFrom !== null,
  );
  expect(decided.winner).toBe('a');
  expect(await recipients(1, 'east-trial')).toBe(eastRest);
  await forwardTo('Asia/Tokyo', { days: 1 });
  await untilNone(1, 'east-trial');
  expect(await recipients(1, 'west-trial')).toBeGreaterThan(0);
  await forwardTo('America/Los_Angeles', { days: 1 }).catch(() => undefined);
  expect(await untilIs('tried-mornings', 'done')).toMatchObject({ outcomes: { sent: 60 } });
  for (const name of Object.keys(zones))
    expect([...mailsTo(name).values()]).toEqual(Array.from({ length: 30 }, () => 1));
});

/** Lets the time of a process pass up to an instant. */
async function forward(id: string, to: DateTime): Promise<void> {
  const { client, config } = bench.engine;
  const nowMs = await bench.engine.until(
    () => now(id),
    (ms) => ms > 0,
  );
  await skipTime({ client, namespace: config.temporal.namespace }, id, to.toMillis() - nowMs);
}

/** The time of a process. */
async function now(id: string): Promise<number> {
  return bench.engine.client.workflow
    .getHandle(id)
    .query<number>('now')
    .catch(() => 0);
}

test('a newsletter goes out by its schedule: each issue once, never the same words twice, and not while it is paused', async () => {
  await seedKind(bench.db, { name: 'reader', source: 'reader', count: 20 });
  const { engine } = bench;
  const { playbook, templates } = engine.store.rules.current();
  // Half an hour from now: the schedule itself brings no issue while the test runs.
  const begun = DateTime.utc();
  const minute = (begun.minute + 30) % 60;
  const tips: Newsletter = {
    newsletter: 'tips',
    template: 'gift',
    when: { source: 'reader' },
    times: { cron: `${minute} * * * *` },
    timeZone: 'Asia/Tokyo',
    catchUp: { amount: 1, unit: 'days' },
  };
  const publish = async (newsletters: readonly Newsletter[], words: string): Promise<void> => {
    const gift = templates.get('gift');
    if (gift === undefined) throw new Error('no such template');
    const worded = { ...gift, subject: words, hash: createHash('sha256').update(words).digest('hex') };
    const content = { playbook: { ...playbook, newsletters }, templates: new Map(templates).set('gift', worded) };
    const { revision } = await publishRead(content, bench.db, { author: 'test' });
    await engine.until(
      () => Promise.resolve(engine.store.rules.current().revision),
      (number) => number === revision,
    );
    await engine.newsletters.runNow();
  };
  const handle = engine.client.schedule.getHandle(scheduleId(engine.taskQueue, 'tips'));
  /** As if its time had come: `hours` ago, by Temporal's own hand. */
  const fire = async (hours: number): Promise<void> => {
    const at = begun.startOf('hour').minus({ hours }).set({ minute });
    const [start, end] = [at.minus({ seconds: 1 }).toJSDate(), at.plus({ seconds: 1 }).toJSDate()];
    await handle.backfill({ start, end, overlap: 'ALLOW_ALL' });
  };
  const issues = async (): Promise<Record<string, unknown>[]> =>
    (await bench.get('/v1/newsletters/tips')).body['issues'] as Record<string, unknown>[];
  const untilIssues = (count: number): Promise<Record<string, unknown>[]> =>
    engine.until(issues, (found) => found.length === count && found.every(({ status }) => status === 'done'), 60_000);
  const untilPassed = (words: string): Promise<Answer> =>
    engine.until(
      () => bench.get('/v1/attention?kind=newsletter-not-sent'),
      ({ text }) => text.includes(words),
    );

  await publish([tips], 'first words');
  expect((await bench.get('/v1/newsletters')).body.items).toMatchObject([
    { key: 'tips', times: `cron ${minute} * * * *`, isScheduled: true, paused: false, passedAt: null },
  ]);
  // Delivered twice at once, it is one issue; with a name in the zone of the newsletter.
  await Promise.all([fire(3), fire(3)]);
  await fire(3);
  const [first] = await untilIssues(1);
  expect(first?.['key']).toMatch(/^tips:\d{4}-\d\d-\d\dT\d\d:\d\d$/);
  expect(String(first?.['key']).slice(-2)).toBe(String(minute).padStart(2, '0'));
  expect(await show(String(first?.['id']))).toMatchObject({ outcomes: { sent: 20 } });

  // The same words are not sent again, by nobody's hand, and people see why.
  await fire(2);
  await untilPassed('publish new words');
  expect((await bench.post('/v1/newsletters/tips/send-now')).text).toContain('says what the issue before it said');
  await publish([tips], 'second words');
  expect((await bench.get('/v1/attention?kind=newsletter-not-sent')).body.items).toEqual([]);
  await fire(2);
  await untilIssues(2);

  // Too late to catch up with it.
  await publish([tips], 'third words');
  await fire(30);
  await untilPassed('too late to catch up');
  // Paused, nothing begins; a person may send it all the same.
  expect((await bench.post('/v1/newsletters/tips/pause')).body).toMatchObject({ paused: true, next: [] });
  await engine.until(
    () => handle.describe(),
    ({ state }) => state.paused,
  );
  await fire(1);
  const now = await bench.post('/v1/newsletters/tips/send-now', undefined, bench.keys.marketer);
  expect(now.status, now.text).toBe(200);
  expect(await untilIssues(3)).toHaveLength(3);
  expect([...mailsTo('reader').values()]).toEqual(Array.from({ length: 20 }, () => 3));
  await bench.post('/v1/newsletters/tips/resume');

  // Temporal has lost the schedule: it is made anew. What is gone from the playbook loses it.
  await handle.delete();
  await engine.newsletters.runNow();
  expect((await handle.describe()).state.paused).toBe(false);
  await publish([], 'third words');
  await expect(handle.describe()).rejects.toThrow(ScheduleNotFoundError);
  expect((await bench.get('/v1/newsletters/tips')).status).toBe(404);
});

test('an issue waits for the one before it, and goes out at each lead’s own time', async () => {
  const { engine } = bench;
  const { playbook, templates } = engine.store.rules.current();
  await seedKind(bench.db, { name: 'tokyo-reader', source: 'own-time', count: 2, timeZone: 'Asia/Tokyo' });
  const daily: Newsletter = {
    newsletter: 'daily',
    template: 'deal',
    when: { source: 'own-time' },
    times: { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], at: '09:00' },
    timeZone: 'lead',
    catchUp: { amount: 1, unit: 'days' },
    again: true,
  };
  await publishRead({ playbook: { ...playbook, newsletters: [daily] }, templates }, bench.db, { author: 'test' });
  const rules = await engine.until(
    () => Promise.resolve(engine.store.rules.current()),
    (one) => one.playbook.newsletters?.[0]?.newsletter === 'daily',
  );
  const at = DateTime.now().setZone('Etc/GMT-14').plus({ days: 1 }).startOf('day').set({ hour: 9 });
  const firing = { newsletter: 'daily', at: at.toJSDate(), now: at.toJSDate(), by: null };
  const issued = await issueNewsletter(bench.db, rules, firing);
  expect(issued).toMatchObject({ kind: 'issued', isNew: true });
  const key = `daily:${at.toFormat("yyyy-MM-dd'T'HH:mm")}`;
  expect(await show(key)).toMatchObject({ schedule: { local: at.toFormat("yyyy-MM-dd'T'HH:mm") }, again: true });
  // Nobody is due yet when the next time comes: it is not gathered, so it is not over.
  const next = { ...firing, at: at.plus({ days: 1 }).toJSDate(), now: at.plus({ days: 1 }).toJSDate() };
  expect(await issueNewsletter(bench.db, rules, next)).toMatchObject({
    kind: 'passed',
    because: expect.stringContaining(key),
  });
  expect(await issueNewsletter(bench.db, rules, firing)).toMatchObject({ kind: 'issued', isNew: false });
  await act(encodeURIComponent(key), 'cancel');
  expect(await issueNewsletter(bench.db, rules, next)).toMatchObject({ kind: 'issued', isNew: true });
});
