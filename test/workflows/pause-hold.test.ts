import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { unsubscribe } from '../../src/store/consent/unsubscribe.ts';
import { keepInbound } from '../../src/store/inbound/keep-mail.ts';
import { outlasting } from '../../src/domain/waits.ts';
import { readLead } from '../../src/store/lists/lead.ts';
import { waitsFor } from '../../src/store/lists/waits-for.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER, repActor } from './life.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());
afterEach(() => engine.sink.behave(null));

const pause = (leadId: string) => life.tell(leadId, MANAGER, { kind: 'pause', reason: 'on holiday' });
const resume = (leadId: string) => life.tell(leadId, MANAGER, { kind: 'resume' });
const outcomes = async (leadId: string) =>
  (await life.sends(leadId)).map(({ stepId, status, reason }) => [stepId, status, reason]);

describe('a pause', () => {
  test('sends nothing and loses nothing: a mail that fell due is sent once afterwards, and the others at their times', async () => {
    const leadId = await engine.submit({ email: 'pause@stop.example', source: 'drip' });
    await engine.sink.waitFor('pause@stop.example', 1);
    expect(await pause(leadId)).toMatchObject({ ok: true });
    expect(await pause(leadId)).toMatchObject({ ok: false, code: 'CONFLICT' });
    await engine.forward(leadId, '9 days');
    expect(engine.sink.to('pause@stop.example')).toHaveLength(1);
    expect(await resume(leadId)).toMatchObject({ ok: true });
    await engine.sink.waitFor('pause@stop.example', 2);
    await engine.forward(leadId, '30 hours');
    expect(engine.sink.to('pause@stop.example')).toHaveLength(2);
    await engine.forward(leadId, '3 days');
    expect(life.days(engine.sink.to('pause@stop.example'))).toEqual([0, 9, 11]);
    expect((await engine.lead(leadId)).stage).toBe('dormant');
  });

  test('keeps what the lead did meanwhile: the click that was waited for, and that it is ready', async () => {
    const clicker = await engine.submit({ email: 'clicker@stop.example', source: 'listening' });
    const ready = await engine.submit({ email: 'ready@stop.example', source: 'drip' });
    await engine.sink.waitFor('clicker@stop.example', 1);
    await engine.sink.waitFor('ready@stop.example', 1);
    await Promise.all([pause(clicker), pause(ready)]);
    await engine.record({ leadId: clicker, type: 'email.clicked' });
    await life.demo(ready);
    await engine.until(
      () => engine.db.outbox.count({ where: { leadId: { in: [clicker, ready] } } }),
      (left) => left === 0,
    );
    expect(await engine.lead(ready)).toMatchObject({ stage: 'nurturing' });
    expect(engine.sink.to('clicker@stop.example')).toHaveLength(1);
    await Promise.all([resume(clicker), resume(ready)]);
    const [, thanks] = await engine.sink.waitFor('clicker@stop.example', 2);
    expect(thanks?.subject).toContain('The other mail');
    await life.offered(ready);
    expect(engine.sink.to('ready@stop.example')).toHaveLength(1);
  });

  test('during a hand-off holds its clocks; the rep may accept, and has the whole time again once it is over', async () => {
    const { leadId, assignment } = await life.ready({ email: 'handoff@stop.example', firstName: 'Haltina' });
    await life.untilMailed(assignment.rep, 'Haltina', 1);
    await pause(leadId);
    await engine.forward(leadId, '2 days');
    expect(await life.assignments(leadId)).toMatchObject([{ status: 'offered', remindedAt: null }]);
    await resume(leadId);
    await engine.forward(leadId, '3 hours');
    expect(await life.assignments(leadId)).toMatchObject([{ status: 'offered', remindedAt: expect.any(Date) }]);
    await pause(leadId);
    const accept = await life.tell(leadId, repActor(assignment.repId), { kind: 'accept', assignmentId: assignment.id });
    expect(accept).toMatchObject({ ok: true, stage: 'accepted' });
  });
});

