import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, startEngine } from '../support/engine.ts';
import { newId } from '../../src/domain/ids.ts';
import { readBrief } from '../../src/store/lists/brief.ts';
import { lifeOf, MANAGER, repActor } from './life.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());

/** A customer: qualified by its score, accepted, won. */
async function customer(email: string, firstName: string) {
  const leadId = await engine.submit({ email, firstName, source: 'drip' });
  await life.heatUp(leadId);
  const assignment = await life.offered(leadId);
  const rep = repActor(assignment.repId);
  await life.tell(leadId, rep, { kind: 'accept', assignmentId: assignment.id });
  const won = await life.tell(leadId, rep, {
    kind: 'outcome',
    result: 'won',
    valueMinor: 900_00,
    currency: 'EUR',
    funnelStage: 'delivered',
  });
  expect(won).toMatchObject({ ok: true, stage: 'customer' });
  return { leadId, assignment, rep };
}

describe('outcomes', () => {
  test('an opportunity with its value is won, and content after the sale comes on the right days', async () => {
    const { leadId, assignment, rep } = await life.accepted({ email: 'ollie@outcome.example', firstName: 'Ollie' });
    const before = engine.sink.to('ollie@outcome.example').length;
    const told = {
      kind: 'outcome',
      result: 'opportunity',
      valueMinor: 12_500_00,
      currency: 'EUR',
      funnelStage: 'quote sent',
    } as const;
    expect(await life.tell(leadId, rep, told)).toMatchObject({ ok: true, stage: 'opportunity' });
    const open = {
      stage: 'opportunity',
      valueMinor: 1_250_000n,
      currency: 'EUR',
      funnelStage: 'quote sent',
      closedAt: null,
    };
    expect(await life.need(leadId)).toMatchObject(open);
    expect(await life.tell(leadId, rep, { kind: 'outcome', result: 'won', funnelStage: 'delivered' })).toMatchObject({
      ok: true,
      stage: 'customer',
    });
    expect((await life.audits(leadId, 'outcome.recorded')).at(-1)).toMatchObject({
      data: { result: 'won', valueMinor: 1_250_000, currency: 'EUR', isExpected: true },
    });
    expect(await life.need(leadId)).toMatchObject({
      outcome: 'won',
      valueMinor: 1_250_000n,
      funnelStage: 'delivered',
      closedAt: expect.any(Date),
    });
    const handOff = await engine.db.assignment.findUniqueOrThrow({ where: { id: assignment.id } });
    expect(handOff).toMatchObject({ status: 'accepted', closedAt: expect.any(Date) });
    await engine.sink.waitFor('ollie@outcome.example', before + 1);
    await engine.forward(leadId, '30 days');
    const mails = engine.sink.to('ollie@outcome.example').slice(before);
    expect(life.days(mails)).toEqual([0, 7]);
    expect(await engine.lead(leadId)).toMatchObject({ stage: 'customer', nextDueAt: null });
    const late = await life.tell(leadId, rep, { kind: 'reject', assignmentId: assignment.id, reason: 'too-early' });
    expect(late).toMatchObject({ ok: false, code: 'STAGE_FORBIDS' });
    expect((await engine.lead(leadId)).stage).toBe('customer');
  });

  test('lost closes the need with the reason', async () => {
    const { leadId, rep } = await life.accepted({ email: 'lost@outcome.example' });
    expect(await life.tell(leadId, rep, { kind: 'outcome', result: 'lost', reason: 'price' })).toMatchObject({
      ok: true,
      stage: 'no-need',
    });
    expect(await life.need(leadId)).toMatchObject({ outcome: 'lost', outcomeReason: 'price', stage: 'no-need' });
    expect(await life.enrollment(leadId)).toBeNull();
    expect(await life.tell(leadId, rep, { kind: 'outcome', result: 'won' })).toMatchObject({
      ok: false,
      code: 'STAGE_FORBIDS',
    });
  });

  test('an outcome for another rep’s lead is refused; a manager may record one, also before anybody accepted', async () => {
    const { leadId, assignment } = await life.ready({ email: 'other@outcome.example' });
    const other = await engine.db.rep.findFirstOrThrow({ where: { id: { not: assignment.repId }, manager: false } });
    const told = { kind: 'outcome', result: 'opportunity' } as const;
    expect(await life.tell(leadId, repActor(other.id), told)).toMatchObject({ ok: false, code: 'NOT_YOUR_ASSIGNMENT' });
    expect(await life.tell(leadId, MANAGER, told)).toMatchObject({ ok: true, stage: 'opportunity' });
    expect((await life.assignments(leadId)).at(-1)).toMatchObject({ status: 'accepted' });
    await engine.forward(leadId, '10 hours').catch(() => undefined);
    expect(await life.assignments(leadId)).toHaveLength(1);
  });

  test('no outcome can be recorded for a lead in the nurture pool', async () => {
    // Of an account without an opportunity: one of a colleague would make the drip wait.
    const email = 'pool@alone.example';
    const leadId = await engine.submit({ email, source: 'drip' });
    await engine.sink.waitFor(email, 1);
    expect(await life.tell(leadId, MANAGER, { kind: 'outcome', result: 'won' })).toMatchObject({
      ok: false,
      code: 'STAGE_FORBIDS',
    });
  });
});

