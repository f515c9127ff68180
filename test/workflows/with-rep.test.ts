/** While a rep has a lead: first contact, answers, attempts, next steps, silence; and how often a lead is sent back. */
import { copyFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { readResponses } from '../../src/store/lists/board.ts';
import { readHistory } from '../../src/store/lists/hand-off-history.ts';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { assess } from '../../src/store/sales/assess.ts';
import { keepNote } from '../../src/store/sales/notes.ts';
import { routingOfLead } from '../../src/store/lists/routing.ts';
import { logActivity, type NewActivity } from '../../src/store/sales/log-activity.ts';
import { createHookWatch } from '../../src/api/hook-watch.ts';
import { takeMail } from '../../src/api/inbound/take-notice.ts';
import { createTokens } from '../../src/crypto/tokens.ts';
import { createWebhooks } from '../../src/effects/http/signed-post.ts';
import { type HookSink, startHookSink } from '../support/hook-sink.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { sentMail } from '../support/sent-mail.ts';
import { lifeOf, MANAGER, repActor } from './life.ts';

const ROUTING = `
rules:
  - { rule: hooked, when: { country: HR }, team: hooked }
  - { rule: first-contact, when: { source: fair }, team: phone }
  - { rule: everyone, team: north }
teams:
  north:
    name: North
    reps: [ada, bob]
    sla: { accept: 4 hours, remindAfter: 2 hours, contact: 8 hours, answer: 4 hours }
    attempts: { most: 3, reason: no-answer }
    idle: { warn: 5 days, takeBack: 8 days }
    workingHours: { days: mon-sun, from: "00:00", to: "24:00" }
    timeZone: UTC
  hooked:
    name: Hooked
    reps: [hana]
    sla: { accept: 4 hours, remindAfter: 2 hours, contact: 8 hours }
    workingHours: { days: mon-sun, from: "00:00", to: "24:00" }
    timeZone: UTC
    webhook: { url: "HOOK/crm", send: [country] }
  phone:
    name: Phone
    kind: tele-sales
    reps: [tess]
    sla: { accept: 1 hours, remindAfter: 0.5 hours, contact: 2 hours }
    workingHours: { days: mon-sun, from: "00:00", to: "24:00" }
    timeZone: UTC
reps:
  hana: { name: Hana, email: hana@sales.example }
  tess: { name: Tess, email: tess@sales.example }
  ada: { name: Ada, email: ada@sales.example }
  bob: { name: Bob, email: bob@sales.example }
  boss: { name: Boss, email: boss@sales.example, manager: true }
`;
const REASONS = `
no-answer: { label: Not reached, follow: recycle, cadence: back, coolOff: 0 days, score: keep, limit: 2 }
wrong-region: { label: Not my region, follow: reroute, note: required }
spam: { label: Spam, follow: disqualify, givesTurnBack: true }
competitor: { label: Competitor, follow: disqualify }
`;

let sink: HookSink;
let folder: string;
let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nurture-with-rep-'));
  await cp(path.join(import.meta.dirname, '../fixtures/playbook'), folder, { recursive: true });
  sink = await startHookSink();
  await writeFile(path.join(folder, 'routing.yaml'), ROUTING.replace('HOOK', sink.url));
  await writeFile(path.join(folder, 'reasons.yaml'), REASONS);
  const templates = path.join(folder, 'templates');
  await cp(path.join(import.meta.dirname, '../fixtures/templates'), templates, { recursive: true });
  await copyFile(path.join(templates, 'rep-reminder.mjml'), path.join(templates, 'rep-late.mjml'));
  await copyFile(
    path.join(import.meta.dirname, '../../templates/rep-reply.mjml'),
    path.join(templates, 'rep-reply.mjml'),
  );
  engine = await startEngine({ playbookDir: folder, templatesDir: templates });
  life = lifeOf(engine);
});
afterAll(async () => {
  await engine?.close();
  sink?.close();
  await rm(folder, { recursive: true, force: true });
});

async function log(leadId: string, activity: Omit<NewActivity, 'leadId'>): Promise<void> {
  const assignment = (await life.assignments(leadId)).at(-1);
  const { ringIds } = await logActivity(engine.store, repActor(assignment?.repId ?? ''), { leadId, ...activity });
  engine.relay.ring(ringIds);
}

async function attention(leadId: string): Promise<string[]> {
  const rows = await engine.db.$transaction((tx) => attentionPage(tx, { kind: 'all' }, null, null, 200));
  return rows.filter((row) => row.leadId === leadId).map(({ kind }) => kind);
}