describe('while a lead is paused', () => {
  test('its owner is not written to: the request is in the need, and the mail comes once it is resumed', async () => {
    const { leadId, assignment } = await life.accepted({ email: 'quiet@stop.example', firstName: 'Quietta' });
    await life.untilMailed(assignment.rep, 'Quietta', 1);
    await pause(leadId);
    await engine.submit({ email: 'quiet@stop.example', source: 'web', need: { productLine: 'pumps' } });
    await engine.until(
      () => engine.db.outbox.count({ where: { leadId } }),
      (rings) => rings === 0,
    );
    expect(await life.need(leadId)).toMatchObject({ productLine: 'pumps' });
    expect(life.mailsTo(assignment.rep, 'Quietta has asked again')).toHaveLength(0);
    await resume(leadId);
    await life.untilMailed(assignment.rep, 'Quietta has asked again', 1);
    expect(await life.audits(leadId, 'request.added')).toHaveLength(1);
  });

  test('it is offered to no rep, whoever asks for that', async () => {
    const leadId = await engine.submit({ email: 'later@stop.example', source: 'drip' });
    await engine.sink.waitFor('later@stop.example', 1);
    await pause(leadId);
    await engine.submit({ email: 'later@stop.example', source: 'fair', enterAt: { stage: 'assigned' } });
    await engine.until(
      () => engine.db.outbox.count({ where: { leadId } }),
      (rings) => rings === 0,
    );
    expect(await life.assignments(leadId)).toEqual([]);
    await resume(leadId);
    await life.offered(leadId);
  });

  test('a lead that was offered to a team that the playbook no longer has can be resumed', async () => {
    const { leadId, assignment } = await life.ready({ email: 'gone@stop.example', firstName: 'Gonda' });
    await life.untilMailed(assignment.rep, 'Gonda', 1);
    await pause(leadId);
    await engine.db.assignment.update({ where: { id: assignment.id }, data: { team: 'gone' } });
    expect(await resume(leadId)).toMatchObject({ ok: true });
    expect(await engine.lead(leadId)).toMatchObject({ heldAt: null });
  });
});

describe('a template that throws', () => {
  test('holds the one lead, with the reason; resuming it tries again', async () => {
    const poisoned = await engine.submit({ email: 'victim@hold.example', source: 'poison' });
    const held = await engine.until(
      () => engine.lead(poisoned),
      (lead) => lead.heldAt !== null,
    );
    expect(held.heldReason).toContain('TEMPLATE_BROKEN');
    expect(held.heldReason).not.toContain('victim@');
    expect(held.stage).toBe('nurturing');
    expect(await life.enrollment(poisoned)).toMatchObject({ cadence: 'poison', stepId: 'one' });
    expect(await life.sends(poisoned)).toHaveLength(0);
    const other = await engine.submit({ email: 'other@hold.example', source: 'drip' });
    await engine.sink.waitFor('other@hold.example', 1);
    expect(await engine.lead(other)).toMatchObject({ heldAt: null });
    expect(await resume(poisoned)).toMatchObject({ ok: true });
    await engine.until(
      () => life.audits(poisoned, 'lead.held'),
      (entries) => entries.length === 2,
    );
    expect(await engine.lead(poisoned)).toMatchObject({ heldAt: expect.any(Date), stage: 'nurturing' });
    expect(await life.tell(poisoned, MANAGER, { kind: 'enroll', cadence: 'drip' })).toMatchObject({ ok: true });
    expect(await resume(poisoned)).toMatchObject({ ok: true });
    await engine.sink.waitFor('victim@hold.example', 1);
  });
});

describe('rows that do not go together', () => {
  test('hold the lead: otherwise its process would come back at once, without end. Once they are mended and it is resumed, it goes on', async () => {
    const { leadId, assignment } = await life.ready({ email: 'torn@hold.example', firstName: 'Torna' });
    // The brief is out, and written down as such.
    await engine.until(
      async () => (await life.assignments(leadId))[0]?.briefDueAt,
      (briefDueAt) => briefDueAt === null,
    );
    const set = (status: 'expired' | 'offered') =>
      engine.db.assignment.update({ where: { id: assignment.id }, data: { status } });
    await set('expired');
    await engine.forward(leadId, '2 days');
    expect((await engine.lead(leadId)).heldReason).toMatch(/is due, and nothing can be done about it/);
    await set('offered');
    expect(await resume(leadId)).toMatchObject({ ok: true });
    await engine.forward(leadId, '5 hours');
    const next = await life.offered(leadId, assignment);
    expect(next.repId).not.toBe(assignment.repId);
  });
});