describe('what follows the end of a need', () => {
  test('a lost one may come back: by its reason it is nurtured with a need of its own, and goes to the rep who knows it', async () => {
    const email = 'putoff@comes-back.example';
    const { leadId, rep, assignment } = await life.accepted({ email, firstName: 'Putoffa' });
    const lost = await life.need(leadId);
    const refused = await life.tell(leadId, rep, { kind: 'outcome', result: 'won', reason: 'put-off' });
    expect(refused).toMatchObject({ ok: false, code: 'VALIDATION_FAILED' });
    expect(await life.tell(leadId, rep, { kind: 'outcome', result: 'lost', reason: 'put-off' })).toMatchObject({
      ok: true,
      stage: 'nurturing',
    });
    const kept = await engine.db.need.findUniqueOrThrow({ where: { id: lost.id } });
    expect(kept).toMatchObject({ stage: 'no-need', outcome: 'lost', outcomeReason: 'put-off' });
    const next = await life.need(leadId);
    expect(next).toMatchObject({ outcome: null, ownerId: assignment.repId, closedAt: null });
    expect(next.id).not.toBe(lost.id);
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'back', needId: next.id });
    await life.demo(leadId);
    expect(await life.offered(leadId, assignment)).toMatchObject({ repId: assignment.repId, needId: next.id });
  });

  test('a rejection as no need ends in the cadence of its reason, and the need stays closed', async () => {
    const { leadId, assignment } = await life.ready({ email: 'gone@no-field.example', firstName: 'Gona' });
    const rep = repActor(assignment.repId);
    const misfit = await life.tell(leadId, rep, { kind: 'reject', assignmentId: assignment.id, reason: 'best-offer' });
    expect(misfit).toMatchObject({ ok: false, code: 'VALIDATION_FAILED' });
    const told = { kind: 'reject', assignmentId: assignment.id, reason: 'no-field' } as const;
    expect(await life.tell(leadId, rep, told)).toMatchObject({ ok: true, stage: 'no-need' });
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'after-sale' });
    await engine.sink.waitFor('gone@no-field.example', 1);
    expect(await engine.lead(leadId)).toMatchObject({ stage: 'no-need' });
  });

  test('the funnel goes on after the sale, and a delivered one opens a need to be kept as a customer', async () => {
    const { leadId, rep } = await life.accepted({ email: 'kept@retention.example', need: { productLine: 'pumps' } });
    const sale = await life.need(leadId);
    await life.tell(leadId, rep, {
      kind: 'outcome',
      result: 'won',
      reason: 'best-offer',
      valueMinor: 100,
      currency: 'EUR',
    });
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'after-sale' });
    const nothing = await life.tell(leadId, rep, { kind: 'outcome', result: 'won' });
    expect(nothing).toMatchObject({ ok: false, code: 'VALIDATION_FAILED' });
    const lost = await life.tell(leadId, rep, { kind: 'outcome', result: 'lost' });
    expect(lost).toMatchObject({ ok: false, code: 'STAGE_FORBIDS' });
    const paid = await life.tell(leadId, rep, { kind: 'outcome', result: 'won', funnelStage: 'paid' });
    expect(paid).toMatchObject({ ok: true, stage: 'customer' });
    expect(await life.need(leadId)).toMatchObject({ id: sale.id, funnelStage: 'paid', valueMinor: 100n });
    const delivered = await life.tell(leadId, rep, { kind: 'outcome', result: 'won', funnelStage: 'in use' });
    expect(delivered).toMatchObject({ ok: true, stage: 'nurturing' });
    expect(await engine.db.need.findUniqueOrThrow({ where: { id: sale.id } })).toMatchObject({
      outcome: 'won',
      stage: 'customer',
      funnelStage: 'in use',
    });
    const came = await engine.db.funnelChange.findMany({ where: { leadId }, orderBy: { id: 'asc' } });
    expect(came.map(({ needId, funnelStage }) => [needId, funnelStage])).toEqual([
      [sale.id, 'paid'],
      [sale.id, 'in use'],
    ]);
    expect(await life.need(leadId)).toMatchObject({ type: 'retention', productLine: 'pumps', outcome: null });
    // Who has the next need reads of this one what was bought, not its keys.
    const { playbook } = engine.store.rules.current();
    const { history } = await readBrief(engine.db, leadId, new Date(), { ...playbook, productLines: ['pumps'] });
    expect(history.map(({ what }) => what)).toContain('Bought: pumps, €1.00, now ‘in use’. Best offer');
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'back' });
  });
});

