/**
 * Two attempts of one activity, both alive: the first has claimed a mail and waits for SMTP when Temporal gives it up and starts a
 * second. What the first learns late is not lost, and nothing goes out twice.
 */
import { AsyncCompletionClient } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { liftRefusal } from '../../src/store/lift-refusal.ts';
import { resendSend } from '../../src/store/process/resend-send.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER } from '../workflows/life.ts';
import { lockWaiters } from '../support/lock-waiters.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.close());
afterEach(() => engine.sink.behave(null));

/** SMTP puts off whatever goes to an address. */
function putOff(email: string): void {
  engine.sink.behave(({ to }) => (to === email ? { code: 451, text: 'try again later' } : null));
}

/** Temporal gives up the attempt that is under way, which goes on all the same; the next one starts a second later. */
async function giveUpAttempt(leadId: string): Promise<void> {
  const description = await engine.handle(leadId).describe();
  const activityId = description.raw.pendingActivities?.[0]?.activityId;
  if (typeof activityId !== 'string') throw new Error('no activity is under way');
  const completion = new AsyncCompletionClient({
    connection: engine.client.connection,
    namespace: engine.config.temporal.namespace,
  });
  await completion.fail({ workflowId: leadId, activityId }, new Error('given up, as a time-out would'));
}

const sendsOf = (leadId: string) =>
  engine.db.send.findMany({ where: { leadId, audience: 'lead' }, orderBy: { id: 'asc' } });
const enrollmentOf = (leadId: string) => engine.db.enrollment.findFirst({ where: { leadId, status: 'active' } });
/** The process has taken note of every bell. */
const untilHeard = (leadId: string) =>
  engine.until(
    () => engine.db.outbox.count({ where: { leadId } }),
    (count) => count === 0,
  );
const untilSent = (leadId: string) =>
  engine.until(
    () => sendsOf(leadId),
    ([first]) => first?.status === 'sent',
  );
const untilInDoubt = (leadId: string) =>
  engine.until(
    () => sendsOf(leadId),
    ([first]) => first?.status === 'in_doubt',
  );

test('SMTP refuses a mail for now, after the second attempt went on: the mail is tried again, once', async () => {
  const email = 'late@answer.example';
  putOff(email);
  using answered = engine.stopAt('effect.acted', email);
  const leadId = await engine.submit({ email, source: 'drip' });
  await answered.reached;
  await giveUpAttempt(leadId);
  await untilInDoubt(leadId);
  await engine.until(
    () => enrollmentOf(leadId),
    (enrollment) => enrollment?.stepId === 'two',
  );
  answered.go();
  await engine.until(
    () => sendsOf(leadId),
    (sends) => sends.length === 0,
  );
  engine.sink.behave(null);
  expect(await enrollmentOf(leadId)).toMatchObject({ stepId: 'one', attempts: 1 });
  // The process knows that it stands before the first step again, though nobody waits for the answer of the first attempt.
  await untilHeard(leadId);
  await engine.forward(leadId, '2 minutes');
  await engine.sink.waitFor(email, 1);
  await engine.forward(leadId, '5 days');
  await engine.untilStage(leadId, 'dormant');
  expect(engine.sink.to(email)).toHaveLength(3);
  const sends = await sendsOf(leadId);
  expect(sends.map(({ stepId, status, pass }) => [stepId, status, pass])).toEqual([
    ['one', 'sent', 1],
    ['two', 'sent', 1],
    ['three', 'sent', 1],
  ]);
});

