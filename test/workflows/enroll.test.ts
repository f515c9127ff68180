/** The column `enroll` of the table in docs/resubmission.md: a test for each cell. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STAGES } from '../../src/domain/stage.ts';
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

const enrollIn = (leadId: string, cadence: string) => life.tell(leadId, MANAGER, { kind: 'enroll', cadence });

describe('the command enroll', () => {
  test('new: enrolled', async () => {
    const { leadId } = await submitLead(engine.store, {
      email: 'new@enroll.example',
      how: 'import',
      consent: { text: 'Yes', source: 'test' },
    });
    expect(await enrollIn(leadId, 'drip')).toMatchObject({ ok: true, stage: 'nurturing' });
    await engine.sink.waitFor('new@enroll.example', 1);
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'drip', via: 'command' });
  });

  test('nurturing, in a cadence for customers: when that ends, the lead is not left without a word', async () => {
    const leadId = await engine.submit({ email: 'care@enroll.example', source: 'drip' });
    await engine.sink.waitFor('care@enroll.example', 1);
    expect(await enrollIn(leadId, 'after-sale')).toMatchObject({ ok: true });
    await engine.sink.waitFor('care@enroll.example', 2);
    await engine.forward(leadId, '8 days');
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'drip', via: 'trigger' });
    expect((await engine.lead(leadId)).nextDueAt).not.toBeNull();
  });

  test('nurturing: enrolled; the cadence that ran ends', async () => {
    const leadId = await engine.submit({ email: 'nurturing@enroll.example', source: 'drip' });
    await engine.sink.waitFor('nurturing@enroll.example', 1);
    expect(await enrollIn(leadId, 'better')).toMatchObject({ ok: true });
    await engine.sink.waitFor('nurturing@enroll.example', 2);
    await engine.forward(leadId, '10 days');
    expect(engine.sink.to('nurturing@enroll.example').map((mail) => mail.subject)).toEqual([
      'The plain mail for you',
      'The other mail for you',
    ]);
    const ended = await engine.db.enrollment.findFirst({ where: { leadId, cadence: 'drip' } });
    expect(ended).toMatchObject({ status: 'ended', endReason: 'enrolled in better by command' });
  });

  for (const stage of ['qualifying', 'qualified', 'assigned', 'accepted', 'opportunity', 'disqualified'] as const) {
    test(`${stage}: refused`, async () => {
      const { leadId, assignment } = await life.ready({ email: `lead@${stage}.example` });
      const decide = { assignmentId: assignment.id };
      if (stage === 'qualifying') {
        await life.tell(leadId, MANAGER, { kind: 'accept', ...decide });
        // A process that still runs would know the stage before.
        await engine.until(
          () => engine.handle(leadId).describe(),
          ({ status }) => status.name === 'COMPLETED',
        );
        await engine.db.lead.update({ where: { id: leadId }, data: { stage } });
      }
      if (stage === 'qualified')
        await life.tell(leadId, MANAGER, { kind: 'reject', ...decide, reason: 'wrong-region' });
      if (stage === 'accepted') await life.tell(leadId, MANAGER, { kind: 'accept', ...decide });
      if (stage === 'opportunity') await life.tell(leadId, MANAGER, { kind: 'outcome', result: 'opportunity' });
      if (stage === 'disqualified') await life.tell(leadId, MANAGER, { kind: 'disqualify', reason: 'spam' });
      const verdict = await enrollIn(leadId, 'drip');
      expect(verdict).toMatchObject({ ok: false, code: 'STAGE_FORBIDS', message: expect.stringContaining(stage) });
      expect((await engine.lead(leadId)).stage).toBe(stage);
      expect(await life.enrollment(leadId)).toBeNull();
    });
  }

  for (const [stage, result] of [
    ['customer', 'won'],
    ['no-need', 'lost'],
  ] as const) {
    test(`${stage}: enrolled; a nurture cadence opens a new need`, async () => {
      const email = `lead@${stage}.example`;
      const { leadId, rep } = await life.accepted({ email });
      await life.tell(leadId, rep, { kind: 'outcome', result });
      if (stage === 'customer') {
        expect(await enrollIn(leadId, 'after-sale')).toMatchObject({ ok: true, stage: 'customer' });
        expect(await engine.db.need.count({ where: { leadId } })).toBe(1);
      }
      expect(await enrollIn(leadId, 'drip')).toMatchObject({ ok: true, stage: 'nurturing' });
      const needs = await engine.db.need.findMany({ where: { leadId }, orderBy: { openedAt: 'asc' } });
      expect(needs).toMatchObject([
        { outcome: result, stage },
        { outcome: null, closedAt: null, stage: 'nurturing' },
      ]);
      await engine.until(
        () => life.sends(leadId),
        (sends) => sends.at(-1)?.templateKey === 'plain' && sends.at(-1)?.status === 'sent',
      );
    });
  }

  test('dormant: enrolled in the same need', async () => {
    const leadId = await engine.submit({ email: 'dormant@enroll.example', source: 'nowhere' });
    await engine.untilStage(leadId, 'dormant');
    const need = await life.need(leadId);
    expect(await enrollIn(leadId, 'drip')).toMatchObject({ ok: true, stage: 'nurturing' });
    expect((await life.need(leadId)).id).toBe(need.id);
    await engine.sink.waitFor('dormant@enroll.example', 1);
  });

  test('in a cadence that does not exist is refused, and what runs goes on', async () => {
    const leadId = await engine.submit({ email: 'none@enroll.example', source: 'drip' });
    await engine.sink.waitFor('none@enroll.example', 1);
    expect(await enrollIn(leadId, 'nothing-of-the-kind')).toMatchObject({ ok: false, code: 'CADENCE_UNKNOWN' });
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'drip' });
  });

  test('is in docs/resubmission.md as tested', async ({ task }) => {
    const cells = (await resubmissionTable()).map(({ stage, enroll }) => `${stage}: ${enroll}`);
    expect(cells).toHaveLength(STAGES.length);
    expect(task.suite?.tasks.map(({ name }) => name)).toEqual(expect.arrayContaining(cells));
  });
});