describe('a disqualified lead', () => {
  test('that was offered is re-opened into the pool as it was, by a person; one that was not disqualified is not', async () => {
    const { leadId, assignment } = await life.ready({ email: 'mistaken@reopen.example', firstName: 'Mista' });
    const told = { kind: 'reject', assignmentId: assignment.id, reason: 'spam' } as const;
    await life.tell(leadId, repActor(assignment.repId), told);
    const need = await life.need(leadId);
    expect(need).toMatchObject({ outcome: 'disqualified' });
    const other = await engine.db.rep.findFirstOrThrow({ where: { id: { not: assignment.repId }, manager: false } });
    expect(await life.tell(leadId, repActor(other.id), { kind: 'reopen' })).toMatchObject({ code: 'FORBIDDEN' });
    // It had asked for a demo, which counts again: it goes to the next rep, who has not refused it.
    expect(await life.tell(leadId, MANAGER, { kind: 'reopen' })).toMatchObject({ ok: true, stage: 'new' });
    expect(await life.need(leadId)).toMatchObject({ id: need.id, outcome: null, outcomeReason: null, closedAt: null });
    expect((await life.audits(leadId, 'lead.reopened')).at(-1)).toMatchObject({ actor: 'key-of-the-manager' });
    const next = await life.offered(leadId, assignment);
    expect(next.repId).not.toBe(assignment.repId);
    expect(await life.tell(leadId, MANAGER, { kind: 'reopen' })).toMatchObject({ ok: false, code: 'STAGE_FORBIDS' });
  });

  test('that a rep had accepted is with that rep again', async () => {
    const { leadId, rep, assignment } = await life.accepted({ email: 'had@reopen-two.example' });
    await life.tell(leadId, MANAGER, { kind: 'disqualify', reason: 'duplicate' });
    expect(await life.tell(leadId, rep, { kind: 'reopen' })).toMatchObject({ ok: true, stage: 'accepted' });
    const again = await engine.db.assignment.findUniqueOrThrow({ where: { id: assignment.id } });
    expect(again).toMatchObject({ status: 'accepted', closedAt: null });
    expect(await engine.lead(leadId)).toMatchObject({ ownerId: assignment.repId });
    expect(await life.tell(leadId, rep, { kind: 'outcome', result: 'won' })).toMatchObject({ ok: true });
  });

  test('that had bought keeps the sale as history, and gets another need', async () => {
    const { leadId } = await customer('bought@reopen-three.example', 'Boughta');
    const sale = await life.need(leadId);
    await life.tell(leadId, MANAGER, { kind: 'disqualify', reason: 'duplicate' });
    expect(await life.tell(leadId, MANAGER, { kind: 'reopen' })).toMatchObject({ ok: true, stage: 'new' });
    expect((await life.need(leadId)).id).not.toBe(sale.id);
    expect(await engine.db.need.findUniqueOrThrow({ where: { id: sale.id } })).toMatchObject({ outcome: 'won' });
  });
});