test('a person has it sent once more while the late answer releases it: whichever comes first, one mail arrives', async () => {
  for (const [first, email] of [
    ['the person', 'person-first@answer-resend.example'],
    ['the answer', 'answer-first@answer-resent.example'],
  ] as const) {
    putOff(email);
    using answered = engine.stopAt('effect.acted', email);
    const leadId = await engine.submit({ email, source: 'drip' });
    await answered.reached;
    await giveUpAttempt(leadId);
    await untilInDoubt(leadId);
    const [doubtful] = await sendsOf(leadId);
    const resend = () => resendSend(engine.store, doubtful?.id ?? '', MANAGER);
    if (first === 'the person') engine.relay.ring((await resend()).ringIds);
    answered.go();
    if (first === 'the answer') {
      await engine.until(
        () => sendsOf(leadId),
        (sends) => sends.length === 0,
      );
      // Nothing is in doubt any more: there is nothing for a person to have sent once more.
      await expect(resend()).rejects.toMatchObject({ code: 'SEND_UNKNOWN' });
    }
    engine.sink.behave(null);
    await untilHeard(leadId);
    await engine.forward(leadId, '2 minutes');
    await engine.sink.waitFor(email, 1);
    await engine.forward(leadId, '5 days');
    await engine.untilStage(leadId, 'dormant');
    const subjects = engine.sink.to(email).map(({ subject }) => subject);
    const words = await engine.db.send.findMany({
      where: { leadId, status: 'sent', templateKey: doubtful?.templateKey ?? '' },
    });
    expect([first, subjects.length, words.length]).toEqual([first, 3, 3]);
    expect(new Set(engine.sink.to(email).map(({ sendId }) => sendId)).size).toBe(3);
    const linked = words.filter(({ resendOf }) => resendOf !== null);
    expect([first, linked.length]).toEqual([first, first === 'the person' ? 1 : 0]);
  }
});

test('the lead waits for a click by then: it goes back to the mail too, and waits again once the mail is sent', async () => {
  const email = 'listener@answer.example';
  putOff(email);
  using answered = engine.stopAt('effect.acted', email);
  const leadId = await engine.submit({ email, source: 'listening' });
  await answered.reached;
  await giveUpAttempt(leadId);
  await engine.until(
    () => engine.lead(leadId),
    ({ awaiting }) => Array.isArray(awaiting) && awaiting.length > 0,
  );
  answered.go();
  await engine.until(
    () => engine.lead(leadId),
    ({ awaiting }) => Array.isArray(awaiting) && awaiting.length === 0,
  );
  engine.sink.behave(null);
  await untilHeard(leadId);
  await engine.forward(leadId, '2 minutes');
  await engine.sink.waitFor(email, 1);
  await engine.until(
    () => engine.lead(leadId),
    ({ awaiting }) => Array.isArray(awaiting) && awaiting.length > 0,
  );
  await engine.record({ leadId, type: 'email.clicked' });
  const [, thanks] = await engine.sink.waitFor(email, 2);
  expect(thanks?.subject).toContain('The other mail');
});

test('SMTP refuses us, after the second attempt went on: the lead goes back to the mail, which leaves once the pause is over', async () => {
  const email = 'refused@answer.example';
  engine.sink.behave(({ to }) => (to === email ? { code: 550, text: '5.7.1 your network is blocked' } : null));
  using answered = engine.stopAt('effect.acted', email);
  const leadId = await engine.submit({ email, source: 'drip' });
  await answered.reached;
  await giveUpAttempt(leadId);
  await untilInDoubt(leadId);
  answered.go();
  await engine.until(
    () => enrollmentOf(leadId),
    (enrollment) => enrollment?.stepId === 'one' && enrollment.attempts === 1,
  );
  expect(await engine.db.mailRefusal.findUnique({ where: { receiver: 'answer.example' } })).toMatchObject({
    refusals: 1,
  });
  await untilHeard(leadId);
  engine.sink.behave(null);
  expect(await liftRefusal(engine.db, 'answer.example', { by: 'test', rate: 1 })).not.toBeNull();
  await engine.forward(leadId, '2 minutes');
  await engine.sink.waitFor(email, 1);
  const sends = await untilSent(leadId);
  expect(sends.map(({ stepId }) => stepId)).toEqual(['one']);
});

test('the first attempt writes its outcome first: the second finds the step put off and sends nothing', async () => {
  const email = 'first@answer.example';
  putOff(email);
  // It holds the lead's lock: the second attempt waits for it.
  using settling = engine.stopAt('effect.settling', email);
  const leadId = await engine.submit({ email, source: 'drip' });
  await settling.reached;
  await giveUpAttempt(leadId);
  await engine.until(
    () => lockWaiters(engine.db),
    (waiting) => waiting.length > 0,
  );
  settling.go();
  await engine.until(
    () => enrollmentOf(leadId),
    (enrollment) => enrollment?.attempts === 1,
  );
  engine.sink.behave(null);
  await engine.forward(leadId, '2 minutes');
  await engine.sink.waitFor(email, 1);
  const sends = await untilSent(leadId);
  expect(sends.map(({ stepId }) => stepId)).toEqual(['one']);
});