/** The words of the mail about an answer of the lead, once it has come. */
async function replyMail(leadId: string): Promise<string> {
  const { id, assignmentId } = await engine.db.send.findFirstOrThrow({ where: { leadId, templateKey: 'rep-reply' } });
  const { rep } = await engine.db.assignment.findUniqueOrThrow({
    where: { id: assignmentId ?? '' },
    include: { rep: true },
  });
  const mail = await engine.until(
    () => Promise.resolve(engine.sink.to(rep.email).find((one) => one.sendId === id)),
    (one) => one !== undefined,
  );
  return (mail?.text ?? '').replaceAll(/\s+/g, ' ');
}

const latest = async (leadId: string) => (await life.assignments(leadId)).at(-1);

test('another program is told of the hand-offs of its team: each once, tried again, signed, and with no more of the person than is asked for', async () => {
  const webhooks = createWebhooks(engine.config.webhooks);
  const { db, deps, config } = engine;
  const watch = createHookWatch({ db, rules: deps.rules, webhooks, log: deps.log, publicUrl: config.publicUrl });
  await watch.close();
  const email = 'hooked@program.example';
  const { leadId, assignment } = await life.ready({ email, firstName: 'Hooksa', country: 'HR' });
  expect(await watch.runNow()).toBe(1);
  sink.answer((response) => response.writeHead(503).end());
  await life.tell(leadId, repActor(assignment.repId), { kind: 'accept', assignmentId: assignment.id });
  expect(await watch.runNow()).toBe(0);
  // Not before its time, and the ledger has no row of what certainly did not arrive.
  expect(await watch.runNow()).toBe(0);
  expect(await db.send.count({ where: { leadId, channel: 'webhook' } })).toBe(1);
  await db.handOffHook.updateMany({ data: { dueAt: new Date(0) } });
  sink.answer((response) => response.writeHead(204).end());
  expect(await watch.runNow()).toBe(1);
  await engine.forward(leadId, '9 hours');
  expect(await watch.runNow()).toBe(1);
  const told = sink.of(leadId);
  expect(told.map(({ data }) => [data['assignment'], data['rep'], data['what']])).toEqual([
    [assignment.id, 'hana', undefined],
    [assignment.id, 'hana', undefined],
    [assignment.id, 'hana', undefined],
    [assignment.id, 'hana', 'contact'],
  ]);
  expect(new Set(told.map(({ id }) => id)).size).toBe(3);
  expect(told[0]?.data).toMatchObject({ fields: { country: 'HR' }, team: 'hooked', stage: 'assigned' });
  expect(JSON.stringify(told)).not.toMatch(/Hooksa|hooked@program/);
  const rows = await db.send.findMany({ where: { leadId, channel: 'webhook' }, orderBy: { id: 'asc' } });
  expect(rows.map(({ templateKey, status }) => `${templateKey} ${status}`)).toEqual([
    'hand-off-offered sent',
    'hand-off-accepted sent',
    'hand-off-breached sent',
  ]);
  expect(await db.handOffHook.count({ where: { leadId } })).toBe(0);
  await webhooks.close();
});

