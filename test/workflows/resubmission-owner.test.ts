import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER } from './life.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());
afterEach(() => engine.sink.behave(null));

test('of a burst of requests the owner gets a mail at once, and one more that has gathered what followed', async () => {
  const { leadId, assignment } = await life.accepted({ email: 'many@owner.example', firstName: 'Manyana' });
  const asked = () => life.mailsTo(assignment.rep, 'Manyana has asked again');
  await engine.submit({ email: 'many@owner.example', source: 'first' });
  const [first] = await life.untilMailed(assignment.rep, 'Manyana has asked again', 1);
  expect(first?.html).toContain('form, first');
  const sources = Array.from({ length: 150 }, (_, i) => `burst-${i}`);
  for (const source of sources) await engine.submit({ email: 'many@owner.example', source });
  // The need has each of them at once.
  await engine.until(
    () => life.audits(leadId, 'request.added'),
    (added) => added.length === 151,
  );
  await engine.until(
    () => engine.db.outbox.count({ where: { leadId } }),
    (rings) => rings === 0,
  );
  expect(asked()).toHaveLength(1);
  const { requestsDueAt } = await engine.db.assignment.findUniqueOrThrow({ where: { id: assignment.id } });
  const minutes = ((requestsDueAt?.getTime() ?? 0) - (first?.date.getTime() ?? 0)) / 60_000;
  expect(Math.abs(minutes - 15)).toBeLessThan(0.1);
  expect((await engine.lead(leadId)).nextDueAt).toEqual(requestsDueAt);
  await engine.forward(leadId, '16 minutes');
  const [, gathered] = await life.untilMailed(assignment.rep, 'Manyana has asked again', 2);
  expect(gathered?.subject).toBe('Manyana has asked again, 150 times');
  expect(gathered?.text).toContain('burst-149');
  expect(gathered?.text).toContain('and 145 before');
  await engine.forward(leadId, '1 day');
  expect(asked()).toHaveLength(2);
  expect(await engine.lead(leadId)).toMatchObject({ heldAt: null, nextDueAt: null });
  expect(await engine.db.touch.count({ where: { leadId, handledAt: null } })).toBe(0);
});

test('once the time for gathering is over, the owner is told of the next request at once', async () => {
  const { leadId, assignment } = await life.accepted({ email: 'calm@owner.example', firstName: 'Calmina' });
  await engine.submit({ email: 'calm@owner.example', source: 'one' });
  await life.untilMailed(assignment.rep, 'Calmina has asked again', 1);
  await engine.until(
    () => engine.handle(leadId).describe(),
    ({ status }) => status.name === 'COMPLETED',
  );
  // Its process has ended, and with it the clock that could be forwarded.
  const requestsToldAt = new Date(Date.now() - 16 * 60_000);
  await engine.db.assignment.update({ where: { id: assignment.id }, data: { requestsToldAt } });
  await engine.submit({ email: 'calm@owner.example', source: 'two' });
  const [, second] = await life.untilMailed(assignment.rep, 'Calmina has asked again', 2);
  expect(second?.html).toContain('form, two');
});

test('requests gathered for a rep who no longer has the lead are in the next rep’s brief, and are not mailed', async () => {
  const { leadId, assignment } = await life.ready({ email: 'passed@owner.example', firstName: 'Passa' });
  for (const source of ['one', 'two', 'three']) await engine.submit({ email: 'passed@owner.example', source });
  await engine.until(
    () => life.audits(leadId, 'request.added'),
    (added) => added.length === 3,
  );
  const told = await life.untilMailed(assignment.rep, 'Passa has asked again', 1);
  await life.tell(leadId, MANAGER, { kind: 'reroute', assignmentId: assignment.id, team: assignment.team });
  const next = await life.offered(leadId, assignment);
  const [brief] = await life.untilMailed(next.rep, 'New lead for you: Passa', 1);
  expect(brief?.text).toContain('three');
  await engine.forward(leadId, '1 hour');
  expect(life.mailsTo(assignment.rep, 'Passa has asked again')).toHaveLength(told.length);
  expect(life.mailsTo(next.rep, 'Passa has asked again')).toHaveLength(0);
});

test('when SMTP refuses for now, the owner is told later; the need has the request at once', async () => {
  const { leadId, assignment } = await life.accepted({ email: 'putoff@owner.example', firstName: 'Putoffa' });
  await life.untilMailed(assignment.rep, 'Putoffa', 1);
  engine.sink.behave(({ to }) => (to.endsWith('@sales.example') ? { code: 421, text: '4.3.2 not now' } : null));
  await engine.submit({ email: 'putoff@owner.example', source: 'web', need: { productLine: 'pumps' } });
  await engine.until(
    () => engine.db.assignment.findUniqueOrThrow({ where: { id: assignment.id } }),
    (one) => one.briefAttempts > 0,
  );
  expect(await life.need(leadId)).toMatchObject({ productLine: 'pumps', stage: 'accepted' });
  engine.sink.behave(null);
  await engine.forward(leadId, '5 minutes');
  await life.untilMailed(assignment.rep, 'Putoffa has asked again', 1);
  await engine.forward(leadId, '1 day');
  expect(life.mailsTo(assignment.rep, 'Putoffa has asked again')).toHaveLength(1);
  expect(await life.audits(leadId, 'request.added')).toHaveLength(1);
  expect(await engine.lead(leadId)).toMatchObject({ heldAt: null, nextDueAt: null });
});

