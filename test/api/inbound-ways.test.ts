/** By webhooks of mail providers, as they document them, and by a mailbox: what comes back does what it does by the listener, once. */
import { createHash, createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Mailbox, type Pace, startMailbox } from '../../src/api/inbound/mailbox.ts';
import { newId } from '../../src/domain/ids.ts';
import { inboundAddress } from '../../src/email/inbound/address.ts';
import { openApi, type Answer, type Bench } from './support.ts';
import { snsSigner } from './sns-signer.ts';
import { sentMail } from '../support/sent-mail.ts';

const DOMAIN = 'bounces.shop.example';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:bounces';
const CERTIFICATE = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem';
const MAILGUN_KEY = 'key-of-the-webhooks-of-the-test';
const POSTMARK = 'engine:a-long-password-of-the-test';
const sns = snsSigner();
const sendgrid = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
/** Of a security policy of Inbound Parse. */
const parse = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const asked: string[] = [];

let bench: Bench;
beforeAll(async () => {
  const settings = {
    tls: null,
    sesTopics: [TOPIC],
    sendgridKeys: [parse, sendgrid].map(({ publicKey }) =>
      publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    ),
    postmarkAuth: POSTMARK,
    mailgunKey: MAILGUN_KEY,
    imapUrl: null,
  };
  const page = (url: string): Promise<string> => {
    asked.push(url);
    return Promise.resolve(url === CERTIFICATE ? sns.certificate : 'confirmed');
  };
  // Behind a proxy, so that a test can ask from several addresses.
  bench = await openApi({
    change: (deps) => ({ ...deps, settings: { ...deps.settings, trustProxy: 1 }, inbound: { settings, page } }),
  });
});
afterAll(() => bench.close());

let serial = 0;
async function mailed(): Promise<{ leadId: string; sendId: string; email: string }> {
  serial += 1;
  const email = `ada@ways-${serial}.example`;
  const { body } = await bench.call('POST', '/v1/leads', {
    body: { email, source: 'ebook', consent: { text: 'Yes, send me tips.', source: 'form' } },
    headers: { 'idempotency-key': `ways-${serial}` },
  });
  const leadId = String(body['id']);
  const sendId = await sentMail(bench.db, leadId);
  return { leadId, sendId, email };
}

const suppressionsOf = async (email: string): Promise<string[]> =>
  (await bench.db.suppression.findMany({ where: { email } })).map(({ reason }) => reason).toSorted();

const rowsOf = (leadId: string) =>
  bench.db.inboundMail.findMany({
    where: { leadId },
    orderBy: { receivedAt: 'asc' },
    select: { verdict: true, did: true, status: true },
  });

const post = (provider: string, raw: string, headers: Record<string, string> = {}): Promise<Answer> =>
  bench.call('POST', `/v1/inbound/${provider}`, {
    key: null,
    raw,
    headers: { 'content-type': 'text/plain', ...headers },
  });

/** As providers sign them. */
const secondsFromNow = (seconds: number): string => String(Math.floor(Date.now() / 1_000) + seconds);
/** Too long ago to be tried again, and too far ahead for any clock. */
const OTHER_DAYS_S = [-26 * 3_600, 26 * 3_600];