test('a first contact that is late stands out until it is logged; so does an answer to a reply', async () => {
  const { leadId, assignment } = await life.accepted({ email: 'late@contact.example' });
  await engine.forward(leadId, '7 hours');
  expect(await attention(leadId)).toEqual([]);
  await engine.forward(leadId, '2 hours');
  expect(await attention(leadId)).toEqual(['late-contact']);
  expect(await life.audits(leadId, 'assignment.late')).toMatchObject([{ data: { what: 'contact' } }]);
  expect(await engine.db.send.findMany({ where: { leadId, templateKey: 'rep-late' } })).toMatchObject([
    { status: 'sent' },
  ]);
  await log(leadId, { kind: 'call', result: 'reached' });
  expect(await attention(leadId)).toEqual([]);
  const { contactDueAt, firstContactAt, contactLateAt } = await engine.db.assignment.findUniqueOrThrow({
    where: { id: assignment.id },
  });
  expect((firstContactAt?.getTime() ?? 0) > (contactDueAt?.getTime() ?? Infinity)).toBe(true);
  expect(contactLateAt).not.toBe(null);
  await engine.record({ leadId, type: 'reply.received' });
  await engine.until(
    () => latest(leadId),
    (one) => one?.answerDueAt !== null,
  );
  // The rep is told by mail, with a link and without what was written.
  await engine.until(
    () => engine.db.send.findMany({ where: { leadId, templateKey: 'rep-reply' } }),
    (sends) => sends[0]?.status === 'sent',
  );
  // Another system told of it: its text is not on the page of the lead. By when it is to be answered is told.
  expect(await replyMail(leadId)).toMatch(/the console does not have it\..* please answer yourself by [^.]*\d\d:\d\d/s);
  await engine.forward(leadId, '5 hours');
  expect(await attention(leadId)).toEqual(['late-answer']);
  await log(leadId, { kind: 'email' });
  expect(await attention(leadId)).toEqual([]);
  // Both times are kept for each reply: this one was late, the next one is answered in time.
  await engine.record({ leadId, type: 'reply.received' });
  await engine.until(
    () => latest(leadId),
    (one) => one !== undefined && one.answerDueAt !== null,
  );
  await log(leadId, { kind: 'call', result: 'reached' });
  const answers = await engine.db.replyAnswer.findMany({ where: { leadId }, orderBy: { answeredAt: 'asc' } });
  expect(answers.map(({ answeredAt, dueAt }) => dueAt !== null && answeredAt <= dueAt)).toEqual([false, true]);
  const responses = await readResponses(engine.db, [assignment.repId], new Date());
  const ofRep = responses.find(({ repId }) => repId !== null);
  expect(ofRep?.answer.inTime).toBe(0.5);
  expect(ofRep?.answer.p90).toBeGreaterThan(ofRep?.answer.median ?? Infinity);
  expect(ofRep?.contact.median).toBeGreaterThan(8 * 3600);
});

test('an answer that is known by its writer alone is told to the rep who has the lead; it gives no points', async () => {
  const email = 'writes@by-writer.example';
  const { leadId } = await life.accepted({ email });
  const sendId = await sentMail(engine.db, leadId);
  const before = await engine.lead(leadId);
  const raw = Buffer.from(`From: ${email}\r\nTo: hello@brookfield.example\r\nSubject: Hello\r\n\r\nCall me.\r\n`);
  const tokens = createTokens(engine.config.secretKeys);
  await takeMail({ store: engine.store, tokens, ring: engine.relay.ring }, 'test', { raw, to: [] });
  const rep = await engine.db.rep.findUniqueOrThrow({ where: { id: (await latest(leadId))?.repId ?? '' } });
  const told = () => engine.db.send.findMany({ where: { leadId, templateKey: 'rep-reply' } });
  await engine.until(told, ([one]) => one?.status === 'sent');
  const [mail] = await told();
  expect(mail).toMatchObject({ audience: 'rep' });
  await engine.until(
    () => Promise.resolve(engine.sink.to(rep.email).map((one) => one.sendId)),
    (ids) => ids.includes(mail?.id ?? ''),
  );
  expect((await latest(leadId))?.answerDueAt).not.toBeNull();
  expect(await replyMail(leadId)).toMatch(
    /stands on its page in the console\..* please answer yourself by [^.]*\d\d:\d\d/s,
  );
  expect(await engine.db.event.findMany({ where: { leadId, type: 'reply.received' } })).toMatchObject([
    { machine: true, sendId, properties: { byWriter: true } },
  ]);
  const after = await engine.lead(leadId);
  expect([after.score, after.lastEngagedAt]).toEqual([before.score, before.lastEngagedAt]);
});

test('three attempts without an answer send it back; after two such turns it is dormant, and a demo still brings it to sales', async () => {
  const { leadId } = await life.accepted({ email: 'nobody@attempts.example' });
  for (const turn of [1, 2, 3]) {
    if (turn > 1) {
      await life.demo(leadId);
      const { id, repId } = await life.offered(leadId);
      expect(await life.tell(leadId, repActor(repId), { kind: 'accept', assignmentId: id })).toMatchObject({
        ok: true,
      });
    }
    await log(leadId, { kind: 'call', result: 'no-answer' });
    await log(leadId, { kind: 'call', result: 'left-message' });
    expect((await engine.lead(leadId)).stage).toBe('accepted');
    await log(leadId, { kind: 'call', result: 'no-answer' });
    await engine.untilStage(leadId, turn < 3 ? 'nurturing' : 'dormant');
    expect(await latest(leadId)).toMatchObject({ status: 'rejected', reason: 'no-answer', attempts: 3 });
  }
  expect(await life.enrollment(leadId)).toBe(null);
  await life.demo(leadId);
  expect((await life.offered(leadId)).rule).toBe('the rep who knows the lead');
});

