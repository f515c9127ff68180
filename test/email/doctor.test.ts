/** What the doctor says of a sender, with a DNS of the test's own and a real SMTP server. */
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { emailDoctor } from '../../src/cli/email-doctor.ts';
import { checkTls } from '../../src/email/doctor/check-tls.ts';
import { tlsInWords } from '../../src/email/doctor/tls-words.ts';
import {
  checkAlignment,
  checkDkim,
  checkDmarc,
  checkReverse,
  checkSpf,
  type Sender,
} from '../../src/email/doctor/check-dns.ts';
import type { Finding, Resolver } from '../../src/email/doctor/finding.ts';
import { dkimRecord, newDkimKey } from '../../src/email/dkim.ts';
import { loadConfig } from '../../src/runtime/config.ts';

const key = newDkimKey();
const dkim = { domainName: 'shop.example', keySelector: 'nurture', privateKey: key };
const own = dkimRecord(key, { domain: 'shop.example', selector: 'nurture' });
const SENDER: Sender = {
  fromDomain: 'shop.example',
  returnDomain: 'bounces.shop.example',
  dkim,
  smtpHost: 'mx.shop.example',
};

/** Records by name; what is not there is absent. */
function dns(records: Record<string, string[]>, options: { down?: boolean } = {}): Resolver {
  const ask = (name: string): Promise<string[]> => {
    if (options.down === true)
      return Promise.reject(Object.assign(new Error('queryTxt ETIMEOUT'), { code: 'ETIMEOUT' }));
    const found = records[name];
    return found === undefined
      ? Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }))
      : Promise.resolve(found);
  };
  return {
    resolveTxt: async (name) => (await ask(name)).map((text) => text.match(/.{1,255}/g) ?? []),
    resolveMx: async (name) => (await ask(`MX ${name}`)).map((exchange) => ({ exchange, priority: 10 })),
    resolve4: (name) => ask(`A ${name}`),
    resolve6: (name) => ask(`AAAA ${name}`),
    reverse: (ip) => ask(`PTR ${ip}`),
  };
}

const GOOD = {
  'bounces.shop.example': ['v=spf1 include:_spf.relay.example ~all', 'some-verification=1'],
  '_spf.relay.example': ['v=spf1 ip4:192.0.2.0/24 -all'],
  [own.name]: [own.strings.join('')],
  '_dmarc.shop.example': ['v=DMARC1; p=none; rua=mailto:x@shop.example'],
  'A mx.shop.example': ['203.0.113.9'],
  'PTR 203.0.113.9': ['mx.shop.example'],
};
type Check = (resolver: Resolver, sender: Sender) => Promise<Finding>;
const CHECKS: readonly [string, Check, Record<string, string[]>, string][] = [
  ['no SPF record', checkSpf, { 'bounces.shop.example': [] }, 'has no SPF record'],
  ['two SPF records', checkSpf, { 'bounces.shop.example': ['v=spf1 -all', 'v=spf1 ~all'] }, '2 SPF records'],
  ['SPF for everybody', checkSpf, { 'bounces.shop.example': ['v=spf1 +all'] }, 'lets every server send'],
  [
    'SPF with too many look-ups',
    checkSpf,
    {
      'bounces.shop.example': [
        `v=spf1 ${Array.from({ length: 11 }, (_, n) => `include:s${n}.example`).join(' ')} ~all`,
      ],
    },
    'needs 11 look-ups',
  ],
  ['SPF that includes itself', checkSpf, { 'bounces.shop.example': ['v=spf1 include:bounces.shop.example ~all'] }, ''],
  ['no DKIM record', checkDkim, { [own.name]: [] }, 'has no record'],
  ['another DKIM key', checkDkim, { [own.name]: ['v=DKIM1; p=AAAA'] }, 'is not the one that signs'],
  ['no DMARC record', checkDmarc, { '_dmarc.shop.example': [] }, 'has no DMARC record'],
  [
    'DMARC without a policy',
    checkDmarc,
    { '_dmarc.shop.example': ['v=DMARC1; rua=mailto:x@y.example'] },
    'has no policy',
  ],
  ['an address without a name', checkReverse, { 'PTR 203.0.113.9': [] }, 'has no name (PTR)'],
  ['a name that leads elsewhere', checkReverse, { 'PTR 203.0.113.9': ['other.example'] }, 'leads elsewhere'],
];

