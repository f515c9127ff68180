/** What operators see of a lead's process in the Temporal UI. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER, repActor } from './life.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());

async function attributesOf(leadId: string): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await engine.handle(leadId).describe();
  return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
}

async function upsertsOf(leadId: string): Promise<number> {
  const { events } = await engine.handle(leadId).fetchHistory();
  return (events ?? []).filter((event) => event.upsertWorkflowSearchAttributesEventAttributes).length;
}

async function shows(leadId: string, attributes: Record<string, unknown>): Promise<void> {
  await expect.poll(() => attributesOf(leadId)).toMatchObject(attributes);
}

test('a process starts with what its first look will find, and shows it without an upsert', async () => {
  const leadId = await engine.submit({ email: 'foretold@visible.example', source: 'drip' });
  await engine.sink.waitFor('foretold@visible.example', 1);
  await engine.until(
    () => engine.handle(leadId).query<{ cadence: string } | null>('state'),
    (standing) => standing?.cadence === 'drip',
  );
  expect(await attributesOf(leadId)).toMatchObject({
    LeadStage: 'nurturing',
    LeadState: 'active',
    Cadence: 'drip',
    LeadSource: 'drip',
    LeadGrade: 'C',
    LeadScore: 0,
  });
  expect(await upsertsOf(leadId)).toBe(0);
});

test('where the first look says otherwise, that is shown; the owner by a handle that names nobody', async () => {
  const { leadId, assignment } = await life.ready({ email: 'other@visible.example', firstName: 'Othera' });
  await shows(leadId, { LeadStage: 'assigned', LeadState: 'active', LeadOwner: assignment.rep.id });
  expect(await attributesOf(leadId)).not.toHaveProperty('Cadence');
});

test('paused and resumed are shown, and not the words in which a person says why', async () => {
  const leadId = await engine.submit({ email: 'paused@visible.example', source: 'drip' });
  await engine.sink.waitFor('paused@visible.example', 1);
  const reason = 'Eva Muster is on leave';
  expect(await life.tell(leadId, MANAGER, { kind: 'pause', reason })).toMatchObject({ ok: true });
  await shows(leadId, { LeadStage: 'nurturing', LeadState: 'paused' });
  const why = await engine.handle(leadId).query<string>('why');
  expect(why).toMatch(/paused since/);
  expect(why).not.toContain('Eva');
  expect(await life.tell(leadId, MANAGER, { kind: 'resume' })).toMatchObject({ ok: true });
  await shows(leadId, { LeadState: 'active' });
});

test('a process that a command starts shows everything after its first look', async () => {
  const { leadId, rep } = await life.accepted({ email: 'ended@visible.example' });
  await engine.until(
    () => engine.handle(leadId).describe(),
    ({ status }) => status.name === 'COMPLETED',
  );
  const repId = rep.kind === 'rep' ? rep.repId : '';
  const told = { kind: 'outcome', result: 'opportunity' } as const;
  expect(await life.tell(leadId, repActor(repId), told)).toMatchObject({ ok: true });
  await shows(leadId, { LeadStage: 'opportunity', LeadState: 'active', LeadOwner: repId, LeadSource: 'drip' });
});
