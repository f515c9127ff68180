/** Publishing while leads are in play: running processes take it up, and a process that starts sets nothing back. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ActivityDeps } from '../../src/activities/deps.ts';
import { type RunningApi, startApi } from '../../src/api/server.ts';
import { publish } from '../../src/playbook/publish.ts';
import { newestRevision } from '../../src/store/rules/read-rules.ts';
import { playbookWith } from '../crash/playbook.ts';
import { type Engine, startEngine } from '../support/engine.ts';

/** Two mails with hours between: where it waits is told in the lead's zone. */
const HELD = `
name: Held
enroll: { when: { source: held } }
priority: 10
steps:
  - { id: one, email: plain }
  - { id: pause, wait: 3 hours }
  - { id: two, email: plain }
`;

let engine: Engine;
let api: RunningApi;
let folder: { dir: string; remove(): Promise<void> };
/** Stops the next mail to an address before SMTP, until it is opened. Leads of other tests may still get theirs. */
let gate: { to: string; reached: () => void; open: Promise<void> } | null = null;

beforeAll(async () => {
  folder = await playbookWith({ held: HELD });
  engine = await startEngine({ playbookDir: folder.dir, change: gated });
  api = await startApi({ ...engine.config, port: 0 });
});
afterAll(async () => {
  await api?.close();
  await engine?.close();
  await folder?.remove();
});

function gated(deps: ActivityDeps): ActivityDeps {
  const { transport } = deps.mail;
  const send: typeof transport.send = async (message) => {
    const here = gate?.to === message.envelope.to ? gate : null;
    if (here !== null) gate = null;
    here?.reached();
    await here?.open;
    return transport.send(message);
  };
  return { ...deps, mail: { ...deps.mail, transport: { ...transport, send } } };
}

/** Changes a file of the playbook and publishes the folder; answers once the worker's rules are the new ones. */
async function publishWith(file: string, change: (text: string) => string): Promise<number> {
  const name = path.join(folder.dir, file);
  await writeFile(name, change(await readFile(name, 'utf8').catch(() => '')));
  const { revision } = await publish(engine.config, engine.db, { author: 'test' });
  await expect.poll(() => engine.store.rules.current().revision).toBe(revision);
  return revision;
}

async function call(method: string, url: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`http://127.0.0.1:${api.port}${url}`, {
    method,
    headers: { authorization: `Bearer ${engine.config.adminApiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

test('a new cadence, event type and reason are there for the running worker and API', async () => {
  const send = () =>
    call('POST', '/v1/leads', { email: 'p@pod.example', source: 'podcast', event: { type: 'podcast.heard' } });
  expect((await send()).status).toBe(400);
  await publishWith('events.yaml', (text) => `${text}podcast.heard: { description: Listened }\n`);
  await publishWith('reasons.yaml', (text) => `${text}on-leave: { label: On leave, follow: reroute }\n`);
  const revision = await publishWith('cadences/podcast.yaml', () =>
    HELD.trimStart().replace('Held', 'Podcast').replace('source: held', 'source: podcast'),
  );
  await expect
    .poll(async () => (await call('GET', '/v1/playbook')).body)
    .toMatchObject({
      inForce: { number: revision, author: 'test' },
      behindBecause: null,
    });
  const made = await send();
  expect(made.status).toBe(201);
  const { id } = made.body as { id: string };
  await engine.until(
    () => engine.db.enrollment.findFirst({ where: { leadId: id } }),
    (enrollment) => enrollment?.cadence === 'podcast',
  );
  expect((await call('GET', '/v1/reasons')).body).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ reason: 'on-leave' })]) as unknown,
  });
  expect((await call('GET', '/v1/playbook/revisions?limit=1')).body).toMatchObject({
    items: [{ number: revision }],
    nextCursor: expect.any(String) as string,
  });
});

test('a turn uses one revision to its end; the next turn uses the newer one', async () => {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const email = 'held@turn.example';
  gate = { to: email, reached: reached.resolve, open: opened.promise };
  const leadId = await engine.submit({ email, source: 'held' });
  await reached.promise;
  await publishWith('settings.yaml', (text) => text.replace('UTC', 'Asia/Tokyo'));
  opened.resolve();
  const waiting = await engine.until(
    () => engine.lead(leadId),
    (lead) => lead.nextSummary?.includes('‘two’') === true,
  );
  expect(waiting.nextSummary).toContain('UTC');
  const again = await engine.submit({ email: 'after@turn.example', source: 'held' });
  const later = await engine.until(
    () => engine.lead(again),
    (lead) => lead.nextSummary?.includes('‘two’') === true,
  );
  expect(later.nextSummary).toContain('Asia/Tokyo');
});

test('what was decided by which revision is on record', async () => {
  const leadId = await engine.submit({ email: 'demo@record.example', source: 'nowhere' });
  await engine.record({ leadId, type: 'demo.requested' });
  await engine.untilStage(leadId, 'assigned');
  const { revision } = engine.store.rules.current();
  const entries = await engine.db.audit.findMany({
    where: { leadId, OR: [{ action: 'lead.qualified' }, { action: 'assignment.offered' }] },
  });
  expect(entries.map(({ data }) => data)).toEqual(
    entries.map(() => expect.objectContaining({ playbook: revision }) as unknown),
  );
  expect(entries.map(({ action }) => action).toSorted()).toEqual(['assignment.offered', 'lead.qualified']);
  expect(await engine.db.assignment.findFirst({ where: { leadId } })).toMatchObject({ playbookRevision: revision });
});

test('a process that restarts with an older folder changes no rules', async () => {
  const old = `${folder.dir}-old`;
  await cp(folder.dir, old, { recursive: true });
  const revision = await publishWith('routing.yaml', (text) =>
    text
      .replace('reps: [ada, bob, cleo]', 'reps: [ada, bob, cleo, eve]')
      .replace('name: Ada,', 'name: Ada Lovelace,')
      .concat('  eve: { name: Eve, email: eve@sales.example }\n'),
  );
  const reps = () => engine.db.rep.findMany({ orderBy: { key: 'asc' } });
  const before = await reps();
  expect(before.find(({ key }) => key === 'eve')).toMatchObject({ inPlaybook: true, teams: ['north'] });
  const older = await startApi({ ...engine.config, port: 0, playbookDir: old });
  try {
    expect(await reps()).toEqual(before);
    expect(await newestRevision(engine.db)).toBe(revision);
    const ready = await fetch(`http://127.0.0.1:${older.port}/readyz`);
    expect(await ready.json()).toMatchObject({ status: 'ready', parts: { playbook: { ok: true } } });
  } finally {
    await older.close();
    await rm(old, { recursive: true, force: true });
  }
});
