/** While a rep has a lead: first contact, answers, attempts, next steps, silence; and how often a lead is sent back. */
import { copyFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { logActivity, type NewActivity } from '../../src/store/sales/log-activity.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER, repActor } from './life.ts';

const ROUTING = `
rules:
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
reps:
  ada: { name: Ada, email: ada@sales.example }
  bob: { name: Bob, email: bob@sales.example }
  boss: { name: Boss, email: boss@sales.example, manager: true }
`;
const REASONS = `
no-answer: { label: Not reached, follow: recycle, cadence: back, coolOff: 0 days, score: keep, limit: 2 }
wrong-region: { label: Not my region, follow: reroute }
spam: { label: Spam, follow: disqualify, givesTurnBack: true }
competitor: { label: Competitor, follow: disqualify }
`;

let folder: string;
let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nurture-with-rep-'));
  await cp(path.join(import.meta.dirname, '../fixtures/playbook'), folder, { recursive: true });
  await writeFile(path.join(folder, 'routing.yaml'), ROUTING);
  await writeFile(path.join(folder, 'reasons.yaml'), REASONS);
  const templates = path.join(folder, 'templates');
  await cp(path.join(import.meta.dirname, '../fixtures/templates'), templates, { recursive: true });
  for (const key of ['rep-reply', 'rep-late'])
    await copyFile(path.join(templates, 'rep-reminder.mjml'), path.join(templates, `${key}.mjml`));
  engine = await startEngine({ playbookDir: folder, templatesDir: templates });
  life = lifeOf(engine);
});
afterAll(async () => {
  await engine?.close();
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

const latest = async (leadId: string) => (await life.assignments(leadId)).at(-1);

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
  await engine.forward(leadId, '5 hours');
  expect(await attention(leadId)).toEqual(['late-answer']);
  await log(leadId, { kind: 'email' });
  expect(await attention(leadId)).toEqual([]);
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
  await engine.forward(leadId, '4 days');
  expect(await engine.lead(leadId)).toMatchObject({ stage: 'qualified', ownerId: null });
  expect((await life.need(leadId)).waitingBecause).toContain('Nothing happened');
  const before = await latest(leadId);
  expect(before).toMatchObject({ status: 'expired', reason: 'no-activity' });
  expect(await life.tell(leadId, MANAGER, { kind: 'route', team: 'north' })).toMatchObject({ ok: true });
  expect((await life.offered(leadId, before)).repId).not.toBe(rep.kind === 'rep' ? rep.repId : '');
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
