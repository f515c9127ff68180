/** A notice that a receiver refuses us, from the SMTP listener to the mails that wait, what a person sees, and the end of it. */
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type InboundListener, startInbound } from '../../src/api/inbound/listener.ts';
import { RECEIVER_REFUSES } from '../../src/domain/refusals.ts';
import { inboundAddress } from '../../src/email/inbound/address.ts';
import { announce } from '../../src/store/outbox.ts';
import { type Bench, openApi } from '../api/support.ts';
import { playbookWith } from '../crash/playbook.ts';

const CADENCES = {
  one: 'name: One\nenroll: { when: { source: one } }\npriority: 10\nsteps:\n  - { id: first, email: plain }\nwhenDone: dormant\n',
};
const DOMAIN = 'bounces.shop.example';
const RECEIVER = 'behind-a-relay.example';

let bench: Bench;
let folder: Awaited<ReturnType<typeof playbookWith>>;
let listener: InboundListener;
beforeAll(async () => {
  folder = await playbookWith(CADENCES, {});
  bench = await openApi({ worker: true, playbookDir: folder.dir });
  const { store, tokens, ring, log } = bench.deps;
  listener = await startInbound({ store, tokens, ring, log, domain: DOMAIN }, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await listener?.close();
  await bench?.close();
  await folder?.remove();
});

const rowOf = () => bench.db.mailRefusal.findUnique({ where: { receiver: RECEIVER } });
const placeOf = (leadId: string) => bench.db.enrollment.findFirst({ where: { leadId } });

/** The notice of a relay: the receiver's server has the relay's address on a block list. */
function notice(email: string): string {
  return [
    'From: Mail Delivery System <mailer-daemon@relay.example>',
    'Subject: Undelivered Mail Returned to Sender',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'I could not deliver your mail.',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; relay.example',
    '',
    `Final-Recipient: rfc822; ${email}`,
    'Action: failed',
    'Status: 5.7.1',
    'Diagnostic-Code: smtp; 550 5.7.1 Service unavailable; client host blocked using a block list',
    '',
    '--b--',
    '',
  ].join('\r\n');
}

/** A lead's mail that was taken, and the notice of it that comes to its own return path. */
async function comesBack(leadId: string, email: string): Promise<void> {
  const sent = await bench.engine.until(
    () => bench.db.send.findFirst({ where: { leadId } }),
    (send) => send?.status === 'sent',
  );
  const to = inboundAddress('bounce', bench.deps.tokens.mailbox(sent?.id ?? ''), DOMAIN);
  const transport = createTransport({ host: '127.0.0.1', port: listener.port, ignoreTLS: true });
  const { response } = await transport.sendMail({ envelope: { from: '', to }, raw: notice(email) });
  expect(response).toMatch(/^250 /);
}

test('a refusal by notice: mails to the domain wait, a second one tells a person, and whose lift ends it', async () => {
  const { db, engine } = bench;
  const email = (name: string): string => `${name}@${RECEIVER}`;
  const first = await engine.submit({ email: email('first'), source: 'one' });
  await comesBack(first, email('first'));
  expect(await db.inboundMail.findMany({ where: { leadId: first } })).toMatchObject([
    { verdict: 'sender', did: 'kept', domain: RECEIVER },
  ]);
  expect(await rowOf()).toMatchObject({ refusals: 1, heardBy: 'notice', reason: expect.stringContaining('5.7.1') });

  const second = await engine.submit({ email: email('second'), source: 'one' });
  await engine.until(
    () => placeOf(second),
    (one) => one?.dueBecause === RECEIVER_REFUSES,
  );
  expect(engine.sink.to(email('second'))).toEqual([]);
  const attention = async () => (await bench.get('/v1/attention?kind=receiver-refuses')).body.items ?? [];
  expect(await attention()).toEqual([]);

  // After the pause one tries. The relay takes it, which proves nothing, and it comes back as well.
  await db.mailRefusal.update({ where: { receiver: RECEIVER }, data: { until: new Date(Date.now() - 1_000) } });
  await db.enrollment.updateMany({ where: { leadId: second }, data: { dueAt: new Date() } });
  engine.relay.ring(await db.$transaction((tx) => announce(tx, [{ leadId: second, reason: 'overdue', refs: {} }])));
  await engine.until(rowOf, (row) => typeof row?.acceptedAt?.getTime() === 'number');
  await comesBack(second, email('second'));
  expect(await rowOf()).toMatchObject({ refusals: 2, acceptedAt: null });
  expect(await attention()).toMatchObject([
    { ref: RECEIVER, leadId: null, reason: expect.stringContaining('block list') },
  ]);
  expect(await db.suppression.count({ where: { leadId: { in: [first, second] } } })).toBe(0);
  expect(await db.lead.count({ where: { id: { in: [first, second] }, heldAt: { not: null } } })).toBe(0);

  // A person has mended the cause.
  await bench.post(`/v1/sending/receivers/${RECEIVER}/lift`, undefined, bench.keys.operator);
  expect([await rowOf(), await attention()]).toEqual([null, []]);
  await engine.submit({ email: email('third'), source: 'one' });
  await engine.sink.waitFor(email('third'), 1);
});
