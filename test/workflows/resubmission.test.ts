/** A test for each cell of the table in docs/resubmission.md; their names are the cells. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { STAGES } from '../../src/domain/stage.ts';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { submitLead } from '../../src/store/capture/submit-lead.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER, resubmissionTable } from './life.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());

const address = (stage: string): string => `${stage}@request.example`;

/** Asks for pumps, which fits no cadence better than what runs. */
async function asksAgain(email: string): Promise<void> {
  await engine.submit({
    email: email.toUpperCase(),
    how: 'phone',
    company: 'Known Later Ltd',
    source: 'fair',
    need: { productLine: 'pumps' },
  });
}
const handled = (leadId: string) =>
  engine.until(
    () => engine.db.touch.findMany({ where: { leadId }, orderBy: { id: 'asc' } }),
    (all) => all.every((one) => one.handledAt !== null),
  );

/** What holds in every stage: one lead, its first touch kept, another added, the profile updated. */
async function expectTaken(leadId: string): Promise<void> {
  const touches = await handled(leadId);
  expect(touches.map((touch) => [touch.source, touch.isFirst])).toEqual([
    ['drip', true],
    ['fair', false],
  ]);
  expect(await engine.lead(leadId)).toMatchObject({ company: 'Known Later Ltd', source: 'drip' });
}
const needs = (leadId: string) => engine.db.need.findMany({ where: { leadId }, orderBy: { openedAt: 'asc' } });

