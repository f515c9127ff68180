import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER, repActor } from './life.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());

/** A lead that qualified by its score (60 points) and was sent back by the rep it was offered to. */
async function sentBack(email: string, { reason = 'too-early', firstName = 'Someone' } = {}) {
  const leadId = await engine.submit({ email, firstName, source: 'drip' });
  await life.heatUp(leadId);
  const assignment = await life.offered(leadId);
  const verdict = await life.tell(leadId, repActor(assignment.repId), {
    kind: 'reject',
    assignmentId: assignment.id,
    reason,
  });
  expect(verdict).toMatchObject({ ok: true });
  return { leadId, assignment };
}

/** As scoring.yaml of the tests says: half of it is left after 30 days. */
function faded(points: number, ms: number): number {
  return points / 2 ** (ms / (30 * 24 * 60 * 60 * 1_000));
}

/** The score as the ledger alone tells it, entry by entry. */
async function scoreByLedger(leadId: string): Promise<{ score: number; atMs: number }> {
  const entries = await engine.db.scoreEntry.findMany({ where: { leadId }, orderBy: { id: 'asc' } });
  let score = 0;
  let atMs = entries[0]?.occurredAt.getTime() ?? 0;
  for (const entry of entries) {
    const before = faded(score, entry.occurredAt.getTime() - atMs);
    expect(entry.before).toBeCloseTo(before, 3);
    score = Math.max(0, before + entry.points);
    expect(entry.after).toBeCloseTo(score, 3);
    atMs = entry.occurredAt.getTime();
  }
  return { score, atMs };
}