test('a next step is a task: its rep is reminded by mail before it, it stands out when it is overdue, and a contact is it done', async () => {
  const { leadId, assignment } = await life.accepted({ email: 'step@next.example', firstName: 'Stepina' });
  await engine.forward(leadId, '1 hour');
  const nowMs = Date.now() + Number((await engine.lead(leadId)).clockOffsetMs);
  await log(leadId, { kind: 'next-step', body: 'Send the offer', dueAt: new Date(nowMs + 6 * 3_600_000) });
  const task = await engine.db.task.findFirstOrThrow({ where: { leadId } });
  expect(task).toMatchObject({ kind: 'next-step', body: 'Send the offer', repId: assignment.repId, status: 'open' });
  await engine.forward(leadId, '4 hours');
  expect(life.mailsTo(assignment.rep, '1 to do: Stepina')).toHaveLength(0);
  await engine.forward(leadId, '70 minutes');
  expect(life.mailsTo(assignment.rep, '1 to do: Stepina')).toHaveLength(1);
  await engine.forward(leadId, '1 hour');
  expect(await attention(leadId)).toEqual(['task-overdue']);
  await log(leadId, { kind: 'email', body: 'Here it is' });
  expect(await engine.db.task.findUniqueOrThrow({ where: { id: task.id } })).toMatchObject({ status: 'done' });
  expect(await attention(leadId)).toEqual([]);
  const again = new Date(nowMs + 86_400_000);
  await log(leadId, { kind: 'call', body: 'Nobody there', result: 'no-answer', dueAt: again });
  const [next] = await engine.db.task.findMany({ where: { leadId, status: 'open' } });
  expect(next).toMatchObject({ kind: 'next-step', body: 'Contact again', dueAt: again });
});

test('what a rep planned goes along to the next rep; an opportunity stays one, and is nobody’s to accept; what was sent back has no plan', async () => {
  const { leadId, assignment, rep } = await life.accepted({ email: 'plan@hand-over.example' });
  const dueAt = new Date(Date.now() + 3 * 86_400_000);
  await log(leadId, { kind: 'next-step', body: 'Visit', dueAt });
  const other = await engine.db.rep.findUniqueOrThrow({ where: { key: assignment.rep.key === 'ada' ? 'bob' : 'ada' } });
  const to = { kind: 'reroute', assignmentId: assignment.id, repId: other.id } as const;
  expect(await life.tell(leadId, MANAGER, to)).toMatchObject({ ok: true });
  const offered = await life.offered(leadId, assignment);
  expect(offered).toMatchObject({ repId: other.id, nextStepAt: dueAt });
  const tasks = () => engine.db.task.findMany({ where: { leadId }, orderBy: { id: 'asc' } });
  expect(await tasks()).toMatchObject([{ status: 'open', repId: other.id, body: 'Visit' }]);
  const value = { valueMinor: 90_000, currency: 'EUR', funnelStage: 'quote sent' };
  await life.tell(leadId, repActor(other.id), { kind: 'outcome', result: 'opportunity', ...value });
  const back = { kind: 'reroute', assignmentId: offered.id, team: 'north' } as const;
  expect(await life.tell(leadId, MANAGER, { ...back, team: undefined, repId: other.id } as never)).toMatchObject({
    ok: false,
    message: expect.stringContaining('has the opportunity already'),
  });
  // Whoever had it is not chosen by a team.
  expect(await life.tell(leadId, MANAGER, back)).toMatchObject({
    ok: false,
    message: expect.stringContaining('name a rep'),
  });
  const decidedAt = (await latest(leadId))?.offerDecidedAt;
  expect(decidedAt).toEqual(expect.any(Date));
  const { repId = '' } = rep as { repId?: string };
  expect(await life.tell(leadId, MANAGER, { kind: 'reroute', assignmentId: offered.id, repId })).toMatchObject({
    ok: true,
    stage: 'opportunity',
    repId,
  });
  expect(await latest(leadId)).toMatchObject({
    status: 'accepted',
    repId,
    nextStepAt: dueAt,
    contactDueAt: expect.any(Date),
    // Nobody decided on it. What the rep before had decided stays decided when it was.
    offerDecidedAt: null,
  });
  const before = await engine.db.assignment.findUniqueOrThrow({ where: { id: offered.id } });
  expect(before).toMatchObject({ status: 'rerouted', offerDecidedAt: decidedAt });
  expect(await life.need(leadId)).toMatchObject({ ownerId: repId, valueMinor: 90_000n, funnelStage: 'quote sent' });
  expect(await tasks()).toMatchObject([{ status: 'open', repId }]);
  await engine.until(
    async () => (await latest(leadId))?.briefDueAt ?? null,
    (due) => due === null,
  );
  expect(await life.tell(leadId, MANAGER, { kind: 'outcome', result: 'lost', reason: 'price' })).toMatchObject({
    ok: true,
  });
  expect(await tasks()).toMatchObject([{ status: 'cancelled', closedBy: 'system' }]);
});

