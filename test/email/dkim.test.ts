/** Mails are signed so that an independent verifier accepts them, with the record that the command line prints. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { afterAll, expect, test } from 'vitest';
import { makeDkim } from '../../src/cli/dkim.ts';
import { dkimOf, dkimRecord } from '../../src/email/dkim.ts';
import { createTransport } from '../../src/email/transport.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { message } from './fixtures.ts';
import { startSmtp } from './smtp-servers.ts';

const folder = mkdtempSync(join(tmpdir(), 'nurture-dkim-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'dkim.pem');
const config = loadConfig({
  MAIL_FROM: 'Brookfield <hannah@brookfield.example>',
  DKIM_KEY_FILE: file,
  DKIM_SELECTOR: 'n1',
});

test('the key is made once, for its owner alone; its record is printed again', () => {
  const first = makeDkim(config, { out: file });
  expect(first.text).toContain('n1._domainkey.brookfield.example. IN TXT "v=DKIM1; k=rsa; p=');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const second = makeDkim(config, { out: file });
  expect(second.data).toMatchObject({ isNew: false, record: (first.data as { record: unknown }).record });
  writeFileSync(join(folder, 'other'), 'no key');
  expect(() => makeDkim(config, { out: join(folder, 'other') })).toThrow(/holds no private key/);
});

test('an independent verifier accepts the signature, and refuses it when a header was changed', async () => {
  const dkim = dkimOf(config.mail.dkim, config.mail.from);
  if (dkim === null) throw new Error('no key');
  const server = await startSmtp();
  const transport = createTransport(server.url, { dkim });
  try {
    expect(await transport.send(message())).toMatchObject({ kind: 'accepted' });
  } finally {
    await transport.close();
    await server.close();
  }
  const [raw = ''] = server.received;
  const { name, strings } = dkimRecord(dkim.privateKey, { domain: 'brookfield.example', selector: 'n1' });
  const resolver = (asked: string): Promise<string[][]> =>
    asked === name ? Promise.resolve([strings]) : Promise.reject(new Error(`${asked} was not to be asked for`));
  const resultOf = async (mail: string): Promise<string | undefined> =>
    (await dkimVerify(Buffer.from(mail, 'latin1'), { resolver })).results[0]?.status.result;
  expect(await resultOf(raw)).toBe('pass');
  expect(await resultOf(raw.replace('List-Unsubscribe-Post: List', 'List-Unsubscribe-Post: Lost'))).toBe('fail');
});

test('a key that is none, or a file that is not there, is told by the name of its variable', () => {
  const settings = { domain: null, selector: 'n1', keyFile: null, privateKey: null };
  expect(dkimOf(settings, 'a@b.example')).toBeNull();
  expect(() => dkimOf({ ...settings, privateKey: 'nonsense' }, 'a@b.example')).toThrow(
    /DKIM_PRIVATE_KEY is no private key/,
  );
  expect(() => dkimOf({ ...settings, keyFile: join(folder, 'gone.pem') }, 'a@b.example')).toThrow(
    /DKIM_KEY_FILE .*cannot be read/,
  );
});