describe('a rejection that recycles', () => {
  test('halves the score by the ledger, cools off, arms again and runs the cadence of the reason', async () => {
    const { leadId, assignment } = await sentBack('halved@recycle.example');
    const lead = await engine.lead(leadId);
    expect(lead).toMatchObject({ stage: 'nurturing', armed: true, ownerId: null, qualifiedAt: null });
    const coolOffMs = (lead.coolOffUntil?.getTime() ?? 0) - (lead.armedAt?.getTime() ?? 0);
    expect(coolOffMs).toBe(5 * 86_400_000);
    expect(await life.need(leadId)).toMatchObject({
      recycleCount: 1,
      ownerId: assignment.repId,
      closedAt: null,
      stage: 'nurturing',
    });
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'back', via: 'recycle' });
    expect(lead.score).toBeCloseTo(30, 1);
    const { score, atMs } = await scoreByLedger(leadId);
    expect(lead.score).toBeCloseTo(score, 3);
    expect(lead.scoreAt.getTime()).toBe(atMs);
    const row = await engine.db.scoreEntry.findFirst({ where: { leadId }, orderBy: { id: 'desc' } });
    expect(row).toMatchObject({ rule: 'recycle: halve', eventId: null });
    await engine.forward(leadId, '12 days');
    const mails = engine.sink.to('halved@recycle.example').slice(-2);
    expect(mails.map((mail) => mail.subject)).toEqual(['The other mail for Someone', 'The other mail for Someone']);
    expect(life.days(mails)).toEqual([0, 10]);
    expect((await engine.lead(leadId)).stage).toBe('dormant');
  });

  test('resets the score where the reason says so', async () => {
    const { leadId } = await sentBack('reset@recycle.example', { reason: 'no-budget' });
    expect((await engine.lead(leadId)).score).toBe(0);
    expect((await scoreByLedger(leadId)).score).toBeCloseTo(0, 6);
  });

  test('keeps a high score: the lead does not qualify by it again, neither in the cool-off nor after', async () => {
    const leadId = await engine.submit({ email: 'old@recycle.example', source: 'drip' });
    for (let n = 0; n < 4; n += 1) await life.heatUp(leadId);
    const assignment = await life.offered(leadId);
    await life.tell(leadId, repActor(assignment.repId), {
      kind: 'reject',
      assignmentId: assignment.id,
      reason: 'too-early',
    });
    expect((await engine.lead(leadId)).score).toBeGreaterThan(100);
    await engine.forward(leadId, '6 days');
    expect(await life.assignments(leadId)).toHaveLength(1);
    expect(await engine.lead(leadId)).toMatchObject({ stage: 'nurturing', armed: true });
    await engine.record({ leadId, type: 'page.viewed' });
    await life.offered(leadId, assignment);
  });

  test('new engagement in the cool-off: the lead qualifies when the cool-off ends, and goes to the rep who knows it', async () => {
    const { leadId, assignment } = await sentBack('cool@recycle.example', { firstName: 'Coolidge' });
    await engine.forward(leadId, '2 days');
    await life.heatUp(leadId);
    await engine.forward(leadId, '2 days');
    expect((await engine.lead(leadId)).stage).toBe('nurturing');
    await engine.forward(leadId, '23 hours');
    expect(await life.assignments(leadId)).toHaveLength(1);
    await engine.forward(leadId, '2 hours');
    const again = await life.offered(leadId, assignment);
    expect(again.repId).toBe(assignment.repId);
    const waited = again.offeredAt.getTime() - (assignment.decidedAt ?? assignment.offeredAt).getTime();
    expect(Math.round(waited / 3_600_000)).toBe(5 * 24);
    const [, brief] = await life.untilMailed(again.rep, 'Coolidge', 2);
    expect(brief?.html).toContain('BACK AGAIN');
  });

  test('a high-intent event overrides the cool-off; a second recycle works as the first', async () => {
    const { leadId, assignment } = await sentBack('demo@recycle.example');
    await life.demo(leadId);
    const again = await life.offered(leadId, assignment);
    expect(again.repId).toBe(assignment.repId);
    const verdict = await life.tell(leadId, repActor(again.repId), {
      kind: 'reject',
      assignmentId: again.id,
      reason: 'no-budget',
    });
    expect(verdict).toMatchObject({ ok: true, stage: 'nurturing' });
    expect(await life.need(leadId)).toMatchObject({ recycleCount: 2 });
    expect(await engine.db.enrollment.count({ where: { leadId, cadence: 'back' } })).toBe(2);
    await engine.forward(leadId, '4 days');
    expect(await life.assignments(leadId)).toHaveLength(2);
    await life.demo(leadId);
    await life.offered(leadId, again);
  });

  test('the lead is out of content in its cool-off: it still qualifies when the cool-off ends', async () => {
    const { leadId, assignment } = await sentBack('dry@recycle.example');
    await engine.db.lead.update({
      where: { id: leadId },
      data: { coolOffUntil: new Date(Date.now() + 20 * 86_400_000) },
    });
    await engine.forward(leadId, '12 days');
    expect((await engine.lead(leadId)).stage).toBe('dormant');
    await life.heatUp(leadId);
    await engine.forward(leadId, '7 days');
    expect(await life.assignments(leadId)).toHaveLength(1);
    await engine.forward(leadId, '26 hours');
    expect(await life.offered(leadId, assignment)).toMatchObject({ repId: assignment.repId });
  });
});

describe('sending back later', () => {
  test('a rep who accepted may reject after all, or say so as the outcome of an opportunity', async () => {
    const first = await life.accepted({ email: 'accepted@recycle.example' });
    expect(
      await life.tell(first.leadId, first.rep, {
        kind: 'reject',
        assignmentId: first.assignment.id,
        reason: 'too-early',
      }),
    ).toMatchObject({ ok: true, stage: 'nurturing' });
    expect(await life.enrollment(first.leadId)).toMatchObject({ cadence: 'back' });

    const second = await life.accepted({ email: 'opportunity@recycle.example' });
    await life.tell(second.leadId, second.rep, {
      kind: 'outcome',
      result: 'opportunity',
      valueMinor: 5_000_00,
      currency: 'EUR',
    });
    const back = await life.tell(second.leadId, second.rep, {
      kind: 'outcome',
      result: 'back-to-nurture',
      reason: 'no-budget',
    });
    expect(back).toMatchObject({ ok: true, stage: 'nurturing' });
    expect(await life.need(second.leadId)).toMatchObject({
      recycleCount: 1,
      closedAt: null,
      ownerId: second.assignment.repId,
    });
    expect((await life.assignments(second.leadId)).at(-1)).toMatchObject({ status: 'rejected', reason: 'no-budget' });
    const wrong = await life.accepted({ email: 'wrong@recycle.example' });
    expect(
      await life.tell(wrong.leadId, wrong.rep, {
        kind: 'outcome',
        result: 'back-to-nurture',
        reason: 'spam',
        funnelStage: 'quote sent',
      }),
    ).toMatchObject({ ok: false, code: 'VALIDATION_FAILED' });
    // What is refused leaves nothing behind.
    expect(await life.audits(wrong.leadId, 'outcome.recorded')).toHaveLength(0);
    expect(await life.need(wrong.leadId)).toMatchObject({ funnelStage: null });
  });
});

