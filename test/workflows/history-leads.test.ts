/** Leads of the made-up history of the demo, for which no process runs: what a person does with one goes on as with any lead. */
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeHistory } from '../../src/cli/demo/history/write.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER, repActor } from './life.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine({ playbookDir: path.join(ROOT, 'playbook'), templatesDir: path.join(ROOT, 'templates') });
  life = lifeOf(engine);
  await writeHistory(engine.db, { leads: 600, seed: 1, until: new Date() });
});
afterAll(() => engine?.close());

const offers = () =>
  engine.db.assignment.findMany({
    where: { status: 'offered' },
    orderBy: [{ offeredAt: 'asc' }, { id: 'asc' }],
    include: { rep: true },
  });
const statuses = async (leadId: string) =>
  (await life.assignments(leadId)).map(({ rep, status }) => `${rep.key} ${status}`);

test('an offer is accepted or sent back, also one whose time is over: it is the rep’s, and nobody else is offered it', async () => {
  const open = await offers();
  const isOver = ({ dueAt }: (typeof open)[number]): boolean => (dueAt?.getTime() ?? Infinity) < Date.now();
  const [over, inTime] = [open.filter(isOver), open.filter((one) => !isOver(one))];
  for (const [accepted, rejected] of [over, inTime]) {
    if (accepted === undefined || rejected === undefined) throw new Error('too few offers');
    const rep = repActor(accepted.repId);
    const verdict = await life.tell(accepted.leadId, rep, { kind: 'accept', assignmentId: accepted.id });
    expect(verdict).toMatchObject({ ok: true, stage: 'accepted' });
    expect(await statuses(accepted.leadId)).toEqual([`${accepted.rep.key} accepted`]);
    const reject = { kind: 'reject', assignmentId: rejected.id, reason: 'too-early' } as const;
    expect(await life.tell(rejected.leadId, repActor(rejected.repId), reject)).toMatchObject({ ok: true });
    await engine.untilStage(rejected.leadId, 'nurturing');
    expect(await life.enrollment(rejected.leadId)).toMatchObject({ cadence: 'recycled' });
    expect(await statuses(rejected.leadId)).toEqual([`${rejected.rep.key} rejected`]);
  }
});

test('a lead that a rep has is sold, or goes back to the nurture pool', async () => {
  const accepted = await engine.db.assignment.findMany({
    where: { status: 'accepted', closedAt: null, need: { stage: { in: ['accepted', 'opportunity'] } } },
    orderBy: { id: 'asc' },
    take: 2,
  });
  const [sold, back] = accepted;
  if (sold === undefined || back === undefined) throw new Error('too few leads at work');
  await life.tell(sold.leadId, repActor(sold.repId), { kind: 'outcome', result: 'won' });
  await engine.untilStage(sold.leadId, 'customer');
  const reject = { kind: 'reject', assignmentId: back.id, reason: 'no-answer' } as const;
  expect(await life.tell(back.leadId, repActor(back.repId), reject)).toMatchObject({ ok: true });
  await engine.untilStage(back.leadId, 'nurturing');
  expect(await life.enrollment(back.leadId)).toMatchObject({ cadence: 'recycled' });
});

test('a lead that is in a cadence goes on at its next step when that is due; one that asks for a demo is offered to a rep', async () => {
  const active = await engine.db.enrollment.findMany({
    where: { status: 'active', cadence: 'past-nurture', lead: { stage: 'nurturing' } },
    orderBy: { id: 'asc' },
    take: 2,
  });
  const [waits, asks] = active;
  if (waits === undefined || asks === undefined) throw new Error('too few leads in the cadence');
  const due = waits.dueAt?.getTime() ?? 0;
  expect(due).toBeGreaterThan(Date.now());
  await life.tell(waits.leadId, MANAGER, { kind: 'pause' });
  await life.tell(waits.leadId, MANAGER, { kind: 'resume' });
  const lead = await engine.until(
    () => engine.lead(waits.leadId),
    ({ nextDueAt }) => nextDueAt !== null,
  );
  expect(lead).toMatchObject({ stage: 'nurturing', heldAt: null, nextDueAt: new Date(due) });
  await engine.forward(waits.leadId, `${Math.ceil((due - Date.now()) / 3_600_000) + 72} hours`);
  expect((await engine.lead(waits.leadId)).heldAt).toBeNull();
  const sent = (await life.sends(waits.leadId)).filter(({ key }) => !key.startsWith('past:'));
  expect(sent.map(({ stepId }) => stepId)).toContain(waits.stepId);
  await life.demo(asks.leadId);
  await engine.untilStage(asks.leadId, 'assigned');
  expect(await life.enrollment(asks.leadId)).toBeNull();
});
