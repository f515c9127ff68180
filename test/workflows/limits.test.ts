/** Sending by the rules of settings.yaml on real servers: what waits for its turn, durably, and what is not tracked. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conditionSql } from '../../src/store/conditions/to-sql.ts';
import { type Bench, openApi } from '../api/support.ts';
import { seedKind } from '../broadcasts/many-leads.ts';
import { playbookWith } from '../crash/playbook.ts';

const SETTINGS = `
defaultTimeZone: UTC
wonCadence: after-sale
tracking: { consentIn: [DE] }
sending:
  domains:
    slow.example: 1/h
    many.example: 20/s
`;
const CADENCES = {
  one: 'name: One\nenroll: { when: { source: one } }\npriority: 10\nsteps:\n  - { id: first, email: plain }\nwhenDone: dormant\n',
  two: 'name: Two\nenroll: { when: { source: two } }\npriority: 10\nanswer: gift\nsteps:\n  - { id: first, email: plain }\nwhenDone: dormant\n',
};

let bench: Bench;
let folder: Awaited<ReturnType<typeof playbookWith>>;
beforeAll(async () => {
  folder = await playbookWith(CADENCES, { 'settings.yaml': SETTINGS });
  bench = await openApi({ worker: true, playbookDir: folder.dir });
});
afterAll(async () => {
  await bench?.close();
  await folder?.remove();
});

const today = (): string => new Date().toISOString().slice(0, 10);

test('a mail without room waits, is explained, counts no attempt and leaves in its turn; an answer goes before it', async () => {
  const { engine } = bench;
  const begunOn = today();
  const first = await engine.submit({ email: 'first@slow.example', source: 'one' });
  await engine.sink.waitFor('first@slow.example', 1);
  const waits = await engine.submit({ email: 'second@slow.example', source: 'one' });
  const enrollment = () => engine.db.enrollment.findFirst({ where: { leadId: waits } });
  const place = await engine.until(enrollment, (one) => typeof one?.dueBecause === 'string');
  expect(place).toMatchObject({
    dueBecause: 'its turn has yet to come: no more than 1 mail an hour to slow.example',
    attempts: 0,
    status: 'active',
  });
  expect(place?.dueAt?.getTime()).toBeGreaterThan(Date.now() + 30 * 60_000);
  const why = await bench.get(`/v1/leads/${waits}/why`);
  expect(why.text).toContain('its turn has yet to come');
  expect(why.body['waitsFor']).toMatchObject([
    {
      ref: 'limit',
      what: 'A limit of sending is used up: no more than 1 mail an hour to slow.example',
      since: place?.reachedAt?.toISOString(),
      until: place?.dueAt?.toISOString(),
    },
  ]);
  expect(engine.sink.to('second@slow.example')).toEqual([]);

  // The same domain, another cadence: what was asked for leaves at once, the mail of the cadence waits.
  await engine.submit({ email: 'third@slow.example', source: 'two' });
  const [answer] = await engine.sink.waitFor('third@slow.example', 1);
  expect(answer?.subject).toContain('guide');

  const sending = (await bench.get('/v1/sending')).body as unknown as {
    limits: { limit: string; usedToday: number; waiting: { what: string }[] }[];
  };
  const slow = sending.limits.find(({ limit }) => limit === 'domain:slow.example');
  // The first mail and the answer; at midnight the count begins anew.
  expect(slow?.usedToday).toBeGreaterThanOrEqual(today() === begunOn ? 1 : 0);
  expect(slow?.waiting.map(({ what }) => what)).toContain('cadence:one');

  // A person who moves the clock of one lead waits for nobody.
  await engine.forward(waits, '4 hours');
  await engine.sink.waitFor('second@slow.example', 1);
  expect(await engine.db.send.count({ where: { leadId: { in: [first, waits] }, status: 'sent' } })).toBe(2);
});

test('a broadcast keeps to the rate, and everybody gets it once', async () => {
  await seedKind(bench.db, { name: 'wide', source: 'wide', count: 120 });
  const body = { key: 'wide', template: 'plain', when: { source: 'wide' } };
  const planned = await bench.post('/v1/broadcasts', body, bench.keys.marketer);
  expect(planned.status, planned.text).toBe(201);
  await bench.post('/v1/broadcasts/wide/preview', undefined, bench.keys.marketer);
  const begun = Date.now();
  await bench.post('/v1/broadcasts/wide/start', undefined, bench.keys.marketer);
  await bench.engine.until(
    () => bench.get('/v1/broadcasts/wide'),
    ({ body: { status } }) => status === 'done',
    60_000,
  );
  expect(Date.now() - begun).toBeGreaterThan(3_500);
  const got = bench.engine.sink.mails.filter(({ to }) => to.startsWith('wide-')).map(({ to }) => to);
  expect(new Set(got).size).toBe(120);
  expect(got).toHaveLength(120);
});

test('a broadcast without room, or while all sending stands still, says what its messages wait for', async () => {
  const { db, engine } = bench;
  // Whoever gets the room of the hour: it is used up then.
  await engine.submit({ email: 'before@slow.example', source: 'two' });
  await engine.sink.waitFor('before@slow.example', 1);
  const [leadId = ''] = await seedKind(db, { name: 'narrow', source: 'narrow', count: 1 });
  await db.lead.update({ where: { id: leadId }, data: { email: 'narrow@slow.example' } });
  const body = { key: 'narrow', template: 'plain', when: { source: 'narrow' } };
  await bench.post('/v1/broadcasts', body, bench.keys.marketer);
  await bench.post('/v1/broadcasts/narrow/preview', undefined, bench.keys.marketer);
  await bench.post('/v1/broadcasts/narrow/start', undefined, bench.keys.marketer);
  const waits = async () => (await bench.get('/v1/broadcasts/narrow')).body['waitsFor'] as { until: string }[];
  const [limit] = await engine.until(waits, (all) => all.length > 0);
  expect(limit).toMatchObject({
    ref: 'limit',
    what: 'A limit of sending is used up: no more than 1 mail an hour to slow.example',
  });
  expect(Date.parse(limit?.until ?? '')).toBeGreaterThan(Date.now() + 10 * 60_000);
  await bench.post('/v1/sending/pause', { reason: 'stopped by itself: 12 of 100 mails bounced within 1 hour' });
  expect(await waits()).toMatchObject([
    {
      ref: 'sending',
      what: expect.stringContaining('12 of 100 mails bounced'),
      until: null,
      lift: 'npx nurture sending resume',
    },
    { ref: 'limit' },
  ]);
  await bench.post('/v1/sending/resume');
  await bench.post('/v1/broadcasts/narrow/cancel', undefined, bench.keys.marketer);
  expect(await waits()).toEqual([]);
});

test('who is not tracked gets a mail without pixel and tracked links; what it did cannot be known, and its word changes that', async () => {
  const { engine } = bench;
  const leadId = await engine.submit({ email: 'ida@quiet.example', source: 'one', country: 'DE' });
  const other = await engine.submit({ email: 'ben@loud.example', source: 'one', country: 'FR' });
  const [mail] = await engine.sink.waitFor('ida@quiet.example', 1);
  const [tracked] = await engine.sink.waitFor('ben@loud.example', 1);
  expect(mail?.html).toContain('https://brookfield.example/plain');
  expect(`${mail?.html}${mail?.text}`).not.toMatch(/\/c\/|\/o\//);
  expect(tracked?.html).toMatch(/\/c\/[^]*\/o\//);
  await engine.until(
    () => engine.db.send.count({ where: { leadId: { in: [leadId, other] }, status: 'sent' } }),
    (n) => n === 2,
  );
  expect((await bench.get(`/v1/leads/${leadId}/sends`)).body.items?.[0]).toMatchObject({ untracked: 'all' });
  const knows = async (condition: object): Promise<(boolean | null)[]> => {
    const moment = { atMs: Date.now(), clock: 'lead' as const, fading: engine.playbook.scoring };
    const { joins, truth } = conditionSql(condition as never, moment);
    const rows = await engine.db.$queryRaw<{ is: boolean | null }[]>`
      SELECT ${truth} AS "is" FROM leads l ${joins}
      WHERE l.id = ANY(${[leadId, other]}) ORDER BY l.id = ${other}`;
    return rows.map((row) => row.is);
  };
  expect(await knows({ events: { type: 'email.clicked', gte: 1 } })).toEqual([null, false]);
  expect(await knows({ not: { events: { type: 'email.clicked', gte: 1 } } })).toEqual([null, true]);
  expect(await knows({ events: { type: 'page.viewed', gte: 1 } })).toEqual([false, false]);

  // A yes to being tracked is no yes to mails: it lifts no unsubscribe.
  const path = /\/preferences\/[\w-]+/.exec(mail?.html ?? '')?.[0] ?? '';
  const page = await bench.call('GET', path, { key: null });
  expect(page.text).toMatch(/name="topic" value="tracking">/);
  const send = (fields: Record<string, string>) =>
    bench.call('POST', path, {
      key: null,
      raw: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  await send({ do: 'leave' });
  const saved = await send({ do: 'save', shown: 'tracking', topic: 'tracking' });
  expect(saved.text).toMatch(/value="tracking" checked/);
  expect(await engine.db.suppression.count({ where: { email: 'ida@quiet.example', reason: 'unsubscribed' } })).toBe(1);
  const consents = await engine.db.consent.findMany({ where: { leadId, topic: 'tracking' } });
  expect(consents).toMatchObject([{ granted: true, source: 'preference page' }]);
});
