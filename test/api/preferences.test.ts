/** What a person says about our mail by the links in it: confirmed consents, and the preference page. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { atRest } from '../support/at-rest.ts';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/chromium.ts';
import { openApi, type Bench } from './support.ts';

const DAY = 86_400_000;
let bench: Bench;
beforeAll(async () => {
  bench = await openApi({ worker: true });
});
afterAll(() => bench.close());

const signUp = (email: string, more: Record<string, unknown> = {}) =>
  bench.post(
    '/v1/leads',
    {
      email,
      source: 'drip',
      consent: { text: 'Yes, send me tips.', source: 'footer', version: '3' },
      event: { type: 'form.submitted', properties: { form: 'newsletter' } },
      ...more,
    },
    bench.keys.site,
  );
const leadOf = async (email: string) => bench.db.lead.findUniqueOrThrow({ where: { email } });
const subjects = (email: string) => bench.engine.sink.to(email).map(({ subject }) => subject);
const linkIn = (text: string, page: string): string => new RegExp(`/${page}/[\\w-]+`).exec(text)?.[0] ?? 'no link';
const open = (path: string) => bench.call('GET', path, { key: null });
const send = (path: string, fields: Record<string, string> | [string, string][]) =>
  bench.call('POST', path, {
    key: null,
    raw: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

describe('a form with double opt-in', () => {
  test('asks by mail, and marketing waits until the person has confirmed; a GET changes nothing', async () => {
    const email = 'ada@double-opt-in.example';
    await signUp(email, { language: 'de-AT' });
    const [mail] = await bench.engine.sink.waitFor(email, 1);
    expect(mail?.subject).toBe('Bitte bestätigen: E-Mails von Example Company');
    expect(mail?.headers.has('list')).toBe(false);
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail?.text).not.toContain('Yes, send me tips.');
    const { id } = await leadOf(email);
    await bench.engine.until(
      () => why(id),
      (words) => words.includes('it has yet to confirm its consent by mail'),
    );
    expect(subjects(email)).toHaveLength(1);
    const path = linkIn(mail?.text ?? '', 'confirm');
    await atRest(bench.engine);
    const before = await bench.counts();
    const page = await open(path);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Ja, ich möchte diese E-Mails')]);
    await bench.call('HEAD', path, { key: null });
    expect(await bench.counts()).toEqual(before);

    expect(await send(path, {})).toMatchObject({ status: 200, text: expect.stringContaining('bestätigt') });
    await bench.engine.sink.waitFor(email, 2);
    const proof = (await bench.get(`/v1/leads/${id}/consents`)).body.items ?? [];
    expect(proof).toMatchObject([
      {
        granted: true,
        unconfirmed: false,
        text: 'Yes, send me tips.',
        version: '3',
        source: 'footer, confirmed by mail',
        statedBy: 'lead',
        confirms: proof[1]?.['id'],
      },
      { granted: true, unconfirmed: true, source: 'footer', statedBy: 'form' },
    ]);
    for (const { ipHash } of proof) expect(ipHash).toMatch(/^[\w-]{43}$/);
    const after = await bench.db.consent.count();
    expect((await send(path, {})).status).toBe(200);
    expect(await bench.db.consent.count()).toBe(after);
  });

  test('asks nobody who said yes before, and asks three times a day at most', async () => {
    const email = 'ben@double-opt-in.example';
    for (let n = 0; n < 6; n += 1)
      await signUp(email, { consent: { text: 'Yes, send me tips.', source: 'footer', version: `v${n}` } });
    const { id } = await leadOf(email);
    const asked = () =>
      bench.db.send.findMany({ where: { leadId: id, templateKey: 'confirm' }, orderBy: { id: 'asc' } });
    await bench.engine.until(asked, (all) => all.length === 6 && all.every(({ status }) => status !== 'claimed'));
    expect((await asked()).map(({ status, reason }) => reason ?? status)).toEqual([
      ...Array<string>(3).fill('sent'),
      ...Array<string>(3).fill('asked-often'),
    ]);
    await send(linkIn(bench.engine.sink.to(email)[0]?.text ?? '', 'confirm'), {});
    await bench.engine.sink.waitFor(email, 4);
    await signUp(email);
    await bench.engine.until(
      () => bench.db.touch.findMany({ where: { leadId: id } }),
      (all) => all.length === 7 && all.every(({ handledAt }) => handledAt !== null),
    );
    expect(await asked()).toHaveLength(6);
  });

  test('asks once while a mail in the same words is unanswered and minutes old, however many requests come at once', async () => {
    const email = 'eva@double-opt-in.example';
    const leadId = await bench.lead({ email, source: 'nowhere' });
    await bench.post(`/v1/leads/${leadId}/unsubscribe`, { source: 'by phone' });
    const handled = async (count: number): Promise<unknown> =>
      bench.engine.until(
        () => bench.db.touch.findMany({ where: { leadId } }),
        (all) => all.length === count && all.every(({ handledAt }) => handledAt !== null),
      );
    await handled(1);
    await Promise.all(Array.from({ length: 6 }, () => signUp(email, { event: undefined })));
    const [mail] = await bench.engine.sink.waitFor(email, 1);
    await handled(7);
    await signUp(email, { event: undefined });
    await handled(8);
    await atRest(bench.engine);
    const asked = () => bench.db.send.count({ where: { leadId, templateKey: 'confirm' } });
    expect([await asked(), await bench.db.answer.count({ where: { leadId } })]).toEqual([1, 0]);
    expect(subjects(email)).toHaveLength(1);

    await bench.db.send.updateMany({
      where: { leadId, templateKey: 'confirm' },
      data: { occurredAt: new Date(Date.now() - DAY / 24) },
    });
    await signUp(email, { event: undefined });
    await bench.engine.sink.waitFor(email, 2);
    expect(await asked()).toBe(2);

    // The link of the first answers all of them.
    await send(linkIn(mail?.text ?? '', 'confirm'), {});
    expect((await bench.get(`/v1/leads/${leadId}`)).body['consent']).toMatchObject({
      state: 'given',
      unconfirmed: null,
    });
  });

  test('goes by what forbids every mail: no link to an address that complained', async () => {
    const email = 'cat@complained-opt-in.example';
    await bench.db.suppression.create({ data: { email, reason: 'complaint', source: 'test', occurredAt: new Date() } });
    await signUp(email);
    const { id } = await leadOf(email);
    await bench.engine.until(
      () => bench.db.send.findFirst({ where: { leadId: id, templateKey: 'confirm' } }),
      (one) => one?.reason === 'suppressed:complaint',
    );
    expect(subjects(email)).toEqual([]);
  });

  test('a request can be confirmed for seven days', async () => {
    const leadId = await bench.lead({ email: 'dan@late-opt-in.example', source: 'nowhere' });
    const id = newId('consent');
    const data = { id, leadId, granted: true, unconfirmed: true, text: 'Yes.', source: 'footer' };
    await bench.db.consent.create({ data: { ...data, occurredAt: new Date(Date.now() - 8 * DAY) } });
    const path = `/confirm/${bench.tokens.confirm(id)}`;
    expect([(await open(path)).status, (await send(path, {})).status]).toEqual([410, 410]);
    expect((await open(`${path}x`)).status).toBe(404);
    expect(await bench.db.consent.count({ where: { confirms: id } })).toBe(0);
  });
});

test('what a public key asks of somebody who said no is asked of them by mail, and leads on once they confirm', async () => {
  const email = 'eve@said-no.example';
  const leadId = await bench.lead({ email, source: 'drip' });
  await bench.engine.sink.waitFor(email, 1);
  await bench.post(`/v1/leads/${leadId}/unsubscribe`, { source: 'by phone' });
  await bench.engine.untilStage(leadId, 'dormant');
  await signUp(email, { event: undefined });
  const [, mail] = await bench.engine.sink.waitFor(email, 2);
  expect(mail?.subject).toBe('Please confirm: emails from Example Company');
  expect((await bench.get(`/v1/leads/${leadId}`)).body['consent']).toMatchObject({
    state: 'withdrawn',
    mayMail: false,
  });
  await bench.engine.untilStage(leadId, 'dormant');
  await send(linkIn(mail?.text ?? '', 'confirm'), {});
  await bench.engine.sink.waitFor(email, 3);
  expect((await bench.get(`/v1/leads/${leadId}`)).body['consent']).toMatchObject({
    state: 'given',
    mayMail: true,
    suppressed: [],
  });
});

/** A lead that has got the first of three mails, and the address of its preference page. */
async function reader(
  name: string,
  more: Record<string, unknown> = {},
): Promise<{ leadId: string; email: string; path: string }> {
  const email = `${name}@${name}-preferences.example`;
  const leadId = await bench.lead({ email, source: 'drip', ...more });
  const [mail] = await bench.engine.sink.waitFor(email, 1);
  await bench.engine.until(
    () => bench.engine.lead(leadId),
    ({ nextSummary }) => nextSummary?.includes('‘two’') === true,
  );
  return { leadId, email, path: linkIn(mail?.text ?? '', 'preferences') };
}
/** A day, as a field for dates gives it. */
const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
const why = async (leadId: string) =>
  ((await bench.get(`/v1/leads/${leadId}/why`)).body['next'] as { why: string }).why;