describe('a rep whose address is refused', () => {
  test('and no other rep can get the lead: the lead is held with the reason', async () => {
    engine.sink.behave(({ to }) => (to.endsWith('@sales.example') ? { code: 550, text: '5.1.1 no such user' } : null));
    const leadId = await engine.submit({
      email: 'unread@rep.example',
      source: 'fair',
      enterAt: { stage: 'opportunity' },
    });
    const held = await engine.until(
      () => engine.lead(leadId),
      (lead) => lead.heldAt !== null,
    );
    expect(held.heldReason).toMatch(/^rep-\w+ cannot be told by mail, so tell them by hand .*550/);
    expect(held.heldReason).not.toContain('@');
  });
});

describe('SMTP', () => {
  /** Answers for one address until told otherwise. */
  function answer(address: string, code: number, text: string): void {
    engine.sink.behave(({ to }) => (to === address ? { code, text } : null));
  }

  test('550 for the recipient: failed, suppressed, and the cadence goes on and skips mails with the reason', async () => {
    answer('gone@smtp.example', 550, '5.1.1 no such user');
    const leadId = await engine.submit({ email: 'gone@smtp.example', source: 'drip' });
    await engine.until(
      () => life.sends(leadId),
      ([send]) => send?.status === 'failed',
    );
    engine.sink.behave(null);
    expect(await engine.db.suppression.findFirst({ where: { email: 'gone@smtp.example' } })).toMatchObject({
      reason: 'hard-bounce',
    });
    await engine.forward(leadId, '5 days');
    expect(await outcomes(leadId)).toEqual([
      ['one', 'failed', expect.stringContaining('550')],
      ['two', 'skipped', 'suppressed:hard-bounce'],
      ['three', 'skipped', 'suppressed:hard-bounce'],
    ]);
    expect(engine.sink.to('gone@smtp.example')).toHaveLength(0);
    expect(await engine.lead(leadId)).toMatchObject({ stage: 'dormant', heldAt: null });
  });

  test('550 after the lead got another address: the address that was mailed is suppressed, and the new one gets the next mail', async () => {
    const [before, now] = ['old@smtp.example', 'new@smtp.example'];
    answer(before, 550, '5.1.1 no such user');
    using answered = engine.stopAt('effect.acted', before);
    const leadId = await engine.submit({ email: before, source: 'drip' });
    await answered.reached;
    await engine.db.lead.update({ where: { id: leadId }, data: { email: now } });
    answered.go();
    await engine.until(
      () => life.sends(leadId),
      ([send]) => send?.status === 'failed',
    );
    engine.sink.behave(null);
    expect(await engine.db.suppression.findMany({ where: { leadId } })).toMatchObject([{ email: before }]);
    await engine.forward(leadId, '3 days');
    expect(engine.sink.to(now)).toHaveLength(1);
  });

  test('554 our reputation is bad: nobody is held or suppressed, the same mail is tried again and sent once it is taken', async () => {
    const email = 'policy@refusing.example';
    answer(email, 554, '5.7.1 our reputation is bad');
    const leadId = await engine.submit({ email, source: 'drip' });
    await engine.until(
      () => life.enrollment(leadId),
      (one) => one?.attempts === 1,
    );
    const refused = await engine.db.mailRefusal.findUnique({ where: { receiver: 'refusing.example' } });
    expect(refused?.reason).toContain('554');
    expect((await engine.lead(leadId)).heldAt).toBeNull();
    expect(await engine.db.suppression.count({ where: { email } })).toBe(0);
    engine.sink.behave(null);
    await engine.forward(leadId, '5 minutes');
    await engine.sink.waitFor(email, 1);
    await engine.forward(leadId, '5 days');
    expect((await outcomes(leadId)).map(([step, status]) => [step, status])).toEqual([
      ['one', 'sent'],
      ['two', 'sent'],
      ['three', 'sent'],
    ]);
    expect(life.days(engine.sink.to(email))).toEqual([0, 2, 4]);
  });

  test('554 message refused: held, nothing suppressed or lost, and after resuming the same mail is sent', async () => {
    const email = 'content@smtp.example';
    answer(email, 554, 'message refused');
    const leadId = await engine.submit({ email, source: 'drip' });
    const held = await engine.until(
      () => engine.lead(leadId),
      (lead) => lead.heldAt !== null,
    );
    expect(held.heldReason).toContain('554');
    expect(await engine.db.suppression.count({ where: { email } })).toBe(0);
    await engine.forward(leadId, '3 days');
    expect((await life.enrollment(leadId))?.stepId).toBe('one');
    await resume(leadId);
    await engine.until(
      () => life.audits(leadId, 'lead.held'),
      (entries) => entries.length === 2,
    );
    engine.sink.behave(null);
    await resume(leadId);
    await engine.sink.waitFor(email, 1);
    await engine.forward(leadId, '5 days');
    expect((await outcomes(leadId)).map(([step, status]) => [step, status])).toEqual([
      ['one', 'sent'],
      ['two', 'sent'],
      ['three', 'sent'],
    ]);
    expect(life.days(engine.sink.to(email))).toEqual([0, 2, 4]);
  });

  test('421: put off with growing waits, and sent once it works', async () => {
    answer('busy@smtp.example', 421, '4.3.2 too busy');
    const leadId = await engine.submit({ email: 'busy@smtp.example', source: 'drip' });
    await engine.until(
      () => life.enrollment(leadId),
      (one) => one?.attempts === 1,
    );
    await engine.forward(leadId, '100 minutes');
    expect((await life.enrollment(leadId))?.attempts).toBe(5);
    const puts = (await life.audits(leadId, 'step.performed')).map(({ occurredAt }) => occurredAt.getTime());
    const waits = puts.slice(1).map((at, n) => Math.round((at - (puts[n] ?? 0)) / 60_000));
    expect(waits).toEqual([1, 5, 15, 60]);
    engine.sink.behave(null);
    await engine.forward(leadId, '4 hours');
    await engine.sink.waitFor('busy@smtp.example', 1);
    await engine.forward(leadId, '5 days');
    expect(engine.sink.to('busy@smtp.example')).toHaveLength(3);
  });

  test('421 for days: held in the end, and resuming tries the same mail again', async () => {
    answer('never@smtp.example', 421, '4.3.2 too busy');
    const leadId = await engine.submit({ email: 'never@smtp.example', source: 'drip' });
    await engine.until(
      () => life.enrollment(leadId),
      (one) => one?.attempts === 1,
    );
    await engine.forward(leadId, '3 days');
    expect((await engine.lead(leadId)).heldReason).toContain('421');
    engine.sink.behave(null);
    await resume(leadId);
    await engine.sink.waitFor('never@smtp.example', 1);
    await engine.until(
      () => life.enrollment(leadId),
      (one) => one?.stepId === 'two',
    );
    expect(await outcomes(leadId)).toEqual([['one', 'sent', null]]);
  });
});

