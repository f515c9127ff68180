/** Mailboxes that take nothing for now, on a real mail server that says so at RCPT or after the message. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TRY_AGAIN_AFTER } from '../../src/steps/after-outcome.ts';
import { mailCounts } from '../../src/store/brakes.ts';
import { announce } from '../../src/store/outbox.ts';
import { type Bench, openApi } from '../api/support.ts';
import { seedKind } from '../broadcasts/many-leads.ts';
import { playbookWith } from '../crash/playbook.ts';

const CADENCES = {
  three:
    'name: Three\nenroll: { when: { source: three } }\npriority: 10\nsteps:\n' +
    ['a', 'b', 'c'].map((id) => `  - { id: ${id}, email: plain }\n`).join('') +
    'whenDone: dormant\n',
};
const LAST = TRY_AGAIN_AFTER.length;

interface Answer {
  code: number;
  text: string;
}
const begin = new Date();
let bench: Bench;
let folder: Awaited<ReturnType<typeof playbookWith>>;
const full = { rcpt: new Map<string, Answer>(), dot: new Map<string, Answer>() };
beforeAll(async () => {
  folder = await playbookWith(CADENCES, {});
  bench = await openApi({ worker: true, playbookDir: folder.dir });
  bench.engine.sink.behaveAtRcpt(({ to }) => full.rcpt.get(to) ?? null);
  bench.engine.sink.behave(({ to }) => full.dot.get(to) ?? null);
});
afterAll(async () => {
  await bench?.close();
  await folder?.remove();
});

/** Errors of the mail server, as the brakes count them. Nothing is mailed in this file but to full mailboxes. */
const errors = async (): Promise<number> => (await mailCounts(bench.db, begin)).failures;

const placeOf = (leadId: string) => bench.db.enrollment.findFirst({ where: { leadId } });

/** The last attempt is now. */
async function comeForTheLastTime(leadId: string): Promise<void> {
  const { db, relay } = bench.engine;
  await db.enrollment.updateMany({ where: { leadId }, data: { attempts: LAST, dueAt: new Date() } });
  relay.ring(await db.$transaction((tx) => announce(tx, [{ leadId, reason: 'overdue', refs: {} }])));
}

test.each([
  ['rcpt', 552, '5.2.2 Mailbox full'],
  ['dot', 552, '5.2.2 over quota'],
  ['rcpt', 452, '4.2.2 Mailbox full'],
  ['rcpt', 553, '5.3.0 Mailbox size limit exceeded'],
  ['dot', 552, '5.3.4 Mailbox full'],
] as const)(
  'at %s, %d %s: tried again, then the lead goes on; the third mail suppresses',
  async (phase, code, text) => {
    const { db, engine } = bench;
    const email = `full@${phase}${code}${text.slice(0, 5).replaceAll('.', '')}.example`;
    full[phase].set(email, { code, text });
    const leadId = await engine.submit({ email, source: 'three' });
    const suppressions = () => db.suppression.count({ where: { email } });
    for (const [n, stepId] of ['a', 'b', 'c'].entries()) {
      const place = await engine.until(
        () => placeOf(leadId),
        (one) => one?.stepId === stepId && one.attempts === 1,
      );
      expect((place?.dueAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(0);
      expect(await db.send.count({ where: { leadId } })).toBe(n);
      expect(await suppressions()).toBe(0);
      await comeForTheLastTime(leadId);
    }
    await engine.until(
      () => placeOf(leadId),
      (one) => one?.status === 'completed',
    );
    const sends = await db.send.findMany({ where: { leadId }, orderBy: { id: 'asc' } });
    expect(sends.map(({ status, stepId }) => [stepId, status])).toEqual([
      ['a', 'failed'],
      ['b', 'failed'],
      ['c', 'failed'],
    ]);
    for (const { reason } of sends) expect(reason).toMatch(new RegExp(`^bounced: .*${code}`));
    const story = (await bench.get(`/v1/leads/${leadId}/timeline`)).body.items ?? [];
    const bounces = story.filter(({ title }) => String(title).startsWith('An email was not taken, as its mailbox'));
    expect(bounces.map(({ title }) => String(title))).toEqual(
      sends.map(() => expect.stringMatching(new RegExp(`takes nothing for now: .*${code}`))),
    );
    expect(await suppressions()).toBe(1);
    expect(await errors()).toBe(0);
    expect((await engine.lead(leadId)).heldAt).toBeNull();
    expect(await db.mailRefusal.count({ where: { receiver: email.slice(5) } })).toBe(0);
  },
);

test('in a broadcast: tried again with the same pauses, then it has failed, counted as a soft bounce', async () => {
  const { db, engine } = bench;
  const [lead = '', other = ''] = await seedKind(db, { name: 'fullb', source: 'fullb', count: 2 });
  const { email } = await engine.lead(lead);
  full.rcpt.set(email ?? '', { code: 552, text: '5.2.2 Mailbox full' });
  const body = { key: 'fullb', template: 'plain', when: { source: 'fullb' } };
  await bench.post('/v1/broadcasts', body, bench.keys.marketer);
  await bench.post('/v1/broadcasts/fullb/preview', undefined, bench.keys.marketer);
  await bench.post('/v1/broadcasts/fullb/start', undefined, bench.keys.marketer);
  const waiting = () => db.broadcastRecipient.findFirst({ where: { leadId: lead } });
  const recipient = await engine.until(waiting, (row) => row?.attempts === 1);
  expect((recipient?.dueAt.getTime() ?? 0) - Date.now()).toBeGreaterThan(0);
  await db.broadcastRecipient.updateMany({ where: { leadId: lead }, data: { attempts: LAST, dueAt: new Date() } });
  engine.broadcasts.tell(recipient?.broadcastId ?? '');
  await engine.until(
    async () => (await bench.get('/v1/broadcasts/fullb')).body['status'],
    (status) => status === 'done',
    60_000,
  );
  const sends = await db.send.findMany({ where: { leadId: { in: [lead, other] } } });
  expect(new Map(sends.map(({ leadId, status }) => [leadId, status]))).toEqual(
    new Map([
      [lead, 'failed'],
      [other, 'sent'],
    ]),
  );
  const soft = await db.inboundMail.findMany({ where: { leadId: lead } });
  expect(soft).toEqual([expect.objectContaining({ verdict: 'soft', did: 'recorded', recipient: email })]);
  expect(await db.suppression.count({ where: { leadId: lead } })).toBe(0);
  const events = await db.event.findMany({ where: { leadId: { in: [lead, other] }, type: 'email.bounced' } });
  expect(events).toMatchObject([
    { leadId: lead, machine: true, sendId: soft[0]?.sendId, properties: { verdict: 'soft' } },
  ]);
  expect(await errors()).toBe(0);
});
