/** Mails that come back, over SMTP to the engine's own listener: what each does to its lead, and that it does it once. */
import { generateKeyPairSync } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startInbound, type InboundListener } from '../../src/api/inbound/listener.ts';
import { inboundList, inboundSettle, inboundShow } from '../../src/cli/inbound-mails.ts';
import { sendResend } from '../../src/cli/send.ts';
import { emailDoctor } from '../../src/cli/email-doctor.ts';
import { newId } from '../../src/domain/ids.ts';
import { beginMail, finishMail } from '../../src/effects/mail-writer.ts';
import { addressFor, inboundAddress } from '../../src/email/inbound/address.ts';
import { publishRead } from '../../src/playbook/publish.ts';
import { sweepInbound } from '../../src/store/inbound/sweep-inbound.ts';
import { emptyContext } from '../email/fixtures.ts';
import { certificateOf } from '../support/certificate.ts';
import { startDns } from '../support/dns-server.ts';
import { openApi, type Bench } from './support.ts';
import { bring, deliveryReport } from '../support/delivery-report.ts';
import { sentMail } from '../support/sent-mail.ts';

const DOMAIN = 'bounces.shop.example';
let bench: Bench;
let listener: InboundListener;

beforeAll(async () => {
  bench = await openApi();
  const { store, tokens, ring, log } = bench.deps;
  listener = await startInbound({ store, tokens, ring, log, domain: DOMAIN }, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await listener.close();
  await bench.close();
});

let serial = 0;
/** A lead of a company of its own, with a mail that was sent to it. */
async function mailed(
  domain = `vines-${(serial += 1)}.example`,
): Promise<{ leadId: string; sendId: string; email: string }> {
  const email = `ada.${(serial += 1)}@${domain}`;
  const { body } = await bench.call('POST', '/v1/leads', {
    body: { email, source: 'ebook', consent: { text: 'Yes, send me tips.', source: 'form' } },
    headers: { 'idempotency-key': `inbound-${serial}` },
  });
  return { leadId: String(body['id']), sendId: await sentMail(bench.db, String(body['id'])), email };
}

const bounce = (email: string, status: string, words: string): string => deliveryReport([{ email, status, words }]);
const deliver = (to: string, raw: string): Promise<string> => bring(raw, to, listener.port);

const address = (sendId: string, purpose: 'bounce' | 'unsubscribe' = 'bounce'): string =>
  addressFor(purpose, { tokens: bench.tokens, sendId, domain: DOMAIN });

const suppressionsOf = async (email: string): Promise<string[]> =>
  (await bench.db.suppression.findMany({ where: { email } })).map(({ reason }) => reason);

const rowsOf = (leadId: string): Promise<{ verdict: string; did: string }[]> =>
  bench.db.inboundMail.findMany({
    where: { leadId },
    orderBy: { receivedAt: 'asc' },
    select: { verdict: true, did: true },
  });

const titlesOf = async (leadId: string): Promise<unknown[]> =>
  ((await bench.get(`/v1/leads/${leadId}/timeline?limit=200`)).body.items ?? []).map(({ title }) => title);

test('a hard bounce suppresses the address, once, however often it is delivered', async () => {
  const { leadId, sendId, email } = await mailed();
  const raw = bounce(email, '5.1.1', '550 5.1.1 user unknown');
  expect(await deliver(address(sendId), raw)).toMatch(/^250 /);
  // Mail servers may change the case of an address.
  await deliver(address(sendId).toUpperCase(), raw);
  expect(await suppressionsOf(email)).toEqual(['hard-bounce']);
  expect(await rowsOf(leadId)).toEqual([{ verdict: 'hard', did: 'suppressed' }]);
  const { body } = await bench.get(`/v1/leads/${leadId}/sends?status=bounced`);
  expect(body.items).toMatchObject([{ id: sendId, status: 'bounced', resendOf: null }]);
  const titles = await titlesOf(leadId);
  expect(titles).toContain('Email ‘plain’ sent, and came back');
  expect(titles.filter((title) => String(title).startsWith('Suppressed'))).toEqual([
    'Suppressed: mail to the address comes back',
  ]);
  expect(titles).toContainEqual(expect.stringMatching(/^An email came back, as its address does not exist: /));
  expect(await bench.db.event.count({ where: { leadId, type: 'email.bounced' } })).toBe(1);
});

test('a bounce about us or about another address suppresses nobody, and waits for a person', async () => {
  const { leadId, sendId, email } = await mailed();
  await deliver(address(sendId), bounce(email, '5.7.1', '550 5.7.1 blocked using a block list'));
  await deliver(address(sendId), bounce('elsewhere@other.example', '5.1.1', '550 5.1.1 user unknown'));
  expect(await suppressionsOf(email)).toEqual([]);
  const story = (await bench.get(`/v1/leads/${leadId}/timeline`)).body.items ?? [];
  expect(story.map(({ title }) => title)).toContainEqual(
    expect.stringMatching(/^An email came back because of us, not of the lead: .*5\.7\.1 blocked using a block list/),
  );
  expect(await bench.db.event.findMany({ where: { leadId, type: 'email.bounced' } })).toMatchObject([
    { machine: true, sendId, properties: { verdict: 'sender', status: '5.7.1' } },
  ]);
  expect(await rowsOf(leadId)).toEqual([
    { verdict: 'sender', did: 'kept' },
    { verdict: 'hard', did: 'kept' },
  ]);
  const { body } = await bench.get('/v1/attention?kind=mail-returned&limit=200');
  const mine = (body.items ?? []).filter((entry) => entry['leadId'] === leadId);
  expect(mine.map(({ reason }) => reason)).toEqual([
    'the mail was refused because of the sender (5.7.1)',
    'a mail came back for good, and not from the address of the lead',
  ]);
  const [first, second] = mine.map(({ ref }) => String(ref));
  expect((await bench.get(`/v1/inbound-mails/${first}`)).body['excerpt']).toContain('could not deliver');
  expect((await bench.call('POST', `/v1/inbound-mails/${first}/dismiss`)).body).toMatchObject({
    did: 'kept',
    excerpt: null,
  });
  await bench.call('POST', `/v1/inbound-mails/${second}/suppress`);
  expect(await suppressionsOf(email)).toEqual(['hard-bounce']);
  const left = (await bench.get('/v1/attention?kind=mail-returned&limit=200')).body.items ?? [];
  expect(left.filter((entry) => entry['leadId'] === leadId)).toEqual([]);
});

test('full mailboxes suppress after the third mail, and never by two mails that come back three times', async () => {
  const { leadId, sendId, email } = await mailed();
  const full = (n: number): string => bounce(email, '5.2.2', `552 5.2.2 mailbox full (${n})`);
  const second = await sentMail(bench.db, leadId);
  for (const n of [1, 2, 3]) await deliver(address(sendId), full(n));
  for (const n of [4, 5]) await deliver(address(second), full(n));
  // Forwarded: it says nothing about the lead's own mailbox.
  await deliver(
    address(await sentMail(bench.db, leadId)),
    bounce('colleague@elsewhere.example', '5.2.2', '552 5.2.2 mailbox full'),
  );
  expect(await suppressionsOf(email)).toEqual([]);
  await deliver(address(await sentMail(bench.db, leadId)), full(6));
  expect(await suppressionsOf(email)).toEqual(['hard-bounce']);
});

test('soft bounces suppress when three mails came back within fourteen days, and not over a longer time', async () => {
  const { leadId, email } = await mailed();
  const daysAgo = async (days: number): Promise<void> => {
    const full = bounce(email, '4.2.2', `452 4.2.2 mailbox full (${days})`);
    await deliver(address(await sentMail(bench.db, leadId)), full);
    const newest = await bench.db.inboundMail.findFirstOrThrow({ where: { leadId }, orderBy: { id: 'desc' } });
    const receivedAt = new Date(Date.now() - days * 86_400_000);
    await bench.db.inboundMail.update({ where: { id: newest.id }, data: { receivedAt } });
  };
  for (const days of [20, 15, 13]) await daysAgo(days);
  await daysAgo(6);
  expect(await suppressionsOf(email)).toEqual([]);
  await daysAgo(0);
  expect(await suppressionsOf(email)).toEqual(['hard-bounce']);
});

test('a complaint suppresses and unsubscribes; a mail to the address of List-Unsubscribe unsubscribes', async () => {
  const [angry, tired] = [await mailed(), await mailed()];
  const complaint = [
    'From: feedback@provider.example',
    'Subject: complaint',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
    '',
    '--b',
    'Content-Type: message/feedback-report',
    '',
    'Feedback-Type: abuse',
    'Version: 1',
    '',
    '--b--',
    '',
  ].join('\r\n');
  await deliver(address(angry.sendId), complaint);
  expect((await suppressionsOf(angry.email)).toSorted()).toEqual(['complaint', 'unsubscribed']);
  expect(await titlesOf(angry.leadId)).toEqual(
    expect.arrayContaining([
      'Unsubscribed (by reporting a mail as spam)',
      'Suppressed: its reader reported a mail as spam',
      'Reported an email as spam',
    ]),
  );
  await deliver(address(tired.sendId, 'unsubscribe'), `From: ${tired.email}\r\nSubject: unsubscribe\r\n\r\n\r\n`);
  expect(await suppressionsOf(tired.email)).toEqual(['unsubscribed']);
  const words = (): Promise<number> => bench.db.consent.count({ where: { leadId: tired.leadId, granted: false } });
  const before = await words();
  expect(before).toBe(1);
  // By another of their programs, once more.
  await deliver(
    address(tired.sendId, 'unsubscribe'),
    'From: other@elsewhere.example\r\nSubject: unsubscribe\r\n\r\n\r\n',
  );
  expect(await suppressionsOf(tired.email)).toEqual(['unsubscribed']);
  expect(await words()).toBe(before);
});

test('an absence does nothing; a person’s answer is an event and is kept for a person', async () => {
  const { leadId, sendId, email } = await mailed();
  await deliver(
    address(sendId),
    `From: ${email}\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nAway.\r\n`,
  );
  await deliver(address(sendId), `From: ${email}\r\nSubject: Re: Your greenhouse\r\n\r\nPlease call me.\r\n`);
  expect(await rowsOf(leadId)).toEqual([
    { verdict: 'auto-reply', did: 'none' },
    { verdict: 'reply', did: 'kept' },
  ]);
  expect(await bench.db.event.count({ where: { leadId, type: 'reply.received' } })).toBe(1);
});

test('an absence that names the day of return is noted and scores nothing', async () => {
  const { leadId, sendId, email } = await mailed();
  const until = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
  const raw = `From: ${email}\r\nSubject: Automatic reply\r\nAuto-Submitted: auto-replied\r\n\r\nI am back on ${until}.\r\n`;
  await deliver(address(sendId), raw);
  expect(await rowsOf(leadId)).toEqual([{ verdict: 'auto-reply', did: 'recorded' }]);
  expect(await bench.db.event.findMany({ where: { leadId, type: 'absence.noted' } })).toMatchObject([
    { machine: true, properties: { untilMs: Date.parse(until) } },
  ]);
  expect(await bench.db.scoreEntry.count({ where: { leadId } })).toBe(0);
});

test('an answer that asks for no more mail is shown as such, kept, and unsubscribes by a person’s word', async () => {
  const { leadId, sendId, email } = await mailed();
  await deliver(address(sendId), `From: ${email}\r\nSubject: Re: news\r\n\r\nPlease remove me from your list.\r\n`);
  expect(await suppressionsOf(email)).toEqual([]);
  const { body } = await bench.get('/v1/attention?kind=mail-returned&limit=200');
  const mine = (body.items ?? []).find((entry) => entry['leadId'] === leadId);
  expect(mine?.['reason']).toBe('a person answered, and seems to ask for no more mail');
  const path = `/v1/inbound-mails/${String(mine?.['ref'])}`;
  const first = await bench.call('POST', `${path}/unsubscribe`);
  expect(first.body).toMatchObject({ did: 'unsubscribed', asksRemoval: true });
  expect((await bench.call('POST', `${path}/unsubscribe`)).body).toEqual(first.body);
  expect(await suppressionsOf(email)).toEqual(['unsubscribed']);
  // What a person wrote stays.
  expect((await bench.get(path)).body['excerpt']).toContain('Please remove me');
});

test('a burst of hard bounces from one domain is quarantined: only the first twenty are believed', async () => {
  const domain = `provider-${(serial += 1)}.example`;
  const leads = [];
  for (let n = 0; n < 22; n += 1) leads.push(await mailed(domain));
  for (const { sendId, email } of leads)
    await deliver(address(sendId), bounce(email, '5.1.1', '550 5.1.1 no such user'));
  const did = await bench.db.inboundMail.groupBy({ by: ['did'], where: { domain }, _count: true });
  expect(Object.fromEntries(did.map(({ did: what, _count }) => [what, _count]))).toEqual({
    suppressed: 20,
    quarantined: 2,
  });
});

test('senders with return paths of their own: a bounce and an unsubscribe come back to each', async () => {
  const { store } = bench.deps;
  const { playbook, templates } = store.rules.current();
  const domains = { news: 'bounces.news.example', offers: 'bounces.offers.example', plain: undefined };
  const senders = Object.entries(domains).map(([sender, returnDomain]) => ({
    sender,
    topics: [],
    ...(returnDomain === undefined ? {} : { returnDomain }),
  }));
  await publishRead({ playbook: { ...playbook, senders }, templates }, bench.db, { author: 'test' });
  await bench.engine.until(
    () => Promise.resolve(store.rules.current().playbook.senders?.length),
    (count) => count === senders.length,
  );
  const mail = { ...bench.engine.deps.mail, inboundDomain: DOMAIN };
  const template = templates.get('plain');
  if (template === undefined) throw new Error('the template is gone');
  for (const { sender, returnDomain = DOMAIN } of senders as { sender: string; returnDomain?: string }[]) {
    const { sendId, email } = await mailed();
    const draft = { template: { ...template, sender }, to: { address: email }, context: emptyContext };
    const begun = await beginMail({ mail, brand: undefined, utm: undefined }, { id: sendId, audience: 'lead' }, draft);
    const { message } = finishMail({ mail, senders }, begun, { at: new Date(), links: null });
    const returnPath = message.envelope?.from ?? '';
    expect(returnPath).toBe(inboundAddress('bounce', bench.tokens.mailbox(sendId), returnDomain));
    const leaving = inboundAddress('unsubscribe', bench.tokens.leaving(sendId), returnDomain);
    expect(JSON.stringify(message.headers)).toContain(`mailto:${leaving}`);
    await deliver(
      returnPath.replace(returnDomain, returnDomain.toUpperCase()),
      bounce(email, '5.1.1', '550 5.1.1 no such user'),
    );
    expect(await suppressionsOf(email), sender).toEqual(['hard-bounce']);
    const other = await mailed();
    await deliver(
      addressFor('unsubscribe', { tokens: bench.tokens, sendId: other.sendId, domain: returnDomain }),
      'Subject: unsubscribe\r\n\r\n',
    );
    expect(await suppressionsOf(other.email), sender).toEqual(['unsubscribed']);
  }
});

test('a return path is no address to unsubscribe, but of a mail of an older version, whose signature is one for both', async () => {
  const [older, newer] = [await mailed(), await mailed()];
  await bench.db.send.update({ where: { id: newer.sendId }, data: { ownLeaveAddress: true } });
  const made = ({ sendId }: { sendId: string }): string => address(sendId).replace(/^b-/, 'u-');
  const asks = 'Subject: unsubscribe\r\n\r\n';
  await expect(deliver(made(newer), asks)).rejects.toThrow(/550 5\.1\.1/);
  await expect(deliver(address(newer.sendId, 'unsubscribe').replace(/^u-/, 'b-'), asks)).rejects.toThrow(/550/);
  expect(await suppressionsOf(newer.email)).toEqual([]);
  await deliver(made(older), asks);
  expect(await suppressionsOf(older.email)).toEqual(['unsubscribed']);
  await deliver(address(newer.sendId, 'unsubscribe'), asks);
  expect(await suppressionsOf(newer.email)).toEqual(['unsubscribed']);
});

test('the command line lists, shows and settles what waits for a person', async () => {
  const config = { ...bench.engine.config, client: { url: bench.base, key: bench.keys.operator } };
  const [gone, left, answered] = [await mailed(), await mailed(), await mailed()];
  for (const { sendId } of [gone, left])
    await deliver(address(sendId), bounce('somebody@else.example', '5.1.1', '550 5.1.1 no such user'));
  await deliver(address(answered.sendId), `From: ${answered.email}\r\nSubject: Re: tips\r\n\r\nPlease remove me.\r\n`);
  const idOf = async ({ leadId }: { leadId: string }): Promise<string> =>
    (await bench.db.inboundMail.findFirstOrThrow({ where: { leadId } })).id;
  const [one, two, three] = [await idOf(gone), await idOf(left), await idOf(answered)];
  expect((await inboundList(config)).text).toContain(one);
  expect((await inboundShow(config, three)).text).toMatch(/seems to ask for no more mail[^]*Please remove me/);
  const settled = await inboundSettle(config, 'suppress', [one]);
  expect(settled.text).toContain(`${one}: its address gets no more mail`);
  expect(await suppressionsOf(gone.email)).toEqual(['hard-bounce']);
  await inboundSettle(config, 'dismiss', [two]);
  expect(await suppressionsOf(left.email)).toEqual([]);
  await inboundSettle(config, 'unsubscribe', [three]);
  expect(await suppressionsOf(answered.email)).toEqual(['unsubscribed']);
  expect((await inboundList(config)).text).not.toContain(one);
  await expect(inboundSettle(config, 'dismiss', [newId('inboundMail')])).rejects.toThrow(/no incoming mail/);
});

test('nobody’s address is refused: a guess, another domain, an altered token', async () => {
  const { sendId } = await mailed();
  const right = address(sendId);
  for (const wrong of [
    `info@${DOMAIN}`,
    right.replace(DOMAIN, 'other.example'),
    right.replace(/.(?=@)/, (last) => (last === '0' ? '1' : '0')),
  ]) {
    await expect(deliver(wrong, 'Subject: hello\r\n\r\nhello\r\n')).rejects.toThrow(/5\.1\.1/);
  }
});

test('a message in doubt waits for a person until it is dismissed; one that was sent cannot be', async () => {
  const { leadId, sendId } = await mailed();
  const waits = async (): Promise<boolean> => {
    const { body } = await bench.get('/v1/attention?kind=send-in-doubt&limit=200');
    return (body.items ?? []).some((entry) => entry['ref'] === sendId);
  };
  expect((await bench.call('POST', `/v1/sends/${sendId}/dismiss`)).body).toMatchObject({
    code: 'CONFLICT',
    detail: 'The message is not in doubt: it is sent. There is nothing to dismiss.',
  });
  await bench.db.send.update({ where: { id: sendId }, data: { status: 'in_doubt' } });
  expect(await waits()).toBe(true);
  const first = await bench.call('POST', `/v1/sends/${sendId}/dismiss`);
  expect(first.body).toMatchObject({ id: sendId, leadId });
  expect((await bench.call('POST', `/v1/sends/${sendId}/dismiss`)).body).toEqual(first.body);
  const { by } = first.body as { by?: unknown };
  expect(by).toMatchObject({ kind: 'key', name: expect.stringMatching(/^(?!key-)/) as string });
  expect((await bench.get(`/v1/sends/${sendId}`)).body).toMatchObject({ resent: null, dismissed: { by } });
  expect(await waits()).toBe(false);
  const { body } = await bench.get(`/v1/leads/${leadId}/timeline`);
  const told = (body.items ?? []).filter(({ title }) => title === 'A message in doubt was looked at; nothing follows');
  expect(told).toHaveLength(1);
});

test('a mail to a rep that is in doubt is dismissed, or sent once more: the answer has the rep, and no lead', async () => {
  const { id: repId } = await bench.db.rep.findFirstOrThrow({ orderBy: { id: 'asc' } });
  const doubtful = async (): Promise<string> => {
    const data = { id: newId('send'), repId, status: 'in_doubt', occurredAt: new Date() } as const;
    return (await bench.db.repMail.create({ data })).id;
  };
  const [lost, arrived] = [await doubtful(), await doubtful()];
  const first = await bench.call('POST', `/v1/sends/${arrived}/dismiss`);
  expect(first).toMatchObject({ status: 200, body: { id: arrived, leadId: null, repId } });
  expect((await bench.call('POST', `/v1/sends/${arrived}/dismiss`)).body).toEqual(first.body);
  expect((await bench.call('POST', `/v1/sends/${arrived}/resend`)).body).toMatchObject({ code: 'CONFLICT' });
  const config = { ...bench.engine.config, client: { url: bench.base, key: bench.keys.operator } };
  for (const { text } of [await sendResend(config, lost), await sendResend(config, lost)])
    expect(text).toContain(`${lost} is sent once more to ${repId}, as API key ‘operator’ said`);
  const mails = await bench.db.repMail.findMany({ where: { id: { in: [lost, arrived] } } });
  expect(new Map(mails.map(({ id, status }) => [id, status]))).toEqual(
    new Map([
      [lost, 'failed'],
      [arrived, 'skipped'],
    ]),
  );
});

test('notices about other people’s addresses, and many about one, are no burst', async () => {
  const domain = `quiet-${(serial += 1)}.example`;
  const [stranger, person] = [await mailed(domain), await mailed(domain)];
  for (let n = 0; n < 19; n += 1)
    await deliver(address(stranger.sendId), bounce(`nobody-${n}@other.example`, '5.1.1', '550 5.1.1 user unknown'));
  await deliver(address(person.sendId), bounce(person.email, '5.1.1', '550 5.1.1 user unknown'));
  expect(await suppressionsOf(person.email)).toEqual(['hard-bounce']);
});

test('a flood to the addresses of one send is put off, and what is too long is read to a bound', async () => {
  const { sendId, email, leadId } = await mailed();
  await deliver(
    address(sendId),
    `From: ${email}\r\nSubject: long\r\n\r\n${'x'.repeat(70)}\r\n`.padEnd(900_000, '<\r\n'),
  );
  for (let n = 1; n < 20; n += 1)
    await deliver(address(sendId), `From: ${email}\r\nSubject: Re: ${n}\r\n\r\nAgain.\r\n`);
  await expect(deliver(address(sendId), `From: ${email}\r\nSubject: one more\r\n\r\nx\r\n`)).rejects.toThrow(/4\.2\.1/);
  expect(await rowsOf(leadId)).toHaveLength(20);
});

test('a mail is deleted after 90 days, looked at or not; who is erased takes along those that only name them', async () => {
  const now = Date.now();
  const { leadId, sendId, email } = await mailed();
  const keep = (digest: string, more: object) =>
    bench.db.inboundMail.create({
      data: { id: newId('inboundMail'), digest, verdict: 'unclear', did: 'kept', receivedAt: new Date(now), ...more },
    });
  const days = (n: number) => new Date(now - n * 86_400_000);
  await keep('old', { receivedAt: days(90.5), did: 'suppressed' });
  await keep('old and not looked at', { receivedAt: days(91) });
  await keep('young', { receivedAt: days(89) });
  expect(await sweepInbound(bench.db, new Date(now))).toBe(2);
  await keep('of the lead', { leadId, sendId });
  await keep('names them', { recipient: email.toUpperCase() });
  await keep('quotes them', { excerpt: `Why did you write to <${email}>?` });
  const { body } = await bench.get(`/v1/leads/${leadId}/export`, bench.keys.operator);
  const { inboundMails = [], profile = [] } = body['data'] as Record<string, Record<string, unknown>[]>;
  expect(new Set(inboundMails.map(({ digest }) => digest))).toEqual(
    new Set(['names them', 'of the lead', 'quotes them']),
  );
  expect(profile).toMatchObject([{ id: leadId, email }]);
  expect((await bench.call('DELETE', `/v1/leads/${leadId}`, { key: bench.keys.operator })).status).toBe(403);
  expect((await bench.call('DELETE', `/v1/leads/${leadId}`)).status).toBe(204);
  expect((await bench.get(`/v1/leads/${leadId}/export`)).status).toBe(404);
  const digests = ['old', 'old and not looked at', 'young', 'of the lead', 'names them', 'quotes them'];
  const left = await bench.db.inboundMail.findMany({ where: { OR: digests.map((digest) => ({ digest })) } });
  expect(left.map(({ digest }) => digest)).toEqual(['young']);
});

test('the doctor asks real servers: what is right is said to be, and what is not with what to mend', async () => {
  const { config } = bench.engine;
  const dns = await startDns({
    [`TXT ${DOMAIN}`]: ['v=spf1 ip4:203.0.113.0/24 -all'],
    'TXT _dmarc.shop.example': ['v=DMARC1; p=quarantine'],
    [`MX ${DOMAIN}`]: ['mx.shop.example'],
    'A mx.shop.example': ['203.0.113.9'],
    'A named-elsewhere.example': ['203.0.113.10'],
    'TXT bounces.offers.example': ['v=spf1 -all'],
    'PTR 9.113.0.203.in-addr.arpa': ['mx.shop.example'],
    'PTR 10.113.0.203.in-addr.arpa': ['mx.shop.example'],
  });
  const resolver = new Resolver({ timeout: 15_000, tries: 2 });
  resolver.setServers([dns.address]);
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = certificateOf(keys, 'localhost');
  const swallowed: string[] = [];
  const senders = [
    { sender: 'plain', topics: [] },
    { sender: 'offers', topics: [], from: 'hello@offers.example', returnDomain: 'bounces.offers.example' },
  ];
  const server = new SMTPServer({
    authOptional: true,
    key: keys.privateKey.export({ format: 'pem', type: 'pkcs8' }),
    cert: certificate,
    onData(stream, session, done) {
      stream.resume();
      stream.on('end', () => {
        swallowed.push(session.envelope.rcptTo[0]?.address ?? '');
        done();
      });
    },
  });
  const relay = await new Promise<number>((resolve) => {
    const net = server.listen(0, '127.0.0.1', () => resolve((net.address() as AddressInfo).port));
  });
  const trusted = getCACertificates('default');
  const found = async (smtpUrl: string, inboundDomain: string | null = DOMAIN): Promise<Record<string, string>> => {
    const mail = { ...config.mail, smtpUrl, inboundDomain, from: 'Shop <hello@shop.example>' };
    const { data } = await emailDoctor(
      { ...config, mail, databaseUrl: bench.engine.database.url },
      { wait: 1 },
      resolver,
      senders,
    );
    const { findings } = data as {
      findings: { check: string; sender?: string; status: string; says: string; mend?: string }[];
    };
    for (const { status, mend } of findings) if (status === 'failed') expect(mend).toBeTruthy();
    const nameOf = (check: string, sender?: string): string => (sender === undefined ? check : `${check} of ${sender}`);
    return Object.fromEntries(
      findings.map(({ check, sender, status, says }) => [nameOf(check, sender), `${status}: ${says}`]),
    );
  };
  try {
    // Straight to the engine's own listener: what would bounce comes back.
    const direct = await found(`smtp://127.0.0.1:${listener.port}`);
    expect(direct).toMatchObject({
      SPF: expect.stringMatching(/^ok: /),
      DMARC: 'ok: _dmarc.shop.example: p=quarantine.',
      MX: `ok: Mails to ${DOMAIN} go to mx.shop.example.`,
      'SPF of offers': expect.stringMatching(/^ok: bounces\.offers\.example/),
      'MX of offers': expect.stringMatching(/^failed: bounces\.offers\.example, where mails come back to/),
      'DMARC of offers': expect.stringMatching(/^failed: offers\.example has no DMARC record/),
      TLS: expect.stringMatching(/^failed: .*offers no STARTTLS/),
      Delivery: 'ok: The mail server took a message to the engine itself.',
      Return: 'ok: It came back by the listener for incoming mail.',
    });
    // A sender that has all from MAIL_FROM is no other.
    expect(Object.keys(direct).filter((check) => check.includes('plain'))).toEqual([]);
    // By a server whose certificate nobody knows, and that loses it.
    const lost = await found(`smtp://localhost:${relay}`);
    expect(lost['TLS']).toMatch(/^failed: .*a certificate that it signed itself/);
    expect(lost['Return']).toBeUndefined();
    setDefaultCACertificates([...trusted, certificate]);
    const safe = await found(`smtp://localhost:${relay}`);
    expect(safe['TLS']).toMatch(/^ok: /);
    expect(safe['Return']).toMatch(/^failed: It has not come back within 1 s/);
    expect(swallowed.at(-1)).toMatch(new RegExp(`^b-[0-9a-f]+@${DOMAIN}$`));
    // A server that has a name which leads elsewhere, and one that nobody answers at.
    expect((await found('smtp://named-elsewhere.example:2'))['rDNS']).toBe(
      'failed: 203.0.113.10 is called mx.shop.example, and that name leads elsewhere.',
    );
  } finally {
    setDefaultCACertificates(trusted);
    await new Promise<void>((resolve) => server.close(resolve));
    await dns.close();
  }
});