test('an out-of-office that names the day of return: the next mail waits for that day, and the others keep their distance', async () => {
  const email = 'away@absent.example';
  const leadId = await engine.submit({ email, source: 'drip' });
  await engine.sink.waitFor(email, 1);
  const [first] = await life.sends(leadId);
  const { did, ringIds } = await keepInbound(engine.store, {
    digest: 'out of office',
    sendId: first?.id ?? '',
    verdict: 'auto-reply',
    status: null,
    recipient: null,
    excerpt: 'I am back next week.',
    awayUntilMs: Date.now() + 6 * 86_400_000,
  });
  expect(did).toBe('recorded');
  engine.relay.ring(ringIds);
  const read = await readLead(engine.db, leadId);
  const waits = read === null ? [] : await waitsFor(engine.db, read, Date.now());
  expect(waits).toMatchObject([{ ref: 'absence', what: expect.stringMatching(/^It is out of office/) }]);
  expect(outlasting(waits, read?.nextDueAt ?? null)?.until).toEqual(waits[0]?.until);
  await engine.forward(leadId, '5 days');
  expect(engine.sink.to(email)).toHaveLength(1);
  expect(await engine.lead(leadId)).toMatchObject({ stage: 'nurturing', heldAt: null, pausedAt: null });
  await engine.forward(leadId, '4 days');
  await engine.sink.waitFor(email, 3);
  expect(life.days(engine.sink.to(email))).toEqual([0, 6, 8]);
});