describe('DNS', () => {
  it.each([checkSpf, checkDkim, checkDmarc, checkReverse])('is as receivers want it: %o', async (check) => {
    expect(await check(dns(GOOD), SENDER)).toMatchObject({ status: 'ok' });
  });

  it.each(CHECKS)('%s', async (_name, check, change, says) => {
    const finding = await check(dns({ ...GOOD, ...change }), SENDER);
    expect(finding.says).toContain(says);
    if (says !== '') expect(finding).toMatchObject({ status: 'failed', mend: expect.any(String) });
  });

  it('a DMARC record that wants the very domain is held against the signature and the return path', async () => {
    const says = async (tags: string, sender: Partial<Sender>): Promise<[string, string]> => {
      const records = { ...GOOD, '_dmarc.mail.shop.example': [`v=DMARC1; p=reject${tags}`] };
      const finding = await checkDmarc(dns(records), { ...SENDER, fromDomain: 'mail.shop.example', ...sender });
      return [finding.status, finding.says];
    };
    const wants = (tags: string): string =>
      `The record wants mail.shop.example itself (${tags}): shop.example signs, and mails come back to bounces.shop.example.`;
    expect((await says('; aspf=r; adkim=r', {}))[0]).toBe('ok');
    expect((await says('; adkim=s', {}))[0]).toBe('ok');
    expect(await says('; adkim=s; aspf=s', {})).toEqual(['failed', wants('adkim=s, aspf=s')]);
    expect((await says('; aspf = s', {}))[0]).toBe('ok');
    expect((await says('; adkim=s; aspf=s', { returnDomain: 'mail.shop.example' }))[0]).toBe('ok');
    expect((await says('; adkim=s; aspf=s', { dkim: { ...dkim, domainName: 'mail.shop.example' } }))[0]).toBe('ok');
    expect(await says('; aspf=s', { dkim: null })).toEqual(['warning', expect.stringContaining('signs nothing')]);
  });

  it('DKIM of another organization is none for DMARC', async () => {
    expect((await checkDkim(dns(GOOD), { ...SENDER, fromDomain: 'else.example' })).says).toContain(
      'DMARC takes no such signature',
    );
  });
});

describe('alignment', () => {
  const of = (fromDomain: string, returnDomain: string, domainName: string | null): string | undefined =>
    checkAlignment({
      ...SENDER,
      fromDomain,
      returnDomain,
      dkim: domainName === null ? null : { ...dkim, domainName },
    })?.status;

  it.each<[string, string, string | null, string | undefined]>([
    ['news.shop.co.uk', 'bounces.shop.co.uk', 'else.example', undefined],
    ['news.shop.co.uk', 'bounces.else.example', 'shop.co.uk', undefined],
    ['shop.co.uk', 'bounces.other.co.uk', 'third.co.uk', 'failed'],
    ['offers.example', 'bounces.shop.example', 'shop.example', 'failed'],
    ['offers.example', 'bounces.shop.example', null, 'warning'],
    ['offers.example', 'bounces.offers.example', null, undefined],
  ])('from %s, back to %s, signed by %s', (from, back, signer, status) => {
    expect(of(from, back, signer)).toBe(status);
  });

  it('says what does not fit, and what to change', () => {
    const found = checkAlignment({ ...SENDER, fromDomain: 'mail.offers.example' });
    expect(found?.says).toBe(
      'Mails are from mail.offers.example, shop.example signs, and they come back to bounces.shop.example: DMARC finds offers.example in neither.',
    );
    expect(found?.mend).toContain('Add offers.example to DKIM_DOMAIN');
    expect(found?.mend).toContain('come back to bounces.offers.example (returnDomain');
  });
});