function signedBySns(change: Record<string, string>, version: '1' | '2' = '2'): Record<string, string> {
  const envelope: Record<string, string> = {
    Type: 'Notification',
    MessageId: newId('event'),
    TopicArn: TOPIC,
    Timestamp: new Date().toISOString(),
    SignatureVersion: version,
    SigningCertURL: CERTIFICATE,
    ...change,
  };
  const names = ['Message', 'MessageId', 'SubscribeURL', 'Subject', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = names.flatMap((name) => (envelope[name] === undefined ? [] : `${name}\n${envelope[name]}\n`)).join('');
  return { ...envelope, Signature: sns.sign(text, version === '1' ? 'RSA-SHA1' : 'RSA-SHA256') };
}

const sesBounce = (email: string, source: string, diagnosticCode: string, status = '5.1.1') =>
  JSON.stringify({
    notificationType: 'Bounce',
    bounce: {
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients: [{ emailAddress: email, action: 'failed', status, diagnosticCode }],
      timestamp: '2026-11-27T10:00:00.000Z',
      feedbackId: '0102',
    },
    mail: { timestamp: '2026-11-27T09:59:00.000Z', source, messageId: '0102-ses', destination: [email] },
  });

test('Amazon SES: a bounce suppresses once however often it comes; one about us does not; a complaint suppresses', async () => {
  const [gone, blocked, angry] = [await mailed(), await mailed(), await mailed()];
  const returnPath = (sendId: string): string => inboundAddress('bounce', bench.tokens.mailbox(sendId), DOMAIN);
  const bounce = JSON.stringify(
    signedBySns({
      Message: sesBounce(gone.email, returnPath(gone.sendId), 'smtp; 550 5.1.1 user unknown'),
      Subject: 'Bounce',
    }),
  );
  for (const _time of [1, 2]) expect((await post('ses', bounce)).status).toBe(204);
  expect(await suppressionsOf(gone.email)).toEqual(['hard-bounce']);
  expect(await rowsOf(gone.leadId)).toEqual([{ verdict: 'hard', did: 'suppressed', status: '5.1.1' }]);
  expect((await bench.db.send.findUniqueOrThrow({ where: { id: gone.sendId } })).status).toBe('sent');
  // The older signature, and no return path: the latest message to the address.
  const spam = sesBounce(blocked.email, 'hello@shop.example', 'smtp; 550 5.7.1 blocked using a block list', '5.7.1');
  expect((await post('ses', JSON.stringify(signedBySns({ Message: spam }, '1')))).status).toBe(204);
  expect(await suppressionsOf(blocked.email)).toEqual([]);
  expect(await rowsOf(blocked.leadId)).toEqual([{ verdict: 'sender', did: 'kept', status: '5.7.1' }]);
  const complaint = JSON.stringify({
    eventType: 'Complaint',
    complaint: { complainedRecipients: [{ emailAddress: angry.email }], complaintFeedbackType: 'abuse' },
    mail: {
      source: returnPath(angry.sendId),
      headers: [{ name: 'Message-ID', value: `<${angry.sendId}@shop.example>` }],
    },
  });
  expect((await post('ses', JSON.stringify(signedBySns({ Message: complaint })))).status).toBe(204);
  expect(await suppressionsOf(angry.email)).toEqual(['complaint', 'unsubscribed']);
});

test('Amazon SES: nothing is fetched but from Amazon, and nothing recorded that it has not signed', async () => {
  const { email, leadId } = await mailed();
  const right = signedBySns({ Message: sesBounce(email, 'x@y.example', '550 5.1.1 unknown') });
  const before = asked.length;
  const wrong = [
    { ...right, SigningCertURL: 'https://sns.eu-west-1.amazonaws.com.evil.example/x.pem' },
    { ...right, SigningCertURL: 'https://evil.example/sns.eu-west-1.amazonaws.com/x.pem' },
    { ...right, SigningCertURL: 'http://sns.eu-west-1.amazonaws.com/x.pem' },
    { ...right, SigningCertURL: 'https://sns.eu-west-1.amazonaws.com:444/x.pem' },
    { ...right, SigningCertURL: 'https://user@sns.eu-west-1.amazonaws.com/x.pem' },
    { ...right, SigningCertURL: 'https://s3.amazonaws.com/x.pem' },
    { ...right, SigningCertURL: 'https://sns.s3.amazonaws.com/SimpleNotificationService-1.pem' },
    { ...right, SigningCertURL: 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem' },
    { ...right, SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/x.pem' },
    { ...right, SigningCertURL: `${CERTIFICATE}?Action=GetTopicAttributes` },
    { ...right, TopicArn: 'arn:aws:sns:eu-west-1:999999999999:bounces' },
    signedBySns({
      Type: 'SubscriptionConfirmation',
      Message: 'm',
      Token: 't',
      SubscribeURL: 'https://169.254.169.254/',
    }),
    { ...right, Message: sesBounce(email, 'x@y.example', '550 5.1.1 altered') },
  ];
  for (const envelope of wrong) expect((await post('ses', JSON.stringify(envelope))).status).toBe(403);
  expect(asked.slice(before)).toEqual([]);
  expect(await rowsOf(leadId)).toEqual([]);
  const confirm = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t';
  const subscription = signedBySns({
    Type: 'SubscriptionConfirmation',
    Message: 'm',
    Token: 't',
    SubscribeURL: confirm,
  });
  expect((await post('ses', JSON.stringify(subscription))).status).toBe(204);
  expect(asked.at(-1)).toBe(confirm);
});

test('Amazon SES: what SNS signed on another day records nothing and confirms nothing', async () => {
  const { email, leadId } = await mailed();
  const before = asked.length;
  const Message = sesBounce(email, 'hello@shop.example', 'smtp; 550 5.1.1 user unknown');
  const confirm = `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=old`;
  for (const seconds of OTHER_DAYS_S) {
    const Timestamp = new Date(Date.now() + seconds * 1_000).toISOString();
    const subscription = { Type: 'SubscriptionConfirmation', Message: 'm', Token: 'old', SubscribeURL: confirm };
    for (const change of [{ Message }, subscription])
      expect((await post('ses', JSON.stringify(signedBySns({ ...change, Timestamp })))).status).toBe(403);
  }
  expect(asked.slice(before).filter((url) => url !== CERTIFICATE)).toEqual([]);
  expect(await suppressionsOf(email)).toEqual([]);
  expect(await rowsOf(leadId)).toEqual([]);
});

test('SendGrid: bounces, spam reports and unsubscribes, signed by its key', async () => {
  const [gone, slow, angry] = [await mailed(), await mailed(), await mailed()];
  const body = JSON.stringify([
    {
      email: gone.email,
      event: 'bounce',
      type: 'bounce',
      sg_event_id: `e1-${gone.sendId}`,
      'smtp-id': `<${gone.sendId}@shop.example>`,
      status: '5.1.1',
      reason: '550 5.1.1 The email account that you tried to reach does not exist.',
      timestamp: 1,
    },
    {
      email: slow.email,
      event: 'bounce',
      type: 'blocked',
      sg_event_id: `e2-${slow.sendId}`,
      'smtp-id': `<${slow.sendId}@shop.example>`,
      status: '4.2.2',
      reason: '452 4.2.2 mailbox full',
      timestamp: 1,
    },
    {
      email: angry.email,
      event: 'spamreport',
      sg_event_id: `e3-${angry.sendId}`,
      'smtp-id': `<${angry.sendId}@shop.example>`,
      timestamp: 1,
    },
    { email: angry.email, event: 'open', sg_event_id: 'e4', timestamp: 1 },
  ]);
  const headers = (signed: string, time = secondsFromNow(-60)): Record<string, string> => ({
    'x-twilio-email-event-webhook-timestamp': time,
    'x-twilio-email-event-webhook-signature': createSign('sha256')
      .update(`${time}${signed}`)
      .sign(sendgrid.privateKey, 'base64'),
  });
  expect((await post('sendgrid', body)).status).toBe(403);
  expect((await post('sendgrid', body, headers(`${body} `))).status).toBe(403);
  // What was signed on another day was seen by somebody; what has no time at all was never signed by SendGrid.
  for (const time of [...OTHER_DAYS_S.map(secondsFromNow), 'today', ''])
    expect((await post('sendgrid', body, headers(body, time))).status, time).toBe(403);
  expect(await suppressionsOf(gone.email)).toEqual([]);
  for (const _time of [1, 2]) expect((await post('sendgrid', body, headers(body))).status).toBe(204);
  expect(await suppressionsOf(gone.email)).toEqual(['hard-bounce']);
  expect(await rowsOf(slow.leadId)).toMatchObject([{ verdict: 'soft', did: 'recorded' }]);
  expect(await suppressionsOf(angry.email)).toEqual(['complaint', 'unsubscribed']);
});

test('Postmark: by user and password', async () => {
  const [gone, spam] = [await mailed(), await mailed()];
  const record = (email: string, Type: string, Details: string): string =>
    JSON.stringify({
      RecordType: 'Bounce',
      ID: serial * 100,
      Type,
      TypeCode: 1,
      MessageID: '883953f4',
      Email: email,
      Description: 'See the details.',
      Details,
      BouncedAt: '2026-11-27T10:00:00Z',
    });
  const auth = (text: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(text).toString('base64')}`,
  });
  const bounce = record(gone.email, 'HardBounce', 'smtp;550 5.1.1 unknown user');
  expect((await post('postmark', bounce, auth('engine:guess'))).status).toBe(403);
  for (const _time of [1, 2]) expect((await post('postmark', bounce, auth(POSTMARK))).status).toBe(204);
  expect(await suppressionsOf(gone.email)).toEqual(['hard-bounce']);
  expect(await rowsOf(gone.leadId)).toHaveLength(1);
  await post('postmark', record(spam.email, 'SpamNotification', '550 user unknown'), auth(POSTMARK));
  expect(await suppressionsOf(spam.email)).toEqual([]);
});

test('Postmark: whoever tries passwords is refused for a while, with the right one too; others are not', async () => {
  const body = JSON.stringify({ RecordType: 'Delivery', MessageID: 'tries', Recipient: 'nobody@tries.example' });
  const from = (address: string, password: string): Promise<Answer> =>
    post('postmark', body, {
      authorization: `Basic ${Buffer.from(password).toString('base64')}`,
      'x-forwarded-for': address,
    });
  const guesses: number[] = [];
  for (let n = 0; n < 40 && guesses.at(-1) !== 429; n += 1)
    guesses.push((await from('198.51.100.7', `engine:guess-number-${n}`)).status);
  expect(guesses.at(-1)).toBe(429);
  expect(guesses.slice(0, -1).every((status) => status === 403)).toBe(true);
  const refused = await from('198.51.100.7', POSTMARK);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await from('198.51.100.8', POSTMARK)).status).toBe(204);
});

test('Mailgun: signed with its key; what is tried again is nothing yet', async () => {
  const { email, sendId, leadId } = await mailed();
  const begun = Math.floor(Date.now() / 1_000);
  const event = (id: string, severity: string, key = MAILGUN_KEY, ageS = 60, token = `token-${id}`): string => {
    const timestamp = String(begun - ageS);
    return JSON.stringify({
      signature: {
        timestamp,
        token,
        signature: createHmac('sha256', key)
          .update(timestamp + token)
          .digest('hex'),
      },
      'event-data': {
        id,
        event: 'failed',
        severity,
        reason: 'bounce',
        recipient: email,
        'delivery-status': {
          code: 550,
          message: '5.1.1 The email account that you tried to reach does not exist',
          'attempt-no': 1,
        },
        message: { headers: { 'message-id': `${sendId}@shop.example`, to: email } },
      },
    });
  };
  expect((await post('mailgun', event(`a-${sendId}`, 'permanent', 'another-key-of-somebody'))).status).toBe(403);
  // The signature of another day was seen once, and may come from anybody.
  for (const ageS of OTHER_DAYS_S)
    expect((await post('mailgun', event(`d-${sendId}`, 'permanent', MAILGUN_KEY, ageS))).status).toBe(403);
  await post('mailgun', event(`b-${sendId}`, 'temporary'));
  expect(await rowsOf(leadId)).toEqual([]);
  for (const _time of [1, 2]) expect((await post('mailgun', event(`c-${sendId}`, 'permanent'))).status).toBe(204);
  expect(await rowsOf(leadId)).toMatchObject([{ verdict: 'hard', did: 'suppressed' }]);
  // The signature covers nothing but the time and the token: whoever saw one has it for nothing else.
  const seen = `token-c-${sendId}`;
  expect((await post('mailgun', event(`f-${sendId}`, 'permanent', MAILGUN_KEY, 60, seen))).status).toBe(403);
  expect(await rowsOf(leadId)).toHaveLength(1);
  expect((await post('mailgun', event(`c-${sendId}`, 'permanent'))).status).toBe(204);
  expect((await post('mailgun', 'nonsense')).status).toBe(400);
  expect((await post('mailjet', '{}')).status).toBe(404);
});

/** A request as a form would be posted: the bytes, and the type with its boundary. */
async function formBytes(fields: Record<string, string>): Promise<{ raw: string; type: string }> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const response = new Response(form);
  return { raw: await response.text(), type: response.headers.get('content-type') ?? '' };
}

/** Each way in which a provider hands over a mail that it received. */
const HANDED: readonly [string, string, (mail: { from: string; sendId: string; text: string }) => Promise<Answer>][] = [
  [
    'Amazon SES',
    'ses',
    ({ from, sendId, text }) => {
      const content = Buffer.from(`${headOfAnswer(from, sendId)}\r\n\r\n${text}\r\n`).toString('base64');
      const Message = JSON.stringify({
        notificationType: 'Received',
        receipt: { recipients: ['hello@shop.example'], action: { type: 'SNS', encoding: 'BASE64' } },
        mail: { source: from, messageId: 'abc' },
        content,
      });
      return post('ses', JSON.stringify(signedBySns({ Message })));
    },
  ],
  [
    'SendGrid, whole',
    'sendgrid',
    async ({ from, sendId, text }) => {
      const email = `${headOfAnswer(from, sendId)}\r\n\r\n${text}\r\n`;
      return postParsed(await formBytes({ email, envelope: JSON.stringify({ to: ['hello@shop.example'], from }) }));
    },
  ],
  [
    'SendGrid, in parts',
    'sendgrid',
    async ({ from, sendId, text }) =>
      postParsed(await formBytes({ headers: headOfAnswer(from, sendId), text, envelope: '{"to":[]}' })),
  ],
  [
    'Postmark',
    'postmark',
    ({ from, sendId, text }) =>
      post(
        'postmark',
        JSON.stringify({
          From: from,
          FromFull: { Email: from },
          Subject: 'Re: hello',
          OriginalRecipient: 'hash@inbound.postmarkapp.com',
          MessageID: 'pm',
          TextBody: text,
          Headers: [{ Name: 'In-Reply-To', Value: `<${sendId}@shop.example>` }],
        }),
        { authorization: `Basic ${Buffer.from(POSTMARK).toString('base64')}` },
      ),
  ],
  [
    'Mailgun, in parts',
    'mailgun',
    ({ from, sendId, text }) =>
      postRouted({
        recipient: 'hello@shop.example',
        'message-headers': JSON.stringify(
          headOfAnswer(from, sendId)
            .split('\r\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        ),
        'body-plain': text,
      }),
  ],
  [
    'Mailgun, whole',
    'mailgun',
    ({ from, sendId, text }) =>
      postRouted({ recipient: 'hello@shop.example', 'body-mime': `${headOfAnswer(from, sendId)}\r\n\r\n${text}` }),
  ],
];

const headOfAnswer = (from: string, sendId: string): string =>
  `From: ${from}\r\nTo: hello@shop.example\r\nSubject: Re: hello\r\nIn-Reply-To: <${sendId}@shop.example>`;

function postParsed({ raw, type }: { raw: string; type: string }, key = parse.privateKey): Promise<Answer> {
  const time = secondsFromNow(-60);
  const signature = createSign('sha256').update(`${time}${raw}`).sign(key, 'base64');
  return post('sendgrid', raw, {
    'content-type': type,
    'x-twilio-email-event-webhook-timestamp': time,
    'x-twilio-email-event-webhook-signature': signature,
  });
}

function postRouted(fields: Record<string, string>, key = MAILGUN_KEY): Promise<Answer> {
  const token = createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 50);
  const timestamp = secondsFromNow(0);
  const signature = createHmac('sha256', key)
    .update(timestamp + token)
    .digest('hex');
  return post('mailgun', new URLSearchParams({ ...fields, timestamp, token, signature }).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });
}

test.each(HANDED)('%s hands over an answer: it is kept and told as one, once', async (_name, _provider, hand) => {
  const { email, leadId, sendId } = await mailed();
  const answer = { from: email, sendId, text: 'Schöne Grüße. Please remove me from your list.' };
  for (const _time of [1, 2]) expect((await hand(answer)).status).toBe(204);
  const [row, ...more] = await bench.db.inboundMail.findMany({ where: { leadId } });
  expect(more).toEqual([]);
  expect(row).toMatchObject({ verdict: 'reply', did: 'kept', asksRemoval: true, sendId });
  expect(row?.excerpt).toContain('Schöne Grüße.');
  expect(await bench.db.event.findMany({ where: { leadId, type: 'reply.received' } })).toHaveLength(1);
});

test('what a provider hands over is signed, suppresses nobody who names no message, and is kept where nobody is known', async () => {
  const { email, leadId } = await mailed();
  const bounce = `From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail\r\n\r\n<${email}>: 550 5.1.1 user unknown\r\n`;
  const form = await formBytes({ email: bounce, envelope: '{"to":["hello@shop.example"]}' });
  expect((await postParsed(form, generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey)).status).toBe(403);
  expect((await postRouted({ 'body-mime': bounce }, 'another-key-of-somebody')).status).toBe(403);
  expect((await postParsed(form)).status).toBe(204);
  expect(await suppressionsOf(email)).toEqual([]);
  expect(await rowsOf(leadId)).toEqual([]);
  const stranger = { from: `nobody@${newId('send')}.example`, sendId: 'none', text: 'Hello?' };
  for (const [, , hand] of HANDED.slice(0, 2)) expect((await hand(stranger)).status).toBe(204);
  const kept = await bench.db.inboundMail.findMany({ where: { leadId: null, excerpt: { contains: 'Hello?' } } });
  expect(kept.map(({ did }) => did)).toEqual(['kept', 'kept']);
  // A mail of which SES tells without its content is shown, so that the rule is mended.
  const Message = JSON.stringify({
    notificationType: 'Received',
    receipt: { action: { type: 'S3' } },
    mail: { source: email },
  });
  expect((await post('ses', JSON.stringify(signedBySns({ Message })))).status).toBe(204);
  expect(await bench.db.inboundMail.count({ where: { excerpt: { contains: 'use the SNS action' } } })).toBe(1);
});

interface ImapServer {
  listen(port: number, ready: () => void): void;
  close(done: () => void): void;
  appendMessage(mailbox: string, flags: string[], at: string | undefined, raw: string): void;
  getMailbox(name: string): { messages: { raw: string; flags: string[] }[] };
  server: {
    address(): { port: number };
    on(event: 'connection', met: (socket: { bytesWritten: number }) => void): void;
  };
}
const createImapServer = createRequire(import.meta.url)('hoodiecrow-imap') as (options: unknown) => ImapServer;
const silent = pino({ level: 'silent' });

async function withMailbox(
  raws: readonly string[],
  work: (server: ImapServer, open: (pace?: Pace) => Mailbox) => Promise<void>,
): Promise<void> {
  const server = createImapServer({
    plugins: ['IDLE', 'UIDPLUS'],
    storage: { INBOX: { messages: raws.map((raw) => ({ raw })) } },
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const boxes: Mailbox[] = [];
  const { store, tokens, ring } = bench.deps;
  const url = `imap://testuser:testpass@127.0.0.1:${server.server.address().port}/INBOX`;
  const open = (pace?: Pace): Mailbox => {
    const box = startMailbox({ store, tokens, ring, log: silent as never }, url, pace);
    boxes.push(box);
    return box;
  };
  try {
    await work(server, open);
  } finally {
    for (const box of boxes) await box.close();
    await new Promise<void>((resolve) => server.close(resolve));
  }
}

const seen = (server: ImapServer): boolean[] =>
  server.getMailbox('INBOX').messages.map(({ flags }) => flags.includes('\\Seen'));

test('a mailbox: what is unseen is taken and marked once it stands; new mail at once; again it counts once', async () => {
  const [asks, gone, late] = [await mailed(), await mailed(), await mailed()];
  const answer = `From: ${asks.email}\r\nTo: hello@shop.example\r\nSubject: Re: hello\r\nIn-Reply-To: <${asks.sendId}@shop.example>\r\n\r\nCall me.\r\n`;
  const bounce = [
    `From: MAILER-DAEMON@mx.example`,
    `To: ${inboundAddress('bounce', bench.tokens.mailbox(gone.sendId), DOMAIN)}`,
    'Subject: Undelivered Mail Returned to Sender',
    '',
    `<${gone.email}>: 550 5.1.1 user unknown`,
    '',
  ].join('\r\n');
  const forged = `From: MAILER-DAEMON@mx.example\r\nTo: hello@shop.example\r\nSubject: Undelivered Mail\r\n\r\n<${late.email}>: 550 5.1.1 user unknown\r\n`;
  await withMailbox([answer, bounce, forged], async (server, open) => {
    const first = open();
    await expect.poll(() => seen(server)).toEqual([true, true, true]);
    expect(await rowsOf(asks.leadId)).toMatchObject([{ verdict: 'reply', did: 'kept' }]);
    expect(await suppressionsOf(gone.email)).toEqual(['hard-bounce']);
    // Anybody can write to a mailbox that an address is gone.
    expect(await suppressionsOf(late.email)).toEqual([]);
    server.appendMessage(
      'INBOX',
      [],
      undefined,
      `From: ${late.email}\r\nTo: hello@shop.example\r\nSubject: hello\r\n\r\nIt is me.\r\n`,
    );
    await expect.poll(() => seen(server)).toEqual([true, true, true, true]);
    expect(await rowsOf(late.leadId)).toMatchObject([{ verdict: 'reply', did: 'kept' }]);
    // Anybody can write whom a mail is from as well: it is told, gives no points, and no cadence waits for it.
    const replies = (leadId: string) => bench.db.event.findMany({ where: { leadId, type: 'reply.received' } });
    expect(await replies(asks.leadId)).toMatchObject([{ machine: false }]);
    expect(await replies(late.leadId)).toMatchObject([{ machine: true, properties: { byWriter: true } }]);
    const ids = (await replies(late.leadId)).map(({ id }) => id);
    expect(await bench.db.scoreEntry.count({ where: { eventId: { in: ids } } })).toBe(0);
    await first.close();
    // As after a crash before the mark.
    for (const message of server.getMailbox('INBOX').messages) message.flags = [];
    open();
    await expect.poll(() => seen(server)).toEqual([true, true, true, true]);
    for (const { leadId } of [asks, gone, late]) expect(await rowsOf(leadId)).toHaveLength(1);
  });
});

test('a mailbox that is full is read in bounded pieces; of a large mail only its beginning; what floods one message waits', async () => {
  const asks = await mailed();
  const answer = (n: number): string =>
    `From: ${asks.email}\r\nTo: hello@shop.example\r\nSubject: Re: ${n}\r\nIn-Reply-To: <${asks.sendId}@shop.example>\r\n\r\nNumber ${n}.\r\n`;
  const large = `From: ben@large.example\r\nTo: hello@shop.example\r\nSubject: large\r\n\r\n${'x'.repeat(76)}\r\n`;
  const raws = [large + `${'y'.repeat(76)}\r\n`.repeat(200_000), ...Array.from({ length: 25 }, (_, n) => answer(n))];
  await withMailbox(raws, async (server, open) => {
    const sockets: { bytesWritten: number }[] = [];
    server.server.on('connection', (socket) => void sockets.push(socket));
    open({ atOnce: 4, restMs: 20 });
    await expect.poll(() => seen(server).filter(Boolean).length).toBe(21);
    expect(await rowsOf(asks.leadId)).toHaveLength(20);
    expect(sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0)).toBeLessThan(1_000_000);
  });
});