describe('a rejection that does not', () => {
  test('rerouted waits for a person, and never goes back by itself to the rep who rejected it', async () => {
    const { leadId, assignment } = await life.ready({ email: 'reroute@reject.example', firstName: 'Reroutine' });
    await life.tell(leadId, repActor(assignment.repId), {
      kind: 'reject',
      assignmentId: assignment.id,
      reason: 'wrong-region',
    });
    expect(await engine.lead(leadId)).toMatchObject({ stage: 'qualified', ownerId: null, nextDueAt: null });
    const list = await engine.db.$transaction((tx) => attentionPage(tx, { kind: 'all' }, 'reroute', null, 100));
    expect(list.map((row) => row.leadId)).toContain(leadId);
    await engine.forward(leadId, '20 days');
    expect(await life.assignments(leadId)).toHaveLength(1);
    expect(
      await life.tell(leadId, repActor(assignment.repId), {
        kind: 'reroute',
        assignmentId: assignment.id,
        team: 'south',
      }),
    ).toMatchObject({ ok: false, code: 'NOT_YOUR_ASSIGNMENT' });
    expect(
      await life.tell(leadId, MANAGER, { kind: 'reroute', assignmentId: assignment.id, team: 'north' }),
    ).toMatchObject({ ok: true, stage: 'assigned' });
    await engine.forward(leadId, '20 hours');
    const tried = await life.assignments(leadId);
    expect(tried).toHaveLength(3);
    expect(tried.slice(1).map((one) => one.repId)).not.toContain(assignment.repId);
    expect((await engine.lead(leadId)).stage).toBe('qualified');
  });

  test.each([
    ['bought-elsewhere', 'no-need'],
    ['spam', 'disqualified'],
  ])('%s closes the need as %s and ends everything', async (reason, stage) => {
    const { leadId, assignment } = await life.ready({ email: `${reason}@reject.example` });
    const mails = engine.sink.to(`${reason}@reject.example`).length;
    const rep = repActor(assignment.repId);
    expect(await life.tell(leadId, rep, { kind: 'reject', assignmentId: assignment.id, reason })).toMatchObject({
      ok: true,
      stage,
    });
    expect(await life.need(leadId)).toMatchObject({
      stage,
      outcome: stage,
      outcomeReason: reason,
      closedAt: expect.any(Date),
    });
    await engine.until(
      () => engine.handle(leadId).describe(),
      ({ status }) => status.name === 'COMPLETED',
    );
    await life.demo(leadId);
    await life.heatUp(leadId);
    expect(await engine.lead(leadId)).toMatchObject({ stage, armed: false, nextDueAt: null });
    expect(engine.sink.to(`${reason}@reject.example`)).toHaveLength(mails);
    const late = await life.tell(leadId, rep, { kind: 'reject', assignmentId: assignment.id, reason: 'too-early' });
    expect(late.ok).toBe(false);
  });

  test('with an unknown reason gets the list of reasons, and changes nothing', async () => {
    const { leadId, assignment } = await life.ready({ email: 'unknown@reject.example' });
    const verdict = await life.tell(leadId, repActor(assignment.repId), {
      kind: 'reject',
      assignmentId: assignment.id,
      reason: 'meh',
    });
    expect(verdict).toMatchObject({
      ok: false,
      code: 'VALIDATION_FAILED',
      message: expect.stringMatching(/too-early.*no-budget.*wrong-region/),
    });
    expect((await life.assignments(leadId)).at(-1)).toMatchObject({ status: 'offered' });
  });
});