describe('the preference page', () => {
  test('is in every mail, works by the link alone, and a GET or HEAD changes nothing', async () => {
    const { leadId, path } = await reader('fay');
    await atRest(bench.engine);
    const before = await bench.counts();
    const page = await open(path);
    await bench.call('HEAD', path, { key: null });
    expect(page.status).toBe(200);
    expect(page.text).toContain('Choose what goes to f…@fay-preferences.example');
    expect(await bench.counts()).toEqual(before);
    expect(await bench.db.consent.count({ where: { leadId } })).toBe(1);
    expect((await open(`${path}x`)).status).toBe(404);
    expect((await send(`${path}x`, { do: 'leave' })).status).toBe(404);
  });

  test('a pause holds the next mail back, and ending it lets it leave at once, one only', async () => {
    const { leadId, email, path } = await reader('gus');
    expect((await send(path, { do: 'save', snooze: '30' })).text).toContain('Saved.');
    expect((await bench.get(`/v1/leads/${leadId}/why`)).body['next']).toMatchObject({
      what: expect.stringMatching(/‘two’\. Mails wait longer, until .*: it asked for no mail for some time$/),
    });
    await bench.engine.forward(leadId, '3 days');
    await bench.engine.until(
      () => why(leadId),
      (words) => words.includes('it asked for no mail until then'),
    );
    expect(subjects(email)).toHaveLength(1);
    const { snoozedUntil } = await bench.engine.lead(leadId);
    expect((await bench.get(`/v1/leads/${leadId}/why`)).body['waitsFor']).toMatchObject([
      { ref: 'snooze', what: 'It asked for no mail for some time', until: snoozedUntil?.toISOString() },
    ]);
    await send(path, { do: 'save', snooze: 'none' });
    await bench.engine.sink.waitFor(email, 2);
    await bench.engine.until(
      () => bench.engine.lead(leadId),
      ({ nextSummary }) => nextSummary?.includes('‘three’') === true,
    );
    expect(subjects(email)).toHaveLength(2);
  });

  test('"at most one a week" is a cap that counts at the claim, and goes when the person wants all', async () => {
    const { leadId, email, path } = await reader('hal');
    await send(path, { do: 'save', frequency: 'weekly' });
    await bench.engine.forward(leadId, '3 days');
    await bench.engine.until(
      () => why(leadId),
      (words) => words.includes('it wants no more than 1 message in 1 week'),
    );
    expect(subjects(email)).toHaveLength(1);
    await send(path, { do: 'save', frequency: 'all' });
    await bench.engine.sink.waitFor(email, 2);
  });

  test('a topic that was switched off gets no mail, with proof; switched on it does', async () => {
    const { leadId, email, path } = await reader('ida');
    const topic = 'tips';
    await send(path, [
      ['do', 'save'],
      ['shown', topic],
    ]);
    await bench.engine.forward(leadId, '3 days');
    await bench.engine.until(
      () => bench.db.send.findFirst({ where: { leadId, stepId: 'two' } }),
      (one) => one?.reason === `unsubscribed:${topic}`,
    );
    expect(subjects(email)).toHaveLength(1);
    const [refusal] = (await bench.get(`/v1/leads/${leadId}/consents`)).body.items ?? [];
    expect(refusal).toMatchObject({ topic, granted: false, source: 'preference page', statedBy: 'lead' });
    expect(refusal).toMatchObject({ ipHash: expect.any(String) });
    await send(path, [
      ['do', 'save'],
      ['shown', topic],
      ['topic', topic],
    ]);
    const rows = await bench.db.consent.count({ where: { leadId } });
    await send(path, [
      ['do', 'save'],
      ['shown', topic],
      ['topic', topic],
    ]);
    expect(await bench.db.consent.count({ where: { leadId } })).toBe(rows);
    // From the end of the second mail's turn on, its wait runs.
    await bench.engine.until(
      () => bench.engine.lead(leadId),
      ({ nextSummary }) => nextSummary?.includes('‘three’') === true,
    );
    await bench.engine.forward(leadId, '3 days');
    await bench.engine.sink.waitFor(email, 2);
  });

  test('a box of consent to tracking is ticked only where the person ticked it; who was never asked may object', async () => {
    const { leadId, path } = await reader('kit');
    const words = async () =>
      (await bench.db.consent.findMany({ where: { leadId, topic: 'tracking' }, orderBy: { id: 'asc' } })).map(
        ({ granted, text }) => [granted, text],
      );
    const asked = await open(path);
    expect(asked.text).toContain('name="untracked" value="yes"> Do not record which of your emails I open');
    expect(asked.text).not.toContain('value="tracking"');
    await send(path, { do: 'save' });
    expect(await words()).toEqual([]);

    const objected = await send(path, { do: 'save', untracked: 'yes' });
    const no = [false, expect.stringContaining('Do not record which of your emails')];
    expect(await words()).toEqual([no]);
    expect(objected.text).toMatch(/name="topic" value="tracking">/);
    await send(path, { do: 'save', untracked: 'yes' });
    expect(await words()).toEqual([no]);

    const agreed = await send(path, { do: 'save', shown: 'tracking', topic: 'tracking' });
    expect(agreed.text).toMatch(/value="tracking" checked/);
    expect(await words()).toEqual([no, [true, expect.stringContaining('You may see')]]);
    await send(path, { do: 'save', shown: 'tracking' });
    expect((await words()).at(-1)).toEqual([false, expect.stringContaining('Unticked')]);
  });

  test('leaving everything unsubscribes and ends the cadence; the language is that of the next page', async () => {
    const { leadId, path } = await reader('jan');
    expect((await send(path, { do: 'save', language: 'de' })).text).toContain('Gespeichert.');
    expect((await bench.engine.lead(leadId)).language).toBe('de');
    expect((await send(path, { do: 'save', snooze: 'until', until: '2020-01-01' })).status).toBe(400);
    expect((await send(path, { do: 'leave' })).text).toContain('Sie sind abgemeldet');
    await bench.engine.untilStage(leadId, 'dormant');
    const suppressed = await bench.db.suppression.findMany({ where: { leadId } });
    expect(suppressed).toMatchObject([{ reason: 'unsubscribed', source: 'preference page' }]);
  });

  test('shows again what was chosen beside what is wrong with it, and saves nothing of it', async () => {
    const { leadId, path } = await reader('ned');
    const before = await bench.engine.lead(leadId);
    const chosen = { do: 'save', shown: 'tips', frequency: 'weekly', language: 'de' };
    const { status, text } = await send(path, { ...chosen, snooze: 'until', until: '2020-01-01' });
    expect([status, text]).toEqual([400, expect.stringContaining('Please choose a day from tomorrow on')]);
    expect(text).toMatch(/name="topic" value="tips">/);
    expect(text).toMatch(/value="weekly" checked/);
    expect(text).toMatch(/<option value="until" selected/);
    expect(text).toMatch(/name="until"[^>]* value="2020-01-01"/);
    expect(text).toMatch(/<option value="de" selected/);
    const wrong: [Record<string, string>, string][] = [
      [{ frequency: 'daily' }, 'not on this page'],
      [{ language: 'xx' }, 'not on this page'],
      [{ snooze: '31' }, 'not on this page'],
      [{ snooze: '30', until: inDays(9) }, 'either a pause or a day'],
    ];
    for (const [fields, words] of wrong) {
      const answer = await send(path, { ...chosen, ...fields });
      expect([answer.status, answer.text], words).toEqual([400, expect.stringContaining(words)]);
    }
    const { mailFrequency, language, snoozedUntil } = await bench.engine.lead(leadId);
    expect([mailFrequency, language, snoozedUntil]).toEqual([null, before.language, null]);
    expect(await bench.db.consent.count({ where: { leadId } })).toBe(1);
    // With "No pause" left as the page came, a day that was filled in is a pause.
    expect((await send(path, { do: 'save', snooze: 'none', until: inDays(9) })).text).toContain('Saved.');
    expect((await bench.engine.lead(leadId)).snoozedUntil?.getTime()).toBeGreaterThan(Date.now() + 7 * DAY);
  });

  test('the story names the day of a pause as the person chose it, and the language', async () => {
    const { leadId, path } = await reader('ola', { timeZone: 'Pacific/Auckland' });
    const day = inDays(20);
    await send(path, { do: 'save', snooze: 'until', until: day, frequency: 'monthly', language: 'de' });
    const titles = ((await bench.get(`/v1/leads/${leadId}/timeline?limit=200`)).body.items ?? []).map(
      ({ title }) => title,
    );
    expect(titles).toContain(
      `The person chose what mail it gets: at most one mail a month, pause until ${day}, language de`,
    );
  });

  test('a link that is too old saves nothing and offers to mail a new one, three a day at most', async () => {
    const { leadId, email } = await reader('kim');
    const old = `send-${(Date.now() - 100 * DAY).toString(16).padStart(12, '0')}7${'0'.repeat(19)}`;
    const data = { id: old, key: old, leadId, templateKey: 'plain', status: 'sent' as const, attempt: 'x' };
    await bench.db.send.create({ data: { ...data, occurredAt: new Date(Date.now() - 100 * DAY) } });
    const path = `/preferences/${bench.tokens.preferences(old)}`;
    expect(await open(path)).toMatchObject({ status: 410, text: expect.stringContaining('Mail me a link') });
    expect((await send(path, { do: 'save', frequency: 'weekly' })).status).toBe(410);
    expect((await bench.engine.lead(leadId)).mailFrequency).toBe(null);
    for (let n = 1; n <= 4; n += 1) {
      expect((await send(path, { do: 'mail' })).status).toBe(200);
      await bench.engine.until(
        () => bench.db.send.findMany({ where: { leadId, templateKey: 'preferences' } }),
        (all) => all.length === n && all.every(({ status }) => status !== 'claimed'),
      );
    }
    const mails = bench.engine.sink.to(email).slice(1);
    expect(mails).toHaveLength(3);
    expect((await open(linkIn(mails[0]?.text ?? '', 'preferences'))).status).toBe(200);
  });

  test.skipIf(chromiumPath === undefined)(
    'has no fault that axe finds, and fits a phone, in both languages',
    async () => {
      const { path } = await reader('lea', { language: 'de' });
      const { path: english } = await reader('moe');
      const browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: CHROMIUM_FLAGS });
      try {
        const page = await browser.newPage({
          viewport: { width: 390, height: 844 },
          bypassCSP: true,
          javaScriptEnabled: true,
        });
        const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
        for (const address of [path, english]) {
          await page.goto(bench.base + address);
          const faults = await page.evaluate(
            `(() => { const module = undefined; ${axe}; return axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])); })()`,
          );
          expect(faults).toEqual([]);
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
        }
        await page.check('input[name=frequency][value=monthly]');
        await page.click('button.main');
        expect(await page.textContent('[role=status]')).toContain('Saved.');
        expect(await page.isChecked('input[name=frequency][value=monthly]')).toBe(true);
      } finally {
        await browser.close();
      }
    },
  );
});
