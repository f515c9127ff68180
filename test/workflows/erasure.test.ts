/** A person is erased while their process sleeps, or acts: nothing of them stays, and what forbade mail to them still does. */
import { WorkflowNotFoundError } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/create-activities.ts';
import type { Actor } from '../../src/domain/actor.ts';
import { newId } from '../../src/domain/ids.ts';
import { createReconciler } from '../../src/relay/reconciler.ts';
import { watchRacePoints } from '../../src/runtime/race-points.ts';
import { changeRun, startRun } from '../../src/store/bulk/runs.ts';
import { editProfile } from '../../src/store/capture/edit-profile.ts';
import { submitLead } from '../../src/store/capture/submit-lead.ts';
import { readMailWord } from '../../src/store/consent/mail-word.ts';
import { suppressAddress } from '../../src/store/consent/suppress-address.ts';
import { unsubscribe } from '../../src/store/consent/unsubscribe.ts';
import { exportLead } from '../../src/store/erasure/export-lead.ts';
import { eraseLead } from '../../src/store/erasure/erase-lead.ts';
import { startEngine, type Engine } from '../support/engine.ts';
import { lifeOf, MANAGER } from './life.ts';
import { NOT_EXPORTED } from '../support/not-exported.ts';

const SITE: Actor = { kind: 'key', keyId: 'key-of-a-site', manager: false, role: 'site' };
const ADMIN: Actor = { kind: 'user', userId: 'usr-admin', role: 'admin', manager: true, teams: [] };

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine.close());

async function erase(leadId: string): Promise<void> {
  const { ringIds, runIds } = await eraseLead(engine.store, { leadId, actor: 'key-of-an-admin' });
  engine.relay.ring(ringIds);
  for (const runId of runIds) engine.bulkRuns.tell(runId);
}

/** The process has ended, and no bell of the lead is left: whoever rang the last one deletes it afterwards. */
async function untilEnded(leadId: string): Promise<void> {
  await untilCompleted(leadId);
  await untilHeard(leadId);
}

const untilCompleted = (workflowId: string) =>
  engine.until(
    () =>
      engine.client.workflow
        .getHandle(workflowId)
        .describe()
        .then(({ status }) => status.name, notBegun),
    (status) => status === 'COMPLETED',
  );

/** Whoever told it has not been heard yet. */
function notBegun(error: unknown): null {
  if (error instanceof WorkflowNotFoundError) return null;
  throw error;
}

const untilHeard = (leadId: string) =>
  engine.until(
    () => engine.db.outbox.count({ where: { leadId } }),
    (bells) => bells === 0,
  );

/** Tables in which one of the words stands, whatever the column. */
async function whereabouts(...words: string[]): Promise<string[]> {
  const tables = await engine.db.$queryRaw<{ name: string }[]>`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`;
  const found = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await engine.db.$queryRawUnsafe<{ n: number }[]>(
        `SELECT count(*)::int AS n FROM "${name}" t WHERE t::text ILIKE ANY($1)`,
        words.map((word) => `%${word}%`),
      );
      return (row?.n ?? 0) > 0 ? [name] : [];
    }),
  );
  return found.flat().toSorted();
}