describe('a lead that may not be mailed', () => {
  test('unsubscribes in the middle: the cadence ends, the lead is dormant, nothing more is sent', async () => {
    const leadId = await engine.submit({ email: 'leaver@consent.example', source: 'drip' });
    await engine.sink.waitFor('leaver@consent.example', 1);
    await engine.forward(leadId, '1 day');
    engine.relay.ring((await unsubscribe(engine.store, { leadId, source: 'link' })).ringIds);
    await engine.untilStage(leadId, 'dormant');
    expect(await engine.db.enrollment.findFirst({ where: { leadId } })).toMatchObject({
      status: 'ended',
      endReason: 'unsubscribed',
    });
    await engine.forward(leadId, '10 days');
    expect(engine.sink.to('leaver@consent.example')).toHaveLength(1);
  });

  test('reports a mail as spam: the cadence ends at once, as after an unsubscribe', async () => {
    const email = 'angry@consent.example';
    const leadId = await engine.submit({ email, source: 'drip' });
    await engine.sink.waitFor(email, 1);
    const [first] = await life.sends(leadId);
    const complaint = {
      digest: 'complaint of angry@consent.example',
      sendId: first?.id ?? '',
      verdict: 'complaint',
      status: null,
      recipient: null,
      excerpt: '',
    };
    const { did, ringIds } = await keepInbound(engine.store, complaint);
    expect(did).toBe('suppressed');
    engine.relay.ring(ringIds);
    await engine.untilStage(leadId, 'dormant');
    expect(await engine.db.enrollment.findFirst({ where: { leadId } })).toMatchObject({
      status: 'ended',
      endReason: 'complained',
    });
    expect(await engine.lead(leadId)).toMatchObject({ nextDueAt: null });
    expect(await life.sends(leadId)).toHaveLength(1);
  });

  test('never consented: each mail is skipped with the reason, until there is a consent', async () => {
    const leadId = await engine.submit({
      email: 'silent@consent.example',
      source: 'drip',
      consent: undefined as never,
    });
    await engine.until(
      () => outcomes(leadId),
      (rows) => rows.length === 1,
    );
    await engine.forward(leadId, '1 day');
    expect(await outcomes(leadId)).toEqual([['one', 'skipped', 'no-consent']]);
    await engine.submit({
      email: 'silent@consent.example',
      source: 'preference page',
      consent: { text: 'Yes please', source: 'page' },
    });
    await engine.forward(leadId, '2 days');
    await engine.sink.waitFor('silent@consent.example', 1);
    expect(await outcomes(leadId)).toEqual([
      ['one', 'skipped', 'no-consent'],
      ['two', 'sent', null],
    ]);
  });

  test('has no email: gets no mail, and is handed over like any other', async () => {
    const leadId = await engine.submit({ phone: '+39 02 1234567', firstName: 'Fonina', country: 'IT', source: 'drip' });
    await engine.until(
      () => outcomes(leadId),
      (rows) => rows.length === 1,
    );
    expect(await outcomes(leadId)).toEqual([['one', 'skipped', 'no-email']]);
    await life.demo(leadId);
    const { rep } = await life.offered(leadId);
    const [brief] = await life.untilMailed(rep, 'Fonina', 1);
    expect(brief?.html).toMatch(/tel:\+39 ?02/);
  });
});