test('SMTP accepts a mail after the second attempt went on: it counts as sent', async () => {
  const email = 'taken@answer.example';
  using answered = engine.stopAt('effect.acted', email);
  const leadId = await engine.submit({ email, source: 'drip' });
  await answered.reached;
  await giveUpAttempt(leadId);
  await untilInDoubt(leadId);
  answered.go();
  await untilSent(leadId);
  await engine.forward(leadId, '1 hour');
  expect(engine.sink.to(email)).toHaveLength(1);
  expect(await enrollmentOf(leadId)).toMatchObject({ stepId: 'two' });
});

test('the lead has left the cadence meanwhile, so no attempt would repeat the mail: it stays in doubt, with the reason', async () => {
  const email = 'gone@answer.example';
  putOff(email);
  using answered = engine.stopAt('effect.acted', email);
  const leadId = await engine.submit({ email, source: 'drip' });
  await answered.reached;
  await giveUpAttempt(leadId);
  await untilInDoubt(leadId);
  await engine.record({ leadId, type: 'demo.requested' });
  await engine.untilStage(leadId, 'assigned');
  answered.go();
  const [first] = await engine.until(
    () => sendsOf(leadId),
    ([first]) => first?.reason?.includes('not taken') === true,
  );
  expect(first).toMatchObject({ stepId: 'one', status: 'in_doubt' });
  expect(engine.sink.to(email)).toHaveLength(0);
  // Its brief must not come to a rep of the tests below.
  await engine.until(
    () => engine.db.assignment.findFirstOrThrow({ where: { leadId } }),
    ({ toldAt }) => toldAt !== null,
  );
});

test('SMTP refuses a brief after the second attempt counted the rep as told: the brief is mailed again, once', async () => {
  const email = 'brief@answer.example';
  using offered = engine.stopAt('effect.acted', email);
  engine.sink.behave(({ to }) => (to.endsWith('@sales.example') ? { code: 451, text: 'try again later' } : null));
  const leadId = await engine.submit({ email, source: 'drip', event: { type: 'demo.requested' } });
  await offered.reached;
  await giveUpAttempt(leadId);
  const assignmentOf = () => engine.db.assignment.findFirstOrThrow({ where: { leadId }, include: { rep: true } });
  await engine.until(assignmentOf, ({ toldAt }) => toldAt !== null);
  offered.go();
  const { rep } = await engine.until(
    assignmentOf,
    ({ toldAt, briefAttempts }) => toldAt === null && briefAttempts === 1,
  );
  engine.sink.behave(null);
  const before = engine.sink.to(rep.email).length;
  await untilHeard(leadId);
  await engine.forward(leadId, '2 minutes');
  await engine.sink.waitFor(rep.email, before + 1);
  const told = await engine.until(assignmentOf, ({ toldAt }) => toldAt !== null);
  expect(told.dueAt?.getTime()).toBeGreaterThan(told.toldAt?.getTime() ?? Number.POSITIVE_INFINITY);
  const briefs = await engine.db.send.findMany({ where: { leadId, audience: 'rep' } });
  expect(briefs.map(({ status }) => status)).toEqual(['sent']);
});

test('a mail about a new request that SMTP refuses late still reaches the owner once', async () => {
  const email = 'again@answer.example';
  const { leadId, assignment } = await lifeOf(engine).ready({ email });
  const { rep } = assignment;
  await engine.until(
    () => engine.db.assignment.findUniqueOrThrow({ where: { id: assignment.id } }),
    ({ toldAt }) => toldAt !== null,
  );
  const before = engine.sink.to(rep.email).length;
  putOff(rep.email);
  using telling = engine.stopAt('effect.acted', email);
  await engine.submit({ email, source: 'drip', campaign: 'second-request' });
  await telling.reached;
  await giveUpAttempt(leadId);
  const word = () => engine.db.send.findMany({ where: { leadId, key: { endsWith: ':owner' } } });
  await engine.until(word, ([send]) => send?.status === 'in_doubt');
  telling.go();
  await engine.until(word, (sends) => sends.length === 0);
  engine.sink.behave(null);
  await untilHeard(leadId);
  await engine.forward(leadId, '2 minutes');
  await engine.sink.waitFor(rep.email, before + 1);
  await engine.until(word, ([send]) => send?.status === 'sent');
  expect(engine.sink.to(rep.email)).toHaveLength(before + 1);
});