test('silence is pointed out, then the lead is taken back and a manager decides; what is planned is no silence', async () => {
  const { leadId, rep } = await life.accepted({ email: 'silent@idle.example' });
  await log(leadId, { kind: 'call', result: 'reached' });
  await engine.forward(leadId, '5 days');
  await engine.forward(leadId, '1 hour');
  expect(await attention(leadId)).toEqual(['stuck']);
  const nowMs = Date.now() + Number((await engine.lead(leadId)).clockOffsetMs);
  await log(leadId, { kind: 'next-step', body: 'Visit', dueAt: new Date(nowMs + 2 * 86_400_000) });
  await engine.forward(leadId, '6 days');
  expect(await attention(leadId)).toEqual(['task-overdue']);
  // Not to the minute: it is taken back ten days after the plan was made.
  await engine.forward(leadId, '100 hours');
  expect(await engine.lead(leadId)).toMatchObject({ stage: 'qualified', ownerId: null });
  expect((await life.need(leadId)).waitingBecause).toContain('Nothing happened');
  const before = await latest(leadId);
  expect(before).toMatchObject({ status: 'expired', reason: 'no-activity' });
  const { entries } = await readHistory(engine.db, leadId, { reasons: [], productLines: [], needTypes: [] });
  expect(entries.map(({ what }) => what)).toContainEqual(
    expect.stringContaining('had it, and it was taken back: nothing happened with it for long'),
  );
  expect(await life.tell(leadId, MANAGER, { kind: 'route', team: 'north' })).toMatchObject({ ok: true });
  expect((await life.offered(leadId, before)).repId).not.toBe(rep.kind === 'rep' ? rep.repId : '');
});

test('a reason that wants a note is refused without one, and the lead stays where it is', async () => {
  const { leadId, assignment } = await life.ready({ email: 'why@note.example' });
  const actor = repActor(assignment.repId);
  const rejected = { kind: 'reject', assignmentId: assignment.id, reason: 'wrong-region' } as const;
  const refused = await life.tell(leadId, actor, rejected);
  expect(refused).toMatchObject({
    ok: false,
    code: 'VALIDATION_FAILED',
    message: expect.stringContaining('needs a note'),
  });
  expect((await engine.lead(leadId)).stage).toBe('assigned');
  const commandId = newId('command');
  const noteId = await keepNote(engine.store, { commandId, leadId, actor, text: 'Sits in Chile' });
  expect(await life.tell(leadId, actor, { ...rejected, noteId }, commandId)).toMatchObject({ ok: true });
});

test('only a disqualification that says so gives the turn back', async () => {
  const turnOf = async (id: string): Promise<number> =>
    (await engine.db.rep.findUniqueOrThrow({ where: { id } })).turn ?? 0;
  for (const [reason, isGivenBack] of [
    ['competitor', false],
    ['spam', true],
  ] as const) {
    const { leadId, assignment } = await life.ready({ email: `x@${reason}.example` });
    const before = await turnOf(assignment.repId);
    expect(await life.tell(leadId, MANAGER, { kind: 'disqualify', reason })).toMatchObject({ ok: true });
    expect((await turnOf(assignment.repId)) < before).toBe(isGivenBack);
  }
});

