import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createManagerWatch } from '../../src/api/manager-watch.ts';
import { newId } from '../../src/domain/ids.ts';
import type { Standing } from '../../src/domain/standing.ts';
import { createLogger } from '../../src/runtime/log.ts';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { keepNote } from '../../src/store/sales/notes.ts';
import { isAtWork } from '../../src/temporal/at-work.ts';
import { RING_SIGNAL, STATE_QUERY } from '../../src/workflows/messages.ts';
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

async function activitiesOf(leadId: string): Promise<number> {
  const { events } = await engine.handle(leadId).fetchHistory();
  return (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes).length;
}

describe('routing', () => {
  test('goes to the team of the first rule that matches', async () => {
    const italian = await life.ready({ email: 'gina@route.example', country: 'IT' });
    const german = await life.ready({ email: 'gerd@route.example', country: 'DE' });
    expect(italian.assignment).toMatchObject({ team: 'south', rule: 'south', rep: { key: 'dino' } });
    expect(german.assignment).toMatchObject({ team: 'north', rule: 'the-rest' });
  });

  test('each lead goes to the rep of the team whose last offer is the longest ago', async () => {
    const keys: string[] = [];
    for (let n = 0; n < 6; n += 1)
      keys.push((await life.ready({ email: `turn${n}@route.example` })).assignment.rep.key);
    expect(new Set(keys.slice(0, 3))).toEqual(new Set(['ada', 'bob', 'cleo']));
    expect(keys.slice(3)).toEqual(keys.slice(0, 3));
  });
});

describe('a team without an active rep, as a newer playbook revision has changed it', () => {
  test('is asked again until it has an active rep, who is then offered the lead', async () => {
    const leadId = await engine.submit({ email: 'moved@route.example', source: 'drip', country: 'IT' });
    await engine.untilStage(leadId, 'nurturing');
    await engine.db.rep.updateMany({ where: { key: 'dino' }, data: { teams: ['elsewhere'] } });
    await life.demo(leadId);
    const need = await engine.until(
      () => life.need(leadId),
      ({ waitingFor }) => waitingFor === 'error',
    );
    expect(need.waitingWhy).toContain('has no active rep');
    await engine.db.rep.updateMany({ where: { key: 'dino' }, data: { teams: ['south'] } });
    await engine.forward(leadId, '2 minutes');
    expect((await life.offered(leadId)).rep.key).toBe('dino');
  });
});

describe('a lead with sales that is asked about again and again', () => {
  test('continues as a new run before its history is long', async () => {
    const { leadId, assignment } = await life.ready({ email: 'again@history.example' });
    const first = (await engine.handle(leadId).describe()).runId;
    await engine.until(
      async () => {
        const { standing, runId, historyLength, isAtRest } = await look(leadId);
        // One bell after the other: those that ring while it works stand in its history, however long that takes.
        if (runId === first && isAtRest)
          await engine.handle(leadId).signal(RING_SIGNAL, { outboxId: newId('outbox'), reason: 'request' });
        expect(historyLength).toBeLessThan(250);
        return { runId, standing };
      },
      ({ runId, standing }) => runId !== first && standing?.next.kind === 'decision',
      60_000,
    );
    await life.tell(leadId, repActor(assignment.repId), { kind: 'accept', assignmentId: assignment.id });
    await engine.untilStage(leadId, 'accepted');
  });

  async function look(leadId: string) {
    const standing = await engine.handle(leadId).query<Standing | null>(STATE_QUERY);
    const described = await engine.handle(leadId).describe();
    const { runId, historyLength } = described;
    return { standing, runId, historyLength, isAtRest: !isAtWork(described) };
  }
});

