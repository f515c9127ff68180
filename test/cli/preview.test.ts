/** `preview` and `test-send`: what is shown and sent, and to whom not. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { preview } from '../../src/cli/preview/preview.ts';
import { testSend } from '../../src/cli/preview/test-send.ts';
import { loadConfig, type Config } from '../../src/runtime/config.ts';
import { chromiumPath } from '../support/chromium.ts';
import { startMailSink } from '../support/mail-sink.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const PERSONA = path.join(ROOT, 'playbook', 'personas', 'ebook-reader.yaml');
let out: string;
beforeAll(() => {
  out = mkdtempSync(path.join(tmpdir(), 'preview-'));
});
afterAll(() => rmSync(out, { recursive: true }));

function configWith(env: Record<string, string> = {}): Config {
  return loadConfig({
    NODE_ENV: 'test',
    PLAYBOOK_DIR: path.join(ROOT, 'playbook'),
    TEMPLATES_DIR: path.join(ROOT, 'templates'),
    ...env,
  });
}

interface Shown {
  page: string;
  pictures: string[];
  mails: {
    template: string;
    language: string | null;
    subject: string;
    headers: Record<string, string>;
    links: string[];
    html: string;
    text: string;
  }[];
}

test('a step is shown for a persona: headers, links, HTML and text, without a pixel or a tracked link', async () => {
  const { data, text } = await preview(configWith(), 'ebook-resources/checklist', {
    persona: PERSONA,
    out,
    pictures: false,
  });
  const { mails, page } = data as Shown;
  expect(mails).toHaveLength(1);
  expect(mails[0]).toMatchObject({
    template: 'ebook-checklist',
    headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click', To: 'greta@holm-perennials.example' },
    links: expect.arrayContaining(['https://brookfield.example/guides/dry-week-checklist.pdf']) as string[],
  });
  expect(mails[0]?.html).toContain('Hello Greta');
  expect(mails[0]?.html).not.toMatch(/\/[co]\/[\w-]+/);
  expect(text).toContain('Link  https://brookfield.example/guides/dry-week-checklist.pdf');
  expect(readFileSync(path.join(out, 'ebook-checklist.txt'), 'utf8')).toContain('Hello Greta');
  expect(readFileSync(page, 'utf8').match(/<iframe/g)).toHaveLength(4);
});

test('headers are those that leave: the template and the sender in Feedback-ID, an address to leave by a mail', async () => {
  const config = configWith({ INBOUND_DOMAIN: 'bounces.shop.example', MAIL_FROM: 'Shop <hello@shop.example>' });
  const { data } = await preview(config, 'ebook-checklist', { out, pictures: false });
  expect((data as Shown).mails[0]?.headers).toMatchObject({
    From: 'Shop <hello@shop.example>',
    'Feedback-ID': 'ebook-checklist:irrigation-guides:marketing:shopexample',
    'List-Unsubscribe': expect.stringMatching(
      /^<http.*\/u\/preview>, <mailto:u-preview@bounces\.shop\.example\?subject=unsubscribe>$/,
    ),
  });
});

test('a template alone speaks of the campaign of the cadence that sends it', async () => {
  const { data } = await preview(configWith(), 'webinar-invitation', { out, pictures: false });
  expect((data as Shown).mails[0]?.text).toContain('On Wednesday, March 8, 2028, 5:00 PM (your time) we talk');
});

test('the reader may be of another language', async () => {
  const { data } = await preview(configWith(), 'ebook-welcome', { out, pictures: false, language: 'de-AT' });
  const [mail] = (data as Shown).mails;
  expect(mail).toMatchObject({ language: 'de', subject: 'Ihr Leitfaden zur Bewässerung ist da' });
  expect(mail?.text).toContain('Abbestellen');
});

test.skipIf(chromiumPath === undefined)('pictures are taken at both widths, light and dark', async () => {
  const { data } = await preview(configWith(), 'ebook-checklist', { out });
  const sizes = (data as Shown).pictures.map((file) => {
    const png = readFileSync(file);
    return `${path.basename(file)} ${png.readUInt32BE(16)}`;
  });
  expect(sizes).toEqual([
    'ebook-checklist-desktop-light.png 800',
    'ebook-checklist-desktop-dark.png 800',
    'ebook-checklist-phone-light.png 375',
    'ebook-checklist-phone-dark.png 375',
  ]);
});

test('a name that is not there is asked for by its right name', async () => {
  const message = (what: string) => preview(configWith(), what, { out }).catch((error: Error) => error.message);
  expect(await message('ebook-cheklist')).toBe(
    'There is no template "ebook-cheklist"; did you mean "ebook-checklist"?',
  );
  expect(await message('ebook-resources/cheklist')).toBe(
    'There is no email step of ebook-resources "cheklist"; did you mean "checklist"?',
  );
});

test('a test mail is marked and untracked, and goes to addresses that are allowed alone', async () => {
  await using sink = await startMailSink();
  const config = configWith({ SMTP_URL: sink.url, TEST_SEND_TO: 'Me@firm.example, @ours.example' });
  const answer = await testSend(config, 'ebook-checklist', { to: 'me@firm.example' });
  expect(answer.text).toBe('Sent ebook-checklist to me@firm.example, marked [Test] and without tracking.');
  await testSend(config, 'ebook-checklist', { to: 'anybody@ours.example' });
  await expect(testSend(config, 'ebook-checklist', { to: 'lead@elsewhere.example' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  expect(sink.mails.map(({ to }) => to)).toEqual(['me@firm.example', 'anybody@ours.example']);
  expect(sink.mails[0]?.subject).toBe('[Test] The one-page checklist for your first dry week');
  expect(sink.mails[0]?.html).not.toMatch(/\/[co]\/[\w-]+/);
});