describe('tele-sales makes the first contact', () => {
  const onThePhone = async (email: string, firstName: string) => {
    const { leadId, assignment } = await life.ready({ email, firstName, source: 'fair' });
    expect(assignment).toMatchObject({ team: 'phone', rule: 'first-contact', rep: { key: 'tess' } });
    const tess = repActor(assignment.repId);
    const told = { kind: 'accept', assignmentId: assignment.id } as const;
    expect(await life.tell(leadId, tess, told)).toMatchObject({ ok: true, stage: 'qualifying' });
    return { leadId, assignment, tess };
  };

  test('and qualifies the lead on: to the field by the rules, with the note and clocks of its own', async () => {
    const { leadId, assignment, tess } = await onThePhone('on@phone.example', 'Onda');
    const { contactDueAt, decidedAt } = (await latest(leadId)) ?? {};
    expect(((contactDueAt?.getTime() ?? 0) - (decidedAt?.getTime() ?? 0)) / 3_600_000).toBeCloseTo(2, 1);
    await assess(engine.store, tess, leadId, { budget: 'known', timing: 'known' });
    const commandId = newId('command');
    const noteId = await keepNote(engine.store, { commandId, leadId, actor: tess, text: 'Wants it in May' });
    const { playbook } = engine.deps.rules.current();
    const before = await routingOfLead(engine.db, playbook, leadId, Date.now());
    expect(before).toMatchObject({ rule: 'first-contact', afterFirstContact: { rule: 'everyone' } });
    const on = { kind: 'reroute', assignmentId: assignment.id, noteId } as const;
    expect(await life.tell(leadId, tess, on, commandId)).toMatchObject({ ok: true, stage: 'assigned' });
    const field = await life.offered(leadId, assignment);
    expect(field).toMatchObject({ team: 'north', rule: 'everyone' });
    const after = await routingOfLead(engine.db, playbook, leadId, Date.now());
    expect(after).toMatchObject({ rule: 'everyone', leadsTo: { team: 'north' }, afterFirstContact: null });
    expect(after?.rules.find(({ rule }) => rule === 'first-contact')).toMatchObject({ holds: true, passedOver: true });
    const stages = await engine.db.stageChange.findMany({ where: { leadId }, orderBy: { id: 'asc' } });
    expect(stages.slice(-4).map(({ toStage }) => toStage)).toEqual(['assigned', 'qualifying', 'qualified', 'assigned']);
    const [brief] = await life.untilMailed(field.rep, 'Onda', 1);
    expect(brief?.text).toContain('Wants it in May');
    expect(await life.need(leadId)).toMatchObject({ budget: 'known', timing: 'known' });
    const accepted = { kind: 'accept', assignmentId: field.id } as const;
    expect(await life.tell(leadId, repActor(field.repId), accepted)).toMatchObject({ ok: true, stage: 'accepted' });
  });

  test('for the whole time of the need: an offer that the field let pass goes on in the field, also once it had to wait for room', async () => {
    const { leadId, assignment, tess } = await onThePhone('long@phone.example', 'Longa');
    const on = { kind: 'reroute', assignmentId: assignment.id } as const;
    expect(await life.tell(leadId, tess, on)).toMatchObject({ ok: true, stage: 'assigned' });
    const first = await life.offered(leadId, assignment);
    await engine.until(
      () => latest(leadId),
      (one) => one?.toldAt !== null,
    );
    const other = first.rep.key === 'ada' ? 'bob' : 'ada';
    const away = (from: Date | null) => engine.db.rep.update({ where: { key: other }, data: { awayFrom: from } });
    await away(new Date(0));
    await engine.forward(leadId, '5 hours');
    await engine.until(
      () => life.need(leadId),
      ({ waitingFor }) => waitingFor !== null,
    );
    await away(null);
    await engine.forward(leadId, '15 minutes');
    expect(await life.offered(leadId, first)).toMatchObject({ team: 'north', rule: 'everyone', rep: { key: other } });
  });

  test('or sends it back, or closes it; who has it in the field cannot qualify it on to nowhere', async () => {
    const back = await onThePhone('back@phone.example', 'Bacha');
    const rejected = { kind: 'reject', assignmentId: back.assignment.id, reason: 'no-answer' } as const;
    expect(await life.tell(back.leadId, back.tess, rejected)).toMatchObject({ ok: true, stage: 'nurturing' });
    const closed = await onThePhone('closed@phone.example', 'Closina');
    const none = { kind: 'outcome', result: 'no-need' } as const;
    expect(await life.tell(closed.leadId, closed.tess, none)).toMatchObject({ ok: true, stage: 'no-need' });
    const field = await life.accepted({ email: 'field@phone.example' });
    const on = { kind: 'reroute', assignmentId: field.assignment.id } as const;
    expect(await life.tell(field.leadId, field.rep, on)).toMatchObject({ ok: false, code: 'VALIDATION_FAILED' });
  });
});