describe('a request comes in', () => {
  test('new: one need, to which each request adds; the best cadence for all of them', async () => {
    const consent = { text: 'Yes', source: 'test' };
    const first = await submitLead(engine.store, {
      email: address('new'),
      how: 'form',
      source: 'drip',
      need: { type: 'garden' },
      consent,
    });
    const second = await submitLead(engine.store, {
      email: address('new'),
      how: 'form',
      source: 'fair',
      need: { productLine: 'premium' },
    });
    engine.relay.ring([...first.ringIds, ...second.ringIds]);
    await handled(first.leadId);
    expect(await needs(first.leadId)).toMatchObject([{ type: 'garden', productLine: 'premium' }]);
    await engine.until(
      () => life.enrollment(first.leadId),
      (one) => one?.cadence === 'better',
    );
  });

  test('nurturing: added to the open need; a better cadence preempts, a worse one does not', async () => {
    const leadId = await engine.submit({ email: address('nurturing'), source: 'drip' });
    await engine.sink.waitFor(address('nurturing'), 1);
    const running = await life.enrollment(leadId);
    await asksAgain(address('nurturing'));
    await expectTaken(leadId);
    expect((await life.enrollment(leadId))?.id).toBe(running?.id);
    await engine.submit({ email: address('nurturing'), source: 'web', need: { productLine: 'premium' } });
    await engine.until(
      () => life.enrollment(leadId),
      (one) => one?.cadence === 'better',
    );
    expect((await life.audits(leadId, 'enrollment.ended')).at(-1)?.data).toMatchObject({
      cadence: 'drip',
      reason: 'preempted by better',
    });
    await engine.submit({ email: address('nurturing'), source: 'drip' });
    await handled(leadId);
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'better' });
    expect(await needs(leadId)).toHaveLength(1);
    await engine.forward(leadId, '5 days');
    expect(engine.sink.to(address('nurturing')).map((mail) => mail.subject)).toEqual([
      'The plain mail for you',
      'The other mail for you',
    ]);
  });

  test('nurturing: what a cadence’s priority is today decides, not what it was when the lead was enrolled', async () => {
    const email = 'pinned@request.example';
    const leadId = await engine.submit({ email, source: 'drip' });
    await engine.sink.waitFor(email, 1);
    const running = await life.enrollment(leadId);
    const { id, definition, ...now } = await engine.db.cadenceRevision.findUniqueOrThrow({
      where: { id: running?.revisionId ?? '' },
    });
    const dearer = {
      ...now,
      id: newId('revision'),
      number: 0,
      hash: `before-${id}`,
      templates: now.templates as object,
      definition: { ...(definition as object), priority: 60 },
    };
    await engine.db.cadenceRevision.create({ data: dearer });
    await engine.db.enrollment.update({ where: { id: running?.id ?? '' }, data: { revisionId: dearer.id } });
    await engine.submit({ email, source: 'web', need: { productLine: 'premium' } });
    await handled(leadId);
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'better' });
  });

  test('qualifying: added to the open need; no cadence', async () => {
    const { leadId } = await life.accepted({ email: address('qualifying') });
    await engine.db.lead.update({ where: { id: leadId }, data: { stage: 'qualifying' } });
    await engine.db.need.updateMany({ where: { leadId }, data: { stage: 'qualifying' } });
    await asksAgain(address('qualifying'));
    await expectTaken(leadId);
    expect(await needs(leadId)).toMatchObject([{ productLine: 'pumps', stage: 'qualifying' }]);
    expect(await life.enrollment(leadId)).toBeNull();
  });

  test('qualified: added to the open need; no cadence', async () => {
    const { leadId, assignment } = await life.ready({ email: address('qualified') });
    await life.tell(leadId, MANAGER, { kind: 'reject', assignmentId: assignment.id, reason: 'wrong-region' });
    await asksAgain(address('qualified'));
    await expectTaken(leadId);
    expect(await needs(leadId)).toMatchObject([{ productLine: 'pumps', stage: 'qualified' }]);
    expect(await life.enrollment(leadId)).toBeNull();
  });

  for (const stage of ['assigned', 'accepted', 'opportunity'] as const) {
    test(`${stage}: added to the open need; its owner is told by mail; no cadence`, async () => {
      const firstName = `Told${stage}`;
      const { leadId, assignment } = await (stage === 'assigned' ? life.ready : life.accepted)({
        email: address(stage),
        firstName,
      });
      if (stage === 'opportunity') await life.tell(leadId, MANAGER, { kind: 'outcome', result: 'opportunity' });
      const before = engine.sink.to(address(stage)).length;
      await asksAgain(address(stage));
      await expectTaken(leadId);
      const mail = await engine.until(
        () => Promise.resolve(life.mailsTo(assignment.rep, `${firstName} has asked again`)),
        (mails) => mails.length > 0,
      );
      expect(mail[0]?.html).toContain('phone, fair');
      expect(await needs(leadId)).toMatchObject([{ productLine: 'pumps', stage }]);
      expect(await life.enrollment(leadId)).toBeNull();
      expect(engine.sink.to(address(stage))).toHaveLength(before);
    });
  }

  test('customer: a new need; the old one is history', async () => {
    const { leadId, rep } = await life.accepted({ email: address('customer') });
    await life.tell(leadId, rep, { kind: 'outcome', result: 'won' });
    await asksAgain(address('customer'));
    await expectTaken(leadId);
    expect(await needs(leadId)).toMatchObject([
      { outcome: 'won', productLine: null },
      { outcome: null, productLine: 'pumps', closedAt: null },
    ]);
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'drip' });
  });

  test('dormant: a new need; the old one has lapsed', async () => {
    // Of an account without an opportunity: one of a colleague would make the drip wait.
    const email = 'dormant@alone.example';
    const leadId = await engine.submit({ email, source: 'drip' });
    await engine.sink.waitFor(email, 1);
    await engine.forward(leadId, '5 days');
    expect((await engine.lead(leadId)).stage).toBe('dormant');
    await asksAgain(email);
    await expectTaken(leadId);
    expect(await needs(leadId)).toMatchObject([
      { outcome: 'lapsed', closedAt: expect.any(Date) },
      { closedAt: null, productLine: 'pumps' },
    ]);
    await engine.untilStage(leadId, 'nurturing');
  });

  test('no-need: a new need; the old one is history', async () => {
    const { leadId, rep } = await life.accepted({ email: address('no-need') });
    await life.tell(leadId, rep, { kind: 'outcome', result: 'lost', reason: 'price' });
    await asksAgain(address('no-need'));
    await expectTaken(leadId);
    expect(await needs(leadId)).toMatchObject([{ outcome: 'lost' }, { outcome: null, closedAt: null }]);
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'drip' });
  });

  test('disqualified: recorded and listed for attention; nothing is sent', async () => {
    const { leadId } = await life.ready({ email: address('disqualified') });
    await life.tell(leadId, MANAGER, { kind: 'disqualify', reason: 'spam' });
    const before = engine.sink.to(address('disqualified')).length;
    await asksAgain(address('disqualified'));
    await expectTaken(leadId);
    expect(await needs(leadId)).toMatchObject([{ stage: 'disqualified', productLine: null }]);
    expect(await life.enrollment(leadId)).toBeNull();
    expect(engine.sink.to(address('disqualified'))).toHaveLength(before);
    const list = await engine.db.$transaction((tx) => attentionPage(tx, { kind: 'all' }, 'asked-again', null, 100));
    expect(list.map((row) => row.leadId)).toContain(leadId);
  });

  test('is in docs/resubmission.md as tested', async ({ task }) => {
    const cells = (await resubmissionTable()).map(({ stage, request }) => `${stage}: ${request}`);
    expect(cells).toHaveLength(STAGES.length);
    expect(task.suite?.tasks.map(({ name }) => name)).toEqual(expect.arrayContaining(cells));
  });
});

test('very many requests are taken in piece by piece, to the last of them', async () => {
  const email = 'flood@request.example';
  const leadId = await engine.submit({ email, source: 'drip' });
  await handled(leadId);
  const { needId } = await engine.lead(leadId);
  await engine.db.touch.createMany({
    data: Array.from({ length: 230 }, (_, n) => ({
      id: newId('touch'),
      leadId,
      source: 'drip',
      how: 'form',
      occurredAt: new Date(Date.now() + n),
    })),
  });
  await engine.submit({ email, source: 'drip' });
  const touches = await handled(leadId);
  expect(touches).toHaveLength(232);
  expect(new Set(touches.map((touch) => touch.needId))).toEqual(new Set([needId]));
});
