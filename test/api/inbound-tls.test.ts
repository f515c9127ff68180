/** STARTTLS of the listener for incoming mail, with a certificate of the test's own. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Certificate, readCertificate, watchCertificate } from '../../src/api/inbound/certificate.ts';
import { type InboundListener, startInbound } from '../../src/api/inbound/listener.ts';
import { addressFor } from '../../src/email/inbound/address.ts';
import { certificateOf } from '../support/certificate.ts';
import { bring, deliveryReport } from '../support/delivery-report.ts';
import { sentMail } from '../support/sent-mail.ts';
import { type Bench, openApi } from './support.ts';

const DOMAIN = 'bounces.shop.example';
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const cert = certificateOf(keys, DOMAIN);

let bench: Bench;
let folder: string;
let files: { certPath: string; keyPath: string };
const listeners: InboundListener[] = [];
beforeAll(async () => {
  bench = await openApi();
  folder = await mkdtemp(path.join(tmpdir(), 'nurture-inbound-tls-'));
  files = { certPath: path.join(folder, 'cert.pem'), keyPath: path.join(folder, 'key.pem') };
  await writeFile(files.certPath, cert);
  await writeFile(files.keyPath, keys.privateKey.export({ format: 'pem', type: 'pkcs8' }));
});
afterAll(async () => {
  for (const listener of listeners) await listener.close();
  await bench?.close();
  await rm(folder, { recursive: true, force: true });
});

const listen = async (certificate: Certificate | null): Promise<number> => (await open(certificate)).port;

async function open(certificate: Certificate | null): Promise<InboundListener> {
  const { store, tokens, ring, log } = bench.deps;
  const place = { host: '127.0.0.1', port: 0, certificate };
  const listener = await startInbound({ store, tokens, ring, log, domain: DOMAIN }, place);
  listeners.push(listener);
  return listener;
}

let serial = 0;
/** A bounce of a mail to a lead of its own, and the return path that it comes to. */
async function bounce(): Promise<{ leadId: string; raw: string; to: string }> {
  serial += 1;
  const email = `ada@tls-${serial}.example`;
  const leadId = await bench.engine.submit({ email, source: 'ebook' });
  const sendId = await sentMail(bench.db, leadId);
  const raw = deliveryReport([{ email, status: '5.2.2', words: '552 5.2.2 mailbox full' }]);
  return { leadId, raw, to: addressFor('bounce', { tokens: bench.tokens, sendId, domain: DOMAIN }) };
}

/** As a mail server that sends over TLS alone, and checks whose certificate it is. */
async function bringOverTls({ raw, to }: { raw: string; to: string }, port: number, ca = cert): Promise<string> {
  const tls = { ca, servername: DOMAIN };
  const transport = createTransport({ host: '127.0.0.1', port, requireTLS: true, tls });
  return (await transport.sendMail({ envelope: { from: '', to }, raw })).response;
}

const verdictOf = async (leadId: string): Promise<string | undefined> =>
  (await bench.db.inboundMail.findFirst({ where: { leadId } }))?.verdict;

test('with a key and a certificate the listener takes mail over TLS, and from servers that know none', async () => {
  const port = await listen(await readCertificate(files));
  const [safe, plain] = [await bounce(), await bounce()];
  expect(await bringOverTls(safe, port)).toMatch(/^250 /);
  expect(await bring(plain.raw, plain.to, port)).toMatch(/^250 /);
  expect([await verdictOf(safe.leadId), await verdictOf(plain.leadId)]).toEqual(['soft', 'soft']);
});

test('without them it offers no TLS, rather than with a certificate that everybody has', async () => {
  const port = await listen(null);
  const mail = await bounce();
  await expect(bringOverTls(mail, port)).rejects.toThrow(/STARTTLS|TLS/);
  expect(await verdictOf(mail.leadId)).toBeUndefined();
  expect(await bring(mail.raw, mail.to, port)).toMatch(/^250 /);
});

test('a renewed certificate is used without a restart; half a renewal, and files that are no pair, change nothing', async () => {
  const { log } = bench.deps;
  const renewedKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const renewed = certificateOf(renewedKeys, DOMAIN);
  const own = { certPath: path.join(folder, 'renewed-cert.pem'), keyPath: path.join(folder, 'renewed-key.pem') };
  await writeFile(own.certPath, cert);
  await writeFile(own.keyPath, await readFile(files.keyPath));
  const certificate = await readCertificate(own);
  const listener = await open(certificate);
  const seen: string[] = [];
  const told = vi.spyOn(log, 'warn');
  const renew = (one: Certificate): void => {
    seen.push(one.cert);
    listener.renew(one);
  };
  const watch = watchCertificate(own, certificate, { renew, log, everyMs: 20 });
  try {
    // The certificate is there before its key.
    await writeFile(own.certPath, renewed);
    await bench.engine.until(
      () => Promise.resolve(told.mock.calls.length),
      (n) => n === 1,
    );
    expect(seen).toEqual([]);
    expect(await bringOverTls(await bounce(), listener.port)).toMatch(/^250 /);
    await writeFile(own.keyPath, renewedKeys.privateKey.export({ format: 'pem', type: 'pkcs8' }));
    await bench.engine.until(
      () => Promise.resolve(seen),
      (all) => all.length > 0,
    );
    expect(seen).toEqual([renewed]);
    await expect(bringOverTls(await bounce(), listener.port)).rejects.toThrow(/certificate/);
    expect(await bringOverTls(await bounce(), listener.port, renewed)).toMatch(/^250 /);
  } finally {
    await watch.close();
    told.mockRestore();
  }
});

test('files that are not there, or are no pair, are named before anything is listened to', async () => {
  const keyPath = path.join(folder, 'missing.pem');
  await expect(readCertificate({ ...files, keyPath })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/^INBOUND_TLS_KEY: .*missing\.pem cannot be read/),
  });
  const other = path.join(folder, 'other.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(other, privateKey.export({ format: 'pem', type: 'pkcs8' }));
  await expect(readCertificate({ ...files, keyPath: other })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('must be a certificate and its key'),
  });
});