test('a lead with everything is erased while its process waits: the process ends, and nothing of it stays', async () => {
  const email = 'erase.me@person.example';
  const { db } = engine;
  const need = { productLine: 'vineyard' };
  const leadId = await engine.submit({ email, firstName: 'Zerubbabel', source: 'drip', need });
  await engine.until(
    () => life.sends(leadId),
    ([send]) => send?.status === 'sent',
  );
  await engine.record({ leadId, type: 'email.clicked' });
  await life.demo(leadId);
  const assignment = await life.offered(leadId);
  expect(await life.tell(leadId, MANAGER, { kind: 'pause' })).toMatchObject({ ok: true });
  expect(await life.tell(leadId, MANAGER, { kind: 'resume' })).toMatchObject({ ok: true });
  const at = new Date();
  await suppressAddress(db, { address: email, reason: 'hard-bounce', source: 'smtp', leadId, occurredAt: at });
  engine.relay.ring((await unsubscribe(engine.store, { leadId, source: 'one-click' })).ringIds);
  // A bell that is heard in between would be found by one of two looks.
  await untilHeard(leadId);
  await db.repActivity.create({
    data: {
      id: newId('activity'),
      leadId,
      repId: assignment.repId,
      actor: 'x',
      kind: 'note',
      body: email,
      occurredAt: at,
    },
  });
  await db.finding.create({ data: { leadId, kind: 'overdue', detail: 'late' } });
  await db.idempotencyKey.create({ data: { id: 'key-1:form', requestHash: 'x', status: 201, body: { id: leadId } } });
  // What a correction replaced stands in the story alone.
  for (const jobTitle of ['Quokkakeeper', ''])
    engine.relay.ring((await editProfile(engine.store, ADMIN, leadId, { jobTitle })).ringIds);
  expect(await whereabouts('Quokkakeeper')).toEqual(['audit']);
  const tables = await whereabouts(leadId, email);
  for (const table of ['assignments', 'audit', 'commands', 'consents', 'enrollments', 'events', 'findings', 'leads'])
    expect(tables).toContain(table);
  for (const table of ['needs', 'rep_activities', 'score_ledger', 'sends', 'suppressions', 'touches'])
    expect(tables).toContain(table);

  const exported = (await exportLead(db, leadId)) ?? {};
  const names: Record<string, string> = { leads: 'profile', accounts: 'company', audit: 'history' };
  for (const table of tables.filter((one) => !NOT_EXPORTED.includes(one))) {
    const name = names[table] ?? table.replaceAll(/_(\w)/g, (_whole, letter: string) => letter.toUpperCase());
    expect([table, (exported[name] ?? []).length > 0]).toEqual([table, true]);
  }
  expect(exported['profile']).toMatchObject([{ id: leadId, email, firstName: 'Zerubbabel' }]);
  expect(exported['sends']?.[0]).not.toHaveProperty('attempt');

  await erase(leadId);
  expect(await exportLead(db, leadId)).toBeNull();
  await untilEnded(leadId);
  expect(await whereabouts(leadId, email, 'Zerubbabel', 'Quokkakeeper')).toEqual([]);
  expect(await db.audit.findMany({ where: { action: 'lead.erased' } })).toMatchObject([
    { leadId: null, actor: 'key-of-an-admin', data: {} },
  ]);

  const form = { email: 'Erase.Me@person.example', how: 'form', consent: { text: 'Yes', source: 'form' } };
  const back = await submitLead(engine.store, form, { by: SITE });
  expect(back.outcome).toBe('created');
  const lead = await engine.lead(back.leadId);
  expect(await readMailWord(db, lead)).toEqual({ suppressions: ['hard-bounce', 'unsubscribed'], words: [] });
});

test('a withdrawn consent without a suppression is remembered too; a person who never refused may be mailed again', async () => {
  const consent = { text: 'No', source: 'form', granted: false };
  const no = await engine.submit({ email: 'no@person.example', consent });
  const yes = await engine.submit({ email: 'yes@person.example' });
  await Promise.all([erase(no), erase(yes)]);
  const again = async (email: string) => {
    const { leadId } = await submitLead(engine.store, { email, how: 'form' }, { by: SITE });
    return readMailWord(engine.db, await engine.lead(leadId));
  };
  expect(await again('no@person.example')).toMatchObject({ suppressions: ['unsubscribed'] });
  expect(await again('yes@person.example')).toMatchObject({ suppressions: [] });
  const { leadId } = await engine.db.suppression.findFirstOrThrow({ where: { email: 'no@person.example' } });
  expect(leadId).not.toBeNull();
});

test('erased while its mail is with SMTP: the process ends all the same', async () => {
  const seen: { erased?: Promise<void> } = {};
  watchRacePoints(async (point, subject) => {
    const lead = point === 'effect.acted' ? await engine.db.lead.findUnique({ where: { id: subject } }) : null;
    if (lead?.email === 'midway@person.example') await (seen.erased ??= erase(subject));
  });
  try {
    const leadId = await engine.submit({ email: 'midway@person.example', source: 'drip' });
    await engine.until(
      () => Promise.resolve(seen.erased !== undefined),
      (isErased) => isErased,
    );
    await untilEnded(leadId);
    expect(await whereabouts(leadId)).toEqual([]);
    expect(engine.sink.to('midway@person.example')).toHaveLength(1);
  } finally {
    watchRacePoints(null);
  }
});

