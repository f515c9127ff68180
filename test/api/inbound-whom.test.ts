/** Whom a mail that came back is about: one recipient of several, nobody, another; and what came before, again after a new yes. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type InboundListener, startInbound } from '../../src/api/inbound/listener.ts';
import { addressFor } from '../../src/email/inbound/address.ts';
import { type Bench, openApi } from './support.ts';
import { bring, deliveryReport } from '../support/delivery-report.ts';
import { sentMail } from '../support/sent-mail.ts';

const DOMAIN = 'bounces.shop.example';
const POSTMARK = 'engine:a-long-password-of-the-test';
const sendgrid = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

let bench: Bench;
let listener: InboundListener;
beforeAll(async () => {
  const settings = {
    tls: null,
    sesTopics: [],
    sendgridKeys: [sendgrid.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')],
    postmarkAuth: POSTMARK,
    mailgunKey: null,
    imapUrl: null,
  };
  const page = (): Promise<string> => Promise.reject(new Error('no page is asked for'));
  bench = await openApi({ change: (deps) => ({ ...deps, inbound: { settings, page } }) });
  const { store, tokens, ring, log } = bench.deps;
  listener = await startInbound({ store, tokens, ring, log, domain: DOMAIN }, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await listener.close();
  await bench.close();
});

interface Mailed {
  leadId: string;
  sendId: string;
  email: string;
}

let serial = 0;
async function saysYes(email: string): Promise<string> {
  const { body } = await bench.call('POST', '/v1/leads', {
    body: { email, source: 'ebook', consent: { text: 'Yes, send me tips.', source: 'form' } },
    headers: { 'idempotency-key': `whom-${(serial += 1)}` },
  });
  return String(body['id']);
}

async function mailed(): Promise<Mailed> {
  const email = `ada@whom-${(serial += 1)}.example`;
  const leadId = await saysYes(email);
  return { leadId, sendId: await sentMail(bench.db, leadId), email };
}

const report = (...recipients: (readonly [email: string, action: string, status: string, words: string])[]): string =>
  deliveryReport(
    recipients.map(([email, action, status, words]) => ({ email, action, status, words })),
    { subject: 'Delivery report', text: 'What became of your mail.' },
  );

async function deliver(raw: string, { sendId }: Mailed, purpose: 'bounce' | 'unsubscribe' = 'bounce'): Promise<void> {
  const to = addressFor(purpose, { tokens: bench.tokens, sendId, domain: DOMAIN });
  expect(await bring(raw, to, listener.port)).toMatch(/^250 /);
}

async function postmark(body: Record<string, unknown>): Promise<void> {
  const authorization = `Basic ${Buffer.from(POSTMARK).toString('base64')}`;
  const headers = { 'content-type': 'text/plain', authorization };
  const { status } = await bench.call('POST', '/v1/inbound/postmark', {
    key: null,
    raw: JSON.stringify(body),
    headers,
  });
  expect(status).toBe(204);
}

const suppressionsOf = async ({ email }: Pick<Mailed, 'email'>): Promise<string[]> =>
  (await bench.db.suppression.findMany({ where: { email } })).map(({ reason }) => reason).toSorted();

const rowsOf = ({ leadId }: Mailed) =>
  bench.db.inboundMail.findMany({
    where: { leadId },
    orderBy: [{ receivedAt: 'asc' }, { id: 'asc' }],
    select: { verdict: true, did: true, status: true, recipient: true },
  });

const STRANGER = 'colleague@elsewhere.example';
const UNKNOWN = ['failed', '5.1.1', '550 5.1.1 user unknown'] as const;
const TAKEN = ['delivered', '2.0.0', '250 2.0.0 ok'] as const;
const BLOCKED = ['failed', '5.7.1', '550 5.7.1 blocked using a block list'] as const;

test('a report of several recipients counts for the one that the message went to, wherever it stands', async () => {
  const [fine, gone, blocked] = [await mailed(), await mailed(), await mailed()];
  await deliver(report([fine.email, ...TAKEN], [STRANGER, ...UNKNOWN]), fine);
  expect(await suppressionsOf(fine)).toEqual([]);
  expect(await rowsOf(fine)).toEqual([{ verdict: 'delivered', did: 'none', status: '2.0.0', recipient: null }]);
  await deliver(report([STRANGER, ...TAKEN], [gone.email.toUpperCase(), ...UNKNOWN]), gone);
  expect(await suppressionsOf(gone)).toEqual(['hard-bounce']);
  expect(await rowsOf(gone)).toMatchObject([{ verdict: 'hard', did: 'suppressed', status: '5.1.1' }]);
  await deliver(report([STRANGER, ...UNKNOWN], [blocked.email, ...BLOCKED]), blocked);
  expect(await suppressionsOf(blocked)).toEqual([]);
  expect(await rowsOf(blocked)).toMatchObject([{ verdict: 'sender', did: 'kept', status: '5.7.1' }]);
  const story = (await bench.get(`/v1/leads/${blocked.leadId}/timeline`)).body.items ?? [];
  expect(story.map(({ title }) => title)).toContainEqual(expect.stringContaining('blocked using a block list'));
});

test('a notice about one of several mails to a lead names that mail: by its return path, or by its Message-ID', async () => {
  const older = await mailed();
  const middle = { ...older, sendId: await sentMail(bench.db, older.leadId, 30_000) };
  const newest = { ...older, sendId: await sentMail(bench.db, older.leadId, 1_000) };
  await deliver(report([older.email, ...BLOCKED]), older);
  const full = { Type: 'SoftBounce', Description: '452 4.2.2 mailbox full', Details: '452 4.2.2 mailbox full' };
  const MessageID = `<${middle.sendId}@shop.example>`;
  await postmark({ RecordType: 'Bounce', ID: `m-${middle.sendId}`, Email: older.email, MessageID, ...full });
  const told = { orderBy: { id: 'asc' }, where: { leadId: older.leadId } } as const;
  expect(await bench.db.inboundMail.findMany(told)).toMatchObject([
    { sendId: older.sendId, verdict: 'sender' },
    { sendId: middle.sendId, verdict: 'soft' },
  ]);
  expect(await bench.db.event.findMany({ ...told, where: { ...told.where, type: 'email.bounced' } })).toMatchObject([
    { sendId: older.sendId },
    { sendId: middle.sendId },
  ]);
  const became = await Promise.all(
    [older, middle, newest].map(({ sendId }) => bench.db.send.findUniqueOrThrow({ where: { id: sendId } })),
  );
  expect(became.map(({ delivery }) => delivery)).toEqual(['bounced', 'bounced', null]);
});

test('a report of several recipients, none of whom the message went to, is kept for a person', async () => {
  const lead = await mailed();
  const full = ['failed', '4.2.2', '452 4.2.2 mailbox full'] as const;
  await deliver(report([STRANGER, ...UNKNOWN], ['other@elsewhere.example', ...full]), lead);
  expect(await suppressionsOf(lead)).toEqual([]);
  expect(await rowsOf(lead)).toMatchObject([{ verdict: 'unclear', did: 'kept' }]);
  expect(await bench.db.event.count({ where: { leadId: lead.leadId, type: 'email.bounced' } })).toBe(0);
});

test('an automatic mail never unsubscribes by its subject, but at the address to leave', async () => {
  const [away, left] = [await mailed(), await mailed()];
  const raw = (email: string): string =>
    `From: ${email}\r\nSubject: Unsubscribe confirmation\r\nAuto-Submitted: auto-replied\r\n\r\nGot it.\r\n`;
  await deliver(raw(away.email), away);
  expect(await suppressionsOf(away)).toEqual([]);
  expect(await rowsOf(away)).toMatchObject([{ verdict: 'auto-reply', did: 'none' }]);
  await deliver(raw(left.email), left, 'unsubscribe');
  expect(await suppressionsOf(left)).toEqual(['unsubscribed']);
});

test('a mail or notice that comes again after a new yes changes nothing', async () => {
  const [tired, angry] = [await mailed(), await mailed()];
  const leaves = `From: ${tired.email}\r\nSubject: unsubscribe\r\n\r\n\r\n`;
  const complaint = {
    RecordType: 'SpamComplaint',
    ID: `c-${angry.sendId}`,
    Email: angry.email,
    MessageID: `<${angry.sendId}@shop.example>`,
  };
  const tell = async (): Promise<void> => {
    await deliver(leaves, tired, 'unsubscribe');
    await postmark(complaint);
  };
  await tell();
  expect(await suppressionsOf(tired)).toEqual(['unsubscribed']);
  expect(await suppressionsOf(angry)).toEqual(['complaint', 'unsubscribed']);
  for (const { email } of [tired, angry]) await saysYes(email);
  // A yes lifts no complaint.
  const afterYes = [[], ['complaint']];
  expect([await suppressionsOf(tired), await suppressionsOf(angry)]).toEqual(afterYes);
  await tell();
  expect([await suppressionsOf(tired), await suppressionsOf(angry)]).toEqual(afterYes);
  for (const lead of [tired, angry]) expect(await rowsOf(lead)).toHaveLength(1);
});

test('a complaint of another address is kept for a person', async () => {
  const lead = await mailed();
  await postmark({
    RecordType: 'SpamComplaint',
    ID: `o-${lead.sendId}`,
    Email: STRANGER,
    MessageID: `<${lead.sendId}@shop.example>`,
  });
  expect(await suppressionsOf(lead)).toEqual([]);
  expect(await rowsOf(lead)).toMatchObject([{ verdict: 'complaint', did: 'kept', recipient: STRANGER }]);
});

test('a bounce that names nobody counts at the signed return path, and is kept where it only names a message of ours', async () => {
  const [named, signed] = [await mailed(), await mailed()];
  const raw = ({ sendId }: Mailed): string =>
    [
      'From: MAILER-DAEMON@mx.example',
      'Subject: Undelivered Mail Returned to Sender',
      `In-Reply-To: <${sendId}@shop.example>`,
      '',
      '550 5.1.1 user unknown',
      '',
    ].join('\r\n');
  await postmark({ From: 'MAILER-DAEMON@mx.example', RawEmail: raw(named) });
  expect(await suppressionsOf(named)).toEqual([]);
  expect(await rowsOf(named)).toMatchObject([{ verdict: 'unclear', did: 'kept', recipient: null }]);
  await deliver(raw(signed), signed);
  expect(await suppressionsOf(signed)).toEqual(['hard-bounce']);
});

test('SendGrid: an event that is not as documented is kept, and those beside it are recorded', async () => {
  const [gone, odd] = [await mailed(), await mailed()];
  const bounced = { event: 'bounce', type: 'bounce', status: '5.1.1', reason: '550 5.1.1 user unknown' };
  const of = ({ sendId }: Mailed) => ({ 'smtp-id': `<${sendId}@shop.example>`, sg_event_id: `w-${sendId}` });
  const raw = JSON.stringify([
    { ...bounced, ...of(odd) },
    { event: 'open', sg_event_id: 'without-an-address' },
    { ...bounced, ...of(gone), email: gone.email },
  ]);
  const time = String(Math.floor(Date.now() / 1_000));
  const signature = createSign('sha256').update(`${time}${raw}`).sign(sendgrid.privateKey, 'base64');
  const headers = {
    'content-type': 'text/plain',
    'x-twilio-email-event-webhook-timestamp': time,
    'x-twilio-email-event-webhook-signature': signature,
  };
  for (const _time of [1, 2])
    expect((await bench.call('POST', '/v1/inbound/sendgrid', { key: null, raw, headers })).status).toBe(204);
  expect(await suppressionsOf(gone)).toEqual(['hard-bounce']);
  expect(await suppressionsOf(odd)).toEqual([]);
  expect(await rowsOf(odd)).toMatchObject([{ verdict: 'unclear', did: 'kept' }]);
  const [{ excerpt } = { excerpt: null }] = await bench.db.inboundMail.findMany({ where: { leadId: odd.leadId } });
  expect(excerpt).toContain('The event ‘bounce’ is not as the provider documents it: email');
});