describe('the brief', () => {
  test('is sent by the same activity that heard that the lead qualified', async () => {
    const email = 'quick@brief.example';
    const leadId = await engine.submit({ email, source: 'drip' });
    await engine.sink.waitFor(email, 1);
    await engine.until(
      () => engine.lead(leadId),
      (lead) => lead.nextDueAt !== null,
    );
    const before = await activitiesOf(leadId);
    await life.demo(leadId);
    await engine.until(
      () => engine.handle(leadId).query<Standing | null>(STATE_QUERY),
      (standing) => standing?.next.kind === 'decision',
    );
    expect(await engine.db.send.findMany({ where: { leadId, audience: 'rep' } })).toMatchObject([{ status: 'sent' }]);
    expect((await activitiesOf(leadId)) - before).toBe(1);
  });

  test('says who it is, where from, why now, what it did, and links to the decision', async () => {
    const submission = {
      email: 'wilma@brief.example',
      firstName: 'Wilma',
      lastName: 'Brief',
      company: 'Brief & Sons',
      jobTitle: 'farm owner',
    };
    const leadId = await engine.submit({
      ...submission,
      source: 'drip',
      campaign: 'spring-ebook',
      need: { productLine: 'drip-lines' },
    });
    await engine.record({ leadId, type: 'page.viewed', properties: { path: '/pumps' } });
    await engine.record(...Array.from({ length: 3 }, () => ({ leadId, type: 'email.clicked' })));
    const { rep } = await life.offered(leadId);
    const [mail] = await life.untilMailed(rep, 'Wilma', 1);
    const text = `${mail?.subject}\n${mail?.html}`;
    for (const part of [
      'Wilma Brief',
      'Brief &amp; Sons',
      'farm owner',
      'wilma@brief.example',
      'drip',
      'spring-ebook',
      'drip-lines',
    ]) {
      expect(text).toContain(part);
    }
    expect(mail?.text).toMatch(/Why now:\W+Clicked in an email just now; grade A, “farm owner”\./);
    expect(mail?.text).toMatch(/Next:\W+Write to them today and offer two times for a call\. Find out: budget/);
    expect(text).toMatch(/GRADE A .*SCORE 32/);
    expect(text).toMatch(/\+30<\/strong>.*clicked/);
    expect(text).toContain(': “/pumps”');
    expect(text).toMatch(/https?:\/\/[^"]+\/r\/[\w.~-]{20,}/);
    expect(mail?.headers.get('auto-submitted')).toBeDefined();
  });

  test('tells the next rep what the one before noted, and why it was sent on', async () => {
    const { leadId, assignment } = await life.ready({ email: 'noted@brief.example', firstName: 'Notina' });
    const commandId = newId('command');
    const actor = repActor(assignment.repId);
    const noteId = await keepNote(engine.store, { commandId, leadId, actor, text: 'Speaks Dutch only' });
    const rejected = { kind: 'reject', assignmentId: assignment.id, reason: 'wrong-region', noteId } as const;
    expect(await life.tell(leadId, actor, rejected, commandId)).toMatchObject({ ok: true });
    await life.tell(leadId, MANAGER, { kind: 'reroute', assignmentId: assignment.id, team: 'south' });
    const { rep } = await life.offered(leadId, assignment);
    const [mail] = await life.untilMailed(rep, 'Notina', 1);
    expect(mail?.text).toContain('Speaks Dutch only');
    expect(mail?.text).toContain(`${assignment.rep.name} sent it back as ‘Not my region’`);
  });

  test('SMTP refuses it for now: it is mailed later, and the rep can accept meanwhile', async () => {
    let refuse = true;
    engine.sink.behave(({ to }) =>
      refuse && to.endsWith('@sales.example') ? { code: 421, text: '4.3.2 try again later' } : null,
    );
    const { leadId, assignment } = await life.ready({ email: 'later@brief.example', firstName: 'Laterna' });
    const due = await engine.until(
      () => engine.db.assignment.findUniqueOrThrow({ where: { id: assignment.id } }),
      (one) => one.briefAttempts > 0,
    );
    expect(due.briefDueAt?.getTime()).toBeGreaterThan(due.offeredAt.getTime());
    const other = await life.ready({ email: 'meanwhile@brief.example', firstName: 'Meanwhilhelm' });
    const verdict = await life.tell(other.leadId, repActor(other.assignment.repId), {
      kind: 'accept',
      assignmentId: other.assignment.id,
    });
    expect(verdict).toMatchObject({ ok: true, stage: 'accepted' });
    refuse = false;
    await engine.forward(leadId, '10 minutes');
    expect(life.mailsTo(assignment.rep, 'Laterna')).toHaveLength(1);
    engine.sink.behave(null);
    const briefs = await engine.db.send.findMany({ where: { assignmentId: assignment.id } });
    expect(briefs.map((send) => send.status)).toEqual(['sent']);
  });
});

describe('the SLA', () => {
  test('does not run for a rep who could not be told: the lead is held, and a rep who is told has the whole time', async () => {
    engine.sink.behave(({ to }) => (to.endsWith('@sales.example') ? { code: 421, text: '4.3.2 not now' } : null));
    const { leadId, assignment } = await life.ready({ email: 'silent@sla.example', firstName: 'Silenta' });
    await engine.forward(leadId, '13 hours');
    expect(await life.assignments(leadId)).toMatchObject([{ id: assignment.id, status: 'offered', remindedAt: null }]);
    expect((await engine.lead(leadId)).heldReason).toMatch(/could not be mailed/);
    engine.sink.behave(null);
    expect(await life.tell(leadId, MANAGER, { kind: 'resume' })).toMatchObject({ ok: true });
    const [brief] = await life.untilMailed(assignment.rep, 'Silenta', 1);
    await engine.forward(leadId, '3 hours');
    expect(life.hours(life.mailsTo(assignment.rep, 'Silenta'))).toEqual([0, 2]);
    const [offered] = await life.assignments(leadId);
    // Counted from the beginning of the minute of the brief, which may be the minute before it arrived.
    const wholeMs = (brief?.date.getTime() ?? 0) + 4 * 3_600_000;
    expect(offered?.dueAt?.getTime()).toBeGreaterThan(wholeMs - 2 * 60_000);
    expect(offered?.dueAt?.getTime()).toBeLessThanOrEqual(wholeMs + 60_000);
  });

  test('runs for a rep who has the brief, whatever other mail fails', async () => {
    const { leadId, assignment } = await life.ready({ email: 'again@sla.example', firstName: 'Againa' });
    await life.untilMailed(assignment.rep, 'Againa', 1);
    await engine.forward(leadId, '3 hours');
    engine.sink.behave(({ to }) => (to.endsWith('@sales.example') ? { code: 421, text: '4.3.2 not now' } : null));
    await engine.submit({ email: 'again@sla.example', source: 'web' });
    await engine.until(
      () => engine.db.assignment.findUniqueOrThrow({ where: { id: assignment.id } }),
      (one) => one.briefAttempts > 0,
    );
    await engine.forward(leadId, '30 minutes');
    // After 1, 2, 5 and 15 minutes: not every minute, without end.
    expect((await life.assignments(leadId))[0]).toMatchObject({ status: 'offered', briefAttempts: 5 });
    await engine.forward(leadId, '31 minutes');
    const [first] = await engine.until(
      () => life.assignments(leadId),
      ([one]) => one?.status === 'expired',
    );
    expect(first?.id).toBe(assignment.id);
  });

  test('starts when the brief is sent at last', async () => {
    engine.sink.behave(({ to }) => (to.endsWith('@sales.example') ? { code: 421, text: '4.3.2 not now' } : null));
    const { leadId, assignment } = await life.ready({ email: 'at-last@sla.example', firstName: 'Lastina' });
    await engine.forward(leadId, '84 minutes');
    engine.sink.behave(null);
    await engine.forward(leadId, '5 hours');
    expect(life.mailsTo(assignment.rep, 'Lastina').map(({ subject }) => subject)).toEqual([
      expect.stringContaining('New lead'),
    ]);
    expect(await life.assignments(leadId)).toMatchObject([{ id: assignment.id, status: 'offered', remindedAt: null }]);
  });

  test('reminds once, half way, and then offers the lead to the next rep; a late answer gets a clear refusal', async () => {
    const { leadId, assignment } = await life.ready({ email: 'slow@sla.example', firstName: 'Slowena' });
    await life.untilMailed(assignment.rep, 'Slowena', 1);
    await engine.forward(leadId, '3 hours');
    const told = life.mailsTo(assignment.rep, 'Slowena');
    expect(told.map((mail) => mail.subject)).toEqual([
      expect.stringContaining('New lead'),
      expect.stringContaining('Still waiting'),
    ]);
    expect(life.hours(told)).toEqual([0, 2]);
    await engine.forward(leadId, '61 minutes');
    expect(life.mailsTo(assignment.rep, 'Slowena')).toHaveLength(2);
    const next = await life.offered(leadId, assignment);
    expect(next.repId).not.toBe(assignment.repId);
    await life.untilMailed(next.rep, 'Slowena', 1);
    const late = await life.tell(leadId, repActor(assignment.repId), { kind: 'accept', assignmentId: assignment.id });
    expect(late).toMatchObject({ ok: false, code: 'ASSIGNMENT_TAKEN' });
    expect(await life.assignments(leadId)).toMatchObject([{ status: 'expired' }, { status: 'offered' }]);
    expect(await engine.lead(leadId)).toMatchObject({ stage: 'assigned', ownerId: next.repId });
  });

  test('no rep answers in time: the lead is in the attention list until a manager reroutes it', async () => {
    const { leadId } = await life.ready({ email: 'nobody@sla.example', firstName: 'Nobodine' });
    await engine.forward(leadId, '13 hours');
    expect(await engine.lead(leadId)).toMatchObject({ stage: 'qualified', ownerId: null });
    expect((await life.need(leadId)).waitingBecause).toContain('did not answer');
    const list = await engine.db.$transaction((tx) => attentionPage(tx, { kind: 'all' }, null, null, 100));
    expect(list.filter((row) => row.leadId === leadId)).toMatchObject([{ kind: 'unassigned' }]);
    // A manager of teams is told of the leads of those teams.
    for (const team of ['north', 'south'])
      await engine.db.user.create({
        data: { id: newId('user'), email: `${team}@managers.example`, name: team, role: 'manager', teams: [team] },
      });
    // The manager is mailed once, and again the day after. What certainly did not leave is told by the next look: the server was busy, or
    // it refused us for good and not the manager. The pause between two tries is over.
    const endPauses = (): Promise<unknown> =>
      engine.db.mailRefusal.updateMany({ data: { until: new Date(Date.now() - 1_000) } });
    const answers = [
      { code: 421, text: '4.3.2 not now' },
      { code: 554, text: '5.7.1 our blocklist names your IP address' },
    ];
    for (const [n, answer] of answers.entries()) {
      engine.sink.behave(({ to }) => (to === 'boss@sales.example' ? answer : null));
      expect(await lookForManagers()).toBe(n === 0 ? 1 : 0);
      expect(await lookForManagers()).toBe(0);
      await endPauses();
    }
    engine.sink.behave(null);
    expect(engine.sink.to('north@managers.example')[0]?.text).toContain('Nobodine');
    expect(engine.sink.to('south@managers.example')).toEqual([]);
    expect(await lookForManagers()).toBe(1);
    expect(await lookForManagers()).toBe(0);
    expect(await lookForManagers(20 * 3_600_000)).toBe(0);
    expect(await lookForManagers(25 * 3_600_000)).toBe(2);
    const told = engine.sink.to('boss@sales.example').filter(({ text }) => text?.includes('Nobodine'));
    expect(told).toHaveLength(2);
    expect(told[0]?.text).toContain('did not answer');
    for (const name of ['Ada', 'Bob', 'Cleo'])
      expect(told[0]?.text).toMatch(new RegExp(`${name} (refused it|let it pass)`));
    expect(told[0]?.text).toContain(`/console/leads/${leadId}`);
    expect(told[0]?.headers.get('auto-submitted')).toBe('auto-generated');
    const tried = await life.assignments(leadId);
    expect(new Set(tried.map(({ rep }) => rep.key))).toEqual(new Set(['ada', 'bob', 'cleo']));
    const last = tried.at(-1)?.id ?? '';
    expect(await life.tell(leadId, MANAGER, { kind: 'reroute', assignmentId: last, team: 'east' })).toMatchObject({
      ok: false,
      code: 'VALIDATION_FAILED',
    });
    const verdict = await life.tell(leadId, MANAGER, { kind: 'reroute', assignmentId: last, team: 'south' });
    expect(verdict).toMatchObject({ ok: true, stage: 'assigned' });
    const { rep } = await life.offered(leadId);
    expect(rep.key).toBe('dino');
    await life.untilMailed(rep, 'Nobodine', 1);
    expect((await life.need(leadId)).waitingBecause).toBeNull();
  });

  test('a manager reads why a rep sent a lead back in the words of the reason, with the note', async () => {
    const { leadId, assignment } = await life.ready({ email: 'labelled@attention.example', firstName: 'Labella' });
    const commandId = newId('command');
    const actor = repActor(assignment.repId);
    const noteId = await keepNote(engine.store, { commandId, leadId, actor, text: 'Wants a dealer nearby' });
    const rejected = { kind: 'reject', assignmentId: assignment.id, reason: 'wrong-region', noteId } as const;
    expect(await life.tell(leadId, actor, rejected, commandId)).toMatchObject({ ok: true });
    await engine.until(
      () => life.need(leadId),
      ({ waitingBecause }) => waitingBecause !== null,
    );
    // Later than any mail of the tests before.
    await lookForManagers(60 * 3_600_000);
    const told = engine.sink.to('boss@sales.example').find(({ text }) => text?.includes('Labella'));
    expect(told?.text).toContain('Not my region');
    expect(told?.text).toContain('Wants a dealer nearby');
    expect(told?.text).not.toContain('wrong-region');
  });
});

/** One look at what waits for managers, so long from now; how many mails left. */
async function lookForManagers(inMs = 0): Promise<number> {
  const { db, store, config } = engine;
  const { transport, from, publicUrl } = engine.deps.mail;
  const log = createLogger(config, 'test');
  const watch = createManagerWatch({
    db,
    rules: store.rules,
    log,
    mail: { transport, from, publicUrl },
    realNow: () => Date.now() + inMs,
  });
  const left = await watch.runNow();
  await watch.close();
  return left;
}

describe('a decision', () => {
  test('of two reps at once one counts, and the other gets a clear refusal', async () => {
    const email = 'both@decide.example';
    const { leadId, assignment } = await life.ready({ email });
    const accept = { kind: 'accept', assignmentId: assignment.id } as const;
    using judged = engine.stopAt('command.judged', email);
    const first = life.tell(leadId, repActor(assignment.repId), accept);
    await judged.reached;
    const second = await life.tell(leadId, MANAGER, accept);
    expect(second).toMatchObject({ ok: false, code: 'ASSIGNMENT_TAKEN' });
    expect(await life.audits(leadId, 'assignment.accepted')).toEqual([]);
    judged.go();
    expect(await first).toMatchObject({ ok: true, stage: 'accepted' });
    expect(await life.audits(leadId, 'assignment.accepted')).toHaveLength(1);
  });

  test('at the very moment that the brief arrives is accepted', async () => {
    const email = 'fast@decide.example';
    // The brief is with the rep, and the process does not know it yet.
    using acted = engine.stopAt('effect.acted', email);
    const leadId = await engine.submit({
      email,
      firstName: 'Fastina',
      country: 'IT',
      source: 'drip',
      event: { type: 'demo.requested' },
    });
    await acted.reached;
    expect(life.mailsTo({ email: 'dino@sales.example' }, 'Fastina')).toHaveLength(1);
    const [assignment] = await life.assignments(leadId);
    const verdict = life.tell(leadId, repActor(assignment?.repId ?? ''), {
      kind: 'accept',
      assignmentId: assignment?.id ?? '',
    });
    await engine.until(
      async () => (await engine.handle(leadId).fetchHistory()).events ?? [],
      (events) => events.some((event) => event.workflowExecutionUpdateAcceptedEventAttributes),
    );
    acted.go();
    expect(await verdict).toMatchObject({ ok: true, stage: 'accepted' });
  });

  test('belongs to the rep it was offered to, or a manager', async () => {
    const { leadId, assignment } = await life.ready({ email: 'mine@decide.example' });
    const other = await engine.db.rep.findFirstOrThrow({ where: { id: { not: assignment.repId }, manager: false } });
    const told = { kind: 'accept', assignmentId: assignment.id } as const;
    expect(await life.tell(leadId, repActor(other.id), told)).toMatchObject({ ok: false, code: 'NOT_YOUR_ASSIGNMENT' });
    expect(await life.tell(leadId, MANAGER, told)).toMatchObject({ ok: true, repId: assignment.repId });
  });

  test('repeated with the same id gets the same verdict, also after the process has ended', async () => {
    const { leadId, assignment } = await life.ready({ email: 'again@decide.example' });
    const id = newId('command');
    const told = { kind: 'accept', assignmentId: assignment.id } as const;
    const rep = repActor(assignment.repId);
    const first = await life.tell(leadId, rep, told, id);
    expect(first).toMatchObject({ ok: true, stage: 'accepted' });
    expect(await life.tell(leadId, rep, told, id)).toEqual(first);
    await engine.until(
      () => engine.handle(leadId).describe(),
      ({ status }) => status.name === 'COMPLETED',
    );
    expect(await life.tell(leadId, rep, told, id)).toEqual(first);
    expect(await life.tell(leadId, rep, told)).toMatchObject({ ok: false, code: 'ASSIGNMENT_TAKEN' });
    expect(await life.tell(leadId, rep, told, id)).toEqual(first);
    expect(await life.audits(leadId, 'assignment.accepted')).toHaveLength(1);
  });
});