describe('TLS', () => {
  const servers: SMTPServer[] = [];
  afterEach(() => servers.splice(0).map((one) => one.close()));

  /** The port of a server with the certificate that smtp-server brings along, which it signed itself. */
  function portOf(options: SMTPServerOptions): Promise<number> {
    const server = new SMTPServer({ authOptional: true, closeTimeout: 10, ...options });
    server.on('error', () => {});
    servers.push(server);
    return new Promise((resolve) => {
      const net = server.listen(0, '127.0.0.1', () => resolve((net.address() as AddressInfo).port));
    });
  }
  const OPENSSL = /SSL|routines|:\d{6}|[A-Z]+_[A-Z]+_|undefined/;

  it.each<[string, (port: number) => string, SMTPServerOptions | null, string]>([
    ['no STARTTLS', (port) => `smtp://127.0.0.1:${port}`, { disabledCommands: ['STARTTLS'] }, 'offers no STARTTLS'],
    [
      'no STARTTLS, though it takes the command',
      (port) => `smtp://127.0.0.1:${port}`,
      { hideSTARTTLS: true },
      'offers no STARTTLS',
    ],
    ['a certificate of its own', (port) => `smtp://127.0.0.1:${port}`, {}, 'shows a certificate'],
    ['the same at once', (port) => `smtps://127.0.0.1:${port}`, { secure: true }, 'shows a certificate'],
    ['smtps:// to a plain port', (port) => `smtps://127.0.0.1:${port}`, {}, 'does not begin with TLS at this port'],
    ['nobody there', () => 'smtps://127.0.0.1:1', null, 'takes no connection at this port'],
  ])('%s is told in plain words, with what to do', async (_name, url, options, says) => {
    const found = await checkTls(url(options === null ? 0 : await portOf(options)));
    expect(found).toMatchObject({ status: 'failed', says: expect.stringContaining(says), mend: expect.any(String) });
    expect(
      `${found.says} ${found.mend ?? ''}`.replace('NODE_EXTRA_CA_CERTS', '').replaceAll('SMTP_URL', ''),
    ).not.toMatch(OPENSSL);
  });

  it.each([
    ['CERT_HAS_EXPIRED certificate has expired', 'has expired'],
    ["Hostname/IP does not match certificate's altnames: Host: mx.x. is not in the cert's altnames", 'another name'],
    ['0A000102:SSL routines:ssl_choose_client_version:unsupported protocol', 'no kind of TLS in common'],
    ['ETIMEDOUT Greeting never received', 'did not answer in time'],
    ['unable to verify the first certificate', 'issuer is not known here'],
    ['EDNS getaddrinfo ECONNREFUSED', 'is not found in DNS'],
    ['something new', '(something new)'],
  ])('%s', (message, says) => {
    expect(tlsInWords(new Error(message)).says).toContain(says);
  });
});

describe('email doctor', () => {
  let server: SMTPServer | undefined;
  afterEach(() => server?.close());

  it('sends itself a message, and says in words and in data what to mend', async () => {
    const got: string[] = [];
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, _session, done) {
        let raw = '';
        stream.on('data', (chunk: Buffer) => (raw += chunk.toString()));
        stream.on('end', () => {
          got.push(raw);
          done();
        });
      },
    });
    const started = server;
    const port = await new Promise<number>((resolve) => {
      const net = started.listen(0, '127.0.0.1', () => resolve((net.address() as AddressInfo).port));
    });
    const config = loadConfig({
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      MAIL_FROM: 'Shop <hello@shop.example>',
      PUBLIC_URL: 'https://app.shop.example',
      DKIM_PRIVATE_KEY: key,
      ADMIN_API_KEY: 'q7Hk29fLm4Zx81Vb6Nc3Rt5Yw0Pd',
      SECRET_KEY: 'Jw83kd02Lq9xTz4mVb71Rc6Nf5Yh0PgS',
      POSTAL_ADDRESS: '1 Mill Lane',
    });
    const records = { ...GOOD, 'shop.example': ['v=spf1 ip4:192.0.2.1 -all'] };
    const { data, text, exitCode } = await emailDoctor(config, { wait: 1 }, dns(records));
    const by = Object.fromEntries((data as { findings: Finding[] }).findings.map((one) => [one.check, one.status]));
    expect(by).toEqual({
      SPF: 'ok',
      DKIM: 'ok',
      DMARC: 'ok',
      rDNS: 'unknown',
      TLS: 'failed',
      'List headers': 'ok',
      Delivery: 'ok',
      Return: 'unknown',
    });
    expect(exitCode).toBe(1);
    expect(text).toContain('mend     TLS: The mail server of SMTP_URL offers no STARTTLS');
    expect(got[0]).toMatch(/^DKIM-Signature:/m);
    expect(got[0]).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    const deaf = await emailDoctor(config, { wait: 1 }, dns({}, { down: true }));
    expect(deaf.text).toContain('unknown  SPF: It could not be asked');
  });
});