describe('a customer who asks again', () => {
  test('has a new need, which old engagement does not qualify; the old need is history', async () => {
    const { leadId } = await customer('again@outcome.example', 'Againa');
    const old = await life.need(leadId);
    await engine.submit({
      email: 'Again@Outcome.example',
      source: 'trade-show',
      need: { type: 'service', productLine: 'pumps' },
    });
    await engine.untilStage(leadId, 'nurturing');
    expect(await life.need(leadId)).toMatchObject({
      type: 'service',
      productLine: 'pumps',
      outcome: null,
      recycleCount: 0,
      valueMinor: null,
    });
    const kept = await engine.db.need.findUniqueOrThrow({ where: { id: old.id } });
    expect(kept).toMatchObject({ outcome: 'won', stage: 'customer', closedAt: old.closedAt, valueMinor: 90_000n });
    expect((await engine.lead(leadId)).score).toBeGreaterThan(50);
    // Its sale goes on beside the new need, which stays as it is.
    const open = await life.need(leadId);
    const goesOn = { kind: 'outcome', result: 'won', needId: old.id } as const;
    expect(
      await life.tell(leadId, MANAGER, { ...goesOn, funnelStage: 'in use', valueMinor: 800_00, currency: 'EUR' }),
    ).toMatchObject({
      ok: true,
      stage: 'nurturing',
    });
    const gone = await engine.db.need.findUniqueOrThrow({ where: { id: old.id } });
    expect(gone).toMatchObject({
      outcome: 'won',
      stage: 'customer',
      closedAt: old.closedAt,
      valueMinor: 80_000n,
      funnelStage: 'in use',
    });
    expect(await life.need(leadId)).toMatchObject({ id: open.id, outcome: null, valueMinor: null, funnelStage: null });
    expect((await life.audits(leadId, 'outcome.recorded')).at(-1)).toMatchObject({
      data: { needId: old.id, funnelStage: 'in use' },
    });
    const notSold = { ...goesOn, needId: open.id, funnelStage: 'paid' };
    for (const refused of [goesOn, notSold, { ...notSold, needId: newId('need') }])
      expect(await life.tell(leadId, MANAGER, refused)).toMatchObject({ ok: false, code: 'VALIDATION_FAILED' });
    expect(await life.tell(leadId, MANAGER, { ...goesOn, result: 'lost' })).toMatchObject({
      ok: false,
      code: 'STAGE_FORBIDS',
    });
    await engine.forward(leadId, '2 days');
    expect(await life.assignments(leadId)).toHaveLength(1);
    expect(await engine.db.enrollment.count({ where: { leadId, status: 'active' } })).toBe(1);
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'drip' });
  });

  test('for a demo is handed over at once', async () => {
    const { leadId, assignment } = await customer('demo@outcome.example', 'Demona');
    await engine.submit({ email: 'demo@outcome.example', source: 'web', event: { type: 'demo.requested' } });
    const next = await life.offered(leadId, assignment);
    expect(next.needId).toBe((await life.need(leadId)).id);
    expect(next.needId).not.toBe(assignment.needId);
  });

  test('and is disqualified later keeps the sale in its history', async () => {
    const { leadId } = await customer('duplicate@outcome.example', 'Duplica');
    expect(await life.tell(leadId, MANAGER, { kind: 'disqualify', reason: 'duplicate' })).toMatchObject({
      ok: true,
      stage: 'disqualified',
    });
    expect(await life.need(leadId)).toMatchObject({ outcome: 'won' });
    expect(await life.enrollment(leadId)).toBeNull();
  });
});

describe('a ready buyer', () => {
  test('enters at assigned, by rule or with the owner who brought it', async () => {
    const byRule = await engine.submit({ email: 'rule@buyer.example', country: 'IT', enterAt: { stage: 'assigned' } });
    expect(await life.offered(byRule)).toMatchObject({ rep: { key: 'dino' } });
    const owned = await engine.submit({
      email: 'owned@buyer.example',
      firstName: 'Ownessa',
      country: 'IT',
      enterAt: { stage: 'assigned', owner: 'cleo' },
    });
    const { rep } = await life.offered(owned);
    expect(rep.key).toBe('cleo');
    await life.untilMailed(rep, 'Ownessa', 1);
    expect(engine.sink.to('owned@buyer.example')).toHaveLength(0);
    await engine.forward(owned, '5 hours');
    expect((await life.assignments(owned)).at(-1)?.rep.key).not.toBe('cleo');
  });

  test('enters at opportunity with its value, is owned, and the rep is told', async () => {
    const need = { valueMinor: 7_000_00, currency: 'EUR', productLine: 'pumps' };
    const enterAt = { stage: 'opportunity', owner: 'bob', funnelStage: 'active inquiry' } as const;
    const owned = await engine.submit({ email: 'opp@buyer.example', firstName: 'Oppenheim', need, enterAt });
    await engine.untilStage(owned, 'opportunity');
    const [assignment] = await life.assignments(owned);
    expect(assignment).toMatchObject({ status: 'accepted', rep: { key: 'bob' } });
    expect(await life.need(owned)).toMatchObject({
      stage: 'opportunity',
      funnelStage: 'active inquiry',
      valueMinor: 700_000n,
      ownerId: assignment?.repId,
    });
    await life.untilMailed({ email: 'bob@sales.example' }, 'Oppenheim', 1);
    const won = await life.tell(owned, repActor(assignment?.repId ?? ''), { kind: 'outcome', result: 'won' });
    expect(won).toMatchObject({ ok: true, stage: 'customer' });

    const routed = await engine.submit({
      email: 'routed@buyer.example',
      firstName: 'Routina',
      country: 'IT',
      enterAt: { stage: 'opportunity' },
    });
    await engine.untilStage(routed, 'opportunity');
    expect((await life.assignments(routed)).at(-1)).toMatchObject({ status: 'accepted', rep: { key: 'dino' } });
    await life.untilMailed({ email: 'dino@sales.example' }, 'Routina', 1);
  });
});