test('a ring or a command for an erased lead ends cleanly and leaves no finding', async () => {
  const leadId = await engine.submit({ email: 'late@person.example', source: 'drip' });
  await engine.untilStage(leadId, 'nurturing');
  await erase(leadId);
  await untilEnded(leadId);
  await expect(eraseLead(engine.store, { leadId, actor: 'x' })).rejects.toMatchObject({ code: 'LEAD_UNKNOWN' });
  const verdict = await life.tell(leadId, MANAGER, { kind: 'pause' });
  expect(verdict).toMatchObject({ ok: false, code: 'LEAD_UNKNOWN' });
  await untilEnded(leadId);
  const namespace = engine.config.temporal.namespace;
  const { db, client, taskQueue, relay, deps } = engine;
  const ring = (ids: readonly string[]) => relay.ring(ids);
  const reconciler = createReconciler({ db, log: deps.log, ring, processes: { client, namespace, taskQueue } });
  await reconciler.runNow();
  await reconciler.close();
  expect(await whereabouts(leadId)).toEqual([]);
});

test('a lead that is erased before its process holds it: nothing is held, and nothing is scheduled', async () => {
  const leadId = await engine.submit({ email: 'hold@person.example', source: 'drip' });
  await engine.untilStage(leadId, 'nurturing');
  await erase(leadId);
  await untilEnded(leadId);
  const { hold } = createActivities(engine.deps);
  const at = { leadId, atMs: Date.now(), heard: [] };
  expect(await hold({ ...at, reason: 'a defect' })).toMatchObject({ held: false, next: { kind: 'nothing' } });
  expect(await whereabouts(leadId)).toEqual([]);
});

test('the hash of the address is made while nothing holds the lead; an address that changed meanwhile is hashed anew', async () => {
  const leadId = await engine.submit({ email: 'before@person.example', source: 'drip' });
  const { ringIds: bells } = await unsubscribe(engine.store, { leadId, source: 'one-click' });
  engine.relay.ring(bells);
  // Its process has done its work, and holds the lead no more.
  await untilHeard(leadId);
  const hashed: string[] = [];
  const hashAddress = async (address: string): Promise<string> => {
    hashed.push(address);
    // Fails while another transaction has the lead's lock.
    await engine.db.$queryRaw`SELECT id FROM leads WHERE id = ${leadId} FOR UPDATE NOWAIT`;
    if (hashed.length === 1)
      await engine.db.lead.update({ where: { id: leadId }, data: { email: 'after@person.example' } });
    return engine.store.hashAddress(address);
  };
  const { ringIds } = await eraseLead({ ...engine.store, hashAddress }, { leadId, actor: 'key-of-an-admin' });
  engine.relay.ring(ringIds);
  expect(hashed).toEqual(['before@person.example', 'after@person.example']);
  expect(await whereabouts('after@person.example')).toEqual([]);
  await untilEnded(leadId);
});

test('a bulk run whose condition names the person is canceled, and its condition deleted; others stay', async () => {
  const { db, bulkRuns } = engine;
  const leadId = await engine.submit({ email: 'named@person.example', firstName: 'Nadia', lastName: 'Namedlike' });
  const paused = async (when: object): Promise<string> => {
    const params = { command: { kind: 'resume' }, when: { ...when, source: 'nobody-has-it' }, actor: { ...MANAGER } };
    const id = await startRun(db, { kind: 'command', params, rate: 1, total: 1, by: 'key-of-an-operator' });
    await changeRun(db, id, 'paused', 'key-of-an-operator');
    bulkRuns.tell(id);
    return id;
  };
  const byAddress = await paused({ not: { 'attributes.friend': 'Named@Person.example' } });
  const byName = await paused({ any: [{ company: { contains: 'nadia namedlike' } }] });
  const other = await paused({ emailDomain: 'person.example', company: 'Namedlike' });
  const row = (id: string) => db.bulkRun.findUniqueOrThrow({ where: { id } });

  await erase(leadId);
  expect(await whereabouts('named@person', 'nadia')).toEqual([]);
  for (const id of [byAddress, byName]) {
    expect(await row(id)).toMatchObject({
      status: 'canceled',
      endedAt: expect.any(Date),
      error: expect.stringContaining('named a person who was erased'),
    });
    expect((await row(id)).params).not.toHaveProperty('when');
    // Its process, which waited to be resumed, ends.
    await untilCompleted(id);
    await expect(changeRun(db, id, 'running', 'x')).rejects.toMatchObject({ code: 'CONFLICT' });
  }
  expect(await row(other)).toMatchObject({ status: 'paused', params: { when: { company: 'Namedlike' } } });
  await changeRun(db, other, 'canceled', 'x');
  bulkRuns.tell(other);
});