test('a request that comes while the owner cannot be told waits for the same attempt', async () => {
  const { leadId, assignment } = await life.accepted({ email: 'waiting@owner.example', firstName: 'Waitina' });
  await life.untilMailed(assignment.rep, 'Waitina', 1);
  engine.sink.behave(({ to }) => (to.endsWith('@sales.example') ? { code: 421, text: '4.3.2 not now' } : null));
  await engine.submit({ email: 'waiting@owner.example', source: 'one' });
  const { requestsDueAt } = await engine.until(
    () => engine.db.assignment.findUniqueOrThrow({ where: { id: assignment.id } }),
    (one) => one.briefAttempts > 0,
  );
  await engine.submit({ email: 'waiting@owner.example', source: 'two' });
  await engine.until(
    () => engine.db.outbox.count({ where: { leadId } }),
    (rings) => rings === 0,
  );
  // Not ‘at once’, again and again: nothing would get better by it.
  expect((await engine.lead(leadId)).nextDueAt).toEqual(requestsDueAt);
  engine.sink.behave(null);
  await engine.forward(leadId, '5 minutes');
  const [asked] = await life.untilMailed(assignment.rep, 'Waitina has asked again', 1);
  expect(asked?.subject).toBe('Waitina has asked again, 2 times');
  await engine.forward(leadId, '1 day');
  expect(life.mailsTo(assignment.rep, 'Waitina has asked again')).toHaveLength(1);
});

describe('a request the owner could not be told of', () => {
  /** Accepted, and asks again while SMTP puts off what the owner is to be told. */
  async function untold(email: string, firstName: string) {
    engine.sink.behave(null);
    const accepted = await life.accepted({ email, firstName });
    await life.untilMailed(accepted.assignment.rep, firstName, 1);
    engine.sink.behave(({ to }) => (to.endsWith('@sales.example') ? { code: 421, text: '4.3.2 not now' } : null));
    await engine.submit({ email, source: 'drip', event: { type: 'demo.requested' } });
    await engine.until(
      () => engine.db.assignment.findUniqueOrThrow({ where: { id: accepted.assignment.id } }),
      (one) => one.briefAttempts > 0,
    );
    return accepted;
  }
  const untilHandled = (leadId: string) =>
    engine.until(
      () => engine.db.touch.count({ where: { leadId, handledAt: null } }),
      (open) => open === 0,
    );

  test('opens no new need once the old one is won, and the customer is offered to no rep', async () => {
    const { leadId, rep } = await untold('won@owner.example', 'Wonda');
    expect(await life.tell(leadId, rep, { kind: 'outcome', result: 'won' })).toMatchObject({ ok: true });
    await untilHandled(leadId);
    expect(await engine.db.need.count({ where: { leadId } })).toBe(1);
    expect(await engine.lead(leadId)).toMatchObject({ stage: 'customer', heldAt: null });
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'after-sale' });
    expect(await life.assignments(leadId)).toHaveLength(1);
  });

  test('does not bring back a lead that was lost or sent back to nurture', async () => {
    const lost = await untold('lost@owner.example', 'Lostina');
    expect(await life.tell(lost.leadId, lost.rep, { kind: 'outcome', result: 'lost' })).toMatchObject({ ok: true });
    await untilHandled(lost.leadId);
    expect(await engine.lead(lost.leadId)).toMatchObject({ stage: 'no-need', nextDueAt: null });
    const early = await untold('early@owner.example', 'Earlina');
    const back = { kind: 'reject', assignmentId: early.assignment.id, reason: 'too-early' } as const;
    expect(await life.tell(early.leadId, early.rep, back)).toMatchObject({ ok: true, stage: 'nurturing' });
    await untilHandled(early.leadId);
    expect(await life.enrollment(early.leadId)).toMatchObject({ cadence: 'back', via: 'recycle' });
    expect(await life.assignments(early.leadId)).toHaveLength(1);
  });

  test('and later ones are added to the need at once', async () => {
    const { leadId } = await untold('follows@owner.example', 'Folla');
    await engine.submit({ email: 'follows@owner.example', source: 'web', need: { productLine: 'valves' } });
    await engine.until(
      () => life.need(leadId),
      (need) => need.productLine === 'valves',
    );
    expect(await life.audits(leadId, 'request.added')).toHaveLength(2);
  });
});

test('a dormant lead that became ready while paused, and then asks again, is handed over and keeps its need', async () => {
  const leadId = await engine.submit({ email: 'sleeper@owner.example', source: 'drip' });
  await engine.sink.waitFor('sleeper@owner.example', 1);
  await engine.forward(leadId, '5 days');
  expect((await engine.lead(leadId)).stage).toBe('dormant');
  await life.tell(leadId, MANAGER, { kind: 'pause' });
  await life.heatUp(leadId);
  expect(await engine.lead(leadId)).toMatchObject({ stage: 'dormant', armed: false });
  await engine.submit({ email: 'sleeper@owner.example', source: 'web', need: { productLine: 'pumps' } });
  await engine.until(
    () => engine.db.touch.count({ where: { leadId, handledAt: null } }),
    (open) => open === 0,
  );
  await life.tell(leadId, MANAGER, { kind: 'resume' });
  await life.offered(leadId);
  expect(await life.need(leadId)).toMatchObject({ productLine: 'pumps', stage: 'assigned' });
  expect(await engine.db.need.count({ where: { leadId } })).toBe(1);
});
