/** The console as a rep uses it: sign-in by a mailed link, the desk, one lead. By HTTP, and in a real browser. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/chromium.ts';
import type { ConsoleDeps } from '../../src/console/deps.ts';
import { consoleRouter } from '../../src/console/router.ts';
import { lifeOf } from '../workflows/life.ts';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi({ worker: true });
});
afterAll(() => bench.close());

const ASKS = { source: 'drip', country: 'IT', event: { type: 'demo.requested' } };

/** A browser without a screen: it keeps cookies, and sends forms as they are written. */
function visitor() {
  const cookies = new Map<string, string>();
  async function go(path: string, fields?: Record<string, string>) {
    const response = await fetch(bench.base + path, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(fields === undefined ? {} : { method: 'POST', body: new URLSearchParams(fields) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      cookies.set(name, value);
    }
    const text = await response.text();
    const csrf = /name="csrf"\s+value="([^"]+)"/.exec(text)?.[1] ?? '';
    return { status: response.status, text, csrf, headers: response.headers, to: response.headers.get('location') };
  }
  return { go, cookies };
}
type Visitor = ReturnType<typeof visitor>;

async function emailOf(rep: string): Promise<string> {
  return (await bench.db.rep.findUniqueOrThrow({ where: { key: rep } })).email;
}

/** Asks for a link, and returns its path from the mail. */
async function askForLink(who: Visitor, rep: string): Promise<string> {
  const email = await emailOf(rep);
  const before = signInsTo(email).length;
  const { csrf } = await who.go('/console/sign-in');
  expect(await who.go('/console/sign-in', { csrf, email: email.toUpperCase() })).toMatchObject({ status: 200 });
  await expect.poll(() => signInsTo(email).length).toBe(before + 1);
  return /\/console\/sign-in\/[\w-]+/.exec(signInsTo(email).at(-1)?.text ?? '')?.[0] ?? '';
}

function signInsTo(email: string) {
  return bench.engine.sink.to(email).filter(({ subject }) => subject.startsWith('Sign in'));
}

async function signIn(rep: string): Promise<Visitor> {
  const who = visitor();
  const link = await askForLink(who, rep);
  const { csrf } = await who.go(link);
  expect(await who.go(link, { csrf })).toMatchObject({ status: 303, to: '/console' });
  return who;
}

async function offered(email: string) {
  const leadId = await bench.lead({ email, firstName: 'Otto', lastName: '<b>Bold</b>', ...ASKS });
  return { leadId, offer: await lifeOf(bench.engine).offered(leadId) };
}

const onceOf = (text: string): string => /name="once"\s+value="([^"]+)"/.exec(text)?.[1] ?? '';

describe('signing in', () => {
  test('a link is used up by its button and not by being opened, and works once', async () => {
    const who = visitor();
    const link = await askForLink(who, 'dino');
    await who.go(link);
    const { csrf } = await who.go(link);
    expect((await who.go(link, { csrf })).status).toBe(303);
    expect(await who.go('/console')).toMatchObject({ status: 200 });
    expect((await who.go(link)).text).toContain('This link does not work');
  });

  test('a link does not work in another browser, nor after ten minutes', async () => {
    const link = await askForLink(visitor(), 'dino');
    const other = visitor();
    const { csrf } = await other.go('/console/sign-in');
    expect((await other.go(link, { csrf })).status).toBe(403);
    const late = visitor();
    const lateLink = await askForLink(late, 'dino');
    await bench.db.signIn.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    expect((await late.go(lateLink)).status).toBe(403);
  });

  test('an unknown address gets the same answer, and no mail', async () => {
    const who = visitor();
    const { csrf } = await who.go('/console/sign-in');
    const known = await who.go('/console/sign-in', { csrf, email: await emailOf('ada') });
    const unknown = await who.go('/console/sign-in', { csrf, email: 'nobody@firm.example' });
    expect(unknown.text).toBe(known.text);
    expect(signInsTo('nobody@firm.example')).toEqual([]);
  });

  test('anybody can ask in the name of a rep: five links that were not used leave, and the answer stays the same', async () => {
    const email = await emailOf('bob');
    const asked = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const who = visitor();
        const { csrf } = await who.go('/console/sign-in');
        return who.go('/console/sign-in', { csrf, email });
      }),
    );
    expect(new Set(asked.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    await expect.poll(() => signInsTo(email).length).toBe(5);
    expect(await bench.db.signIn.count({ where: { repId: bench.reps['bob'] ?? '' } })).toBe(5);
    // When they are over, the rep can ask again.
    await bench.db.signIn.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    expect((await (await signIn('bob')).go('/console')).status).toBe(200);
  });

  test('who is not signed in, has signed out, or was switched off, sees the sign-in page', async () => {
    expect(await visitor().go('/console')).toMatchObject({ status: 303, to: '/console/sign-in' });
    const who = await signIn('dino');
    const stolen = who.cookies.get('nurture_session') ?? '';
    const { csrf } = await who.go('/console');
    expect((await who.go('/console/sign-out', { csrf: 'forged' })).status).toBe(403);
    await who.go('/console/sign-out', { csrf });
    who.cookies.set('nurture_session', stolen);
    expect((await who.go('/console')).status).toBe(303);
    const off = await signIn('dino');
    await bench.db.rep.update({ where: { key: 'dino' }, data: { active: false } });
    expect((await off.go('/console')).status).toBe(303);
    await bench.db.rep.update({ where: { key: 'dino' }, data: { active: true } });
  });

  test('cookies are out of reach of scripts, tokens are stored as hashes, and a page runs no script', async () => {
    const who = visitor();
    const { headers } = await who.go('/console/sign-in');
    expect(headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Lax/);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'self'");
    const session = (await signIn('dino')).cookies.get('nurture_session') ?? '';
    expect(await bench.db.session.count({ where: { tokenHash: session } })).toBe(0);
  });
});

describe('a lead on the desk', () => {
  test('is accepted once however often the button is pressed; a call is logged once; it is sent back with a note', async () => {
    const { leadId } = await offered('otto@desk-one.example');
    const who = await signIn('dino');
    expect((await who.go('/console')).text).toContain('Waiting for your decision (1)');
    const page = await who.go(`/console/leads/${leadId}`);
    expect(page.text).toContain('&lt;b&gt;Bold');
    const assignment = /name="assignment"\s+value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const form = { csrf: page.csrf, once: onceOf(page.text), assignment };
    const [first, second] = await Promise.all([1, 2].map(() => who.go(`/console/leads/${leadId}/accept`, form)));
    expect([first?.status, second?.status]).toEqual([303, 303]);
    for (let press = 0; press < 2; press += 1)
      await who.go(`/console/leads/${leadId}/log`, { ...form, kind: 'call', body: 'Wants an offer' });
    expect(await bench.db.repActivity.count({ where: { leadId, kind: 'call' } })).toBe(1);
    await who.go(`/console/leads/${leadId}/next-step`, {
      ...form,
      once: '2',
      dueAt: '2020-01-01T09:00',
      step: 'Send offer',
    });
    expect((await who.go('/console')).text).toMatch(/Send offer: .*overdue/s);
    const opportunity = { ...form, once: '3', result: 'opportunity', currency: 'usd' };
    const noAmount = await who.go(`/console/leads/${leadId}/outcome`, { ...opportunity, value: '12.005' });
    expect(noAmount.status).toBe(400);
    const won = { ...opportunity, value: '1200.50' };
    expect((await who.go(`/console/leads/${leadId}/outcome`, won)).status).toBe(303);
    expect(await bench.db.need.findFirstOrThrow({ where: { leadId } })).toMatchObject({
      valueMinor: 120_050n,
      currency: 'USD',
    });
    const noReason = await who.go(`/console/leads/${leadId}/reject`, { ...form, once: '4', reason: '' });
    expect(noReason.status).toBe(400);
    expect(noReason.text).toContain('Choose one of the reasons.');
    const reason = bench.engine.store.rules.current().playbook.reasons.find(({ follow }) => follow.kind === 'recycle');
    const back = { ...form, once: '5', reason: reason?.reason ?? '', note: 'Spring' };
    expect(await who.go(`/console/leads/${leadId}/reject`, back)).toMatchObject({
      status: 303,
      to: '/console?done=rejected',
    });
    expect((await who.go(`/console/leads/${leadId}`)).status).toBe(403);
  });

  test('is not shown to, nor decided by, a rep it does not belong to, and no form is taken without its token', async () => {
    const { leadId, offer } = await offered('otto@desk-two.example');
    const other = await signIn('ada');
    const { csrf } = await other.go('/console');
    expect((await other.go(`/console/leads/${leadId}`)).status).toBe(403);
    const form = { csrf, once: '1', assignment: offer.id };
    expect((await other.go(`/console/leads/${leadId}/accept`, form)).status).toBe(403);
    const who = await signIn('dino');
    expect((await who.go(`/console/leads/${leadId}/accept`, { ...form, csrf: 'forged' })).status).toBe(403);
    expect(await bench.db.assignment.findUniqueOrThrow({ where: { id: offer.id } })).toMatchObject({
      status: 'offered',
    });
  });
});

/** Every page and form of the console: who may open it. A new one fails until it has its line. */
const PAGES: Readonly<Record<string, 'anybody' | 'signed in' | 'whose lead it is'>> = {
  'get /style.css': 'anybody',
  'get /sign-in': 'anybody',
  'post /sign-in': 'anybody',
  'get /sign-in/:token': 'anybody',
  'post /sign-in/:token': 'anybody',
  'post /sign-out': 'anybody',
  'get /': 'signed in',
  'get /leads/:id': 'whose lead it is',
  'post /leads/:id/accept': 'whose lead it is',
  'post /leads/:id/reject': 'whose lead it is',
  'post /leads/:id/log': 'whose lead it is',
  'post /leads/:id/next-step': 'whose lead it is',
  'post /leads/:id/outcome': 'whose lead it is',
};

/** Fields that are right for every form of a lead. */
const RIGHT = {
  reason: 'too-early',
  kind: 'call',
  body: 'x',
  dueAt: '2030-01-01T09:00',
  step: 'x',
  result: 'lost',
  once: 'of a stranger',
};

describe('every page of the console', () => {
  test('has a line in the table', () => {
    const { stack } = consoleRouter(
      { ...bench.deps, failed: () => {}, settings: { publicUrl: bench.base } } as unknown as ConsoleDeps,
      () => {},
    );
    const pages = stack.flatMap(({ route }) =>
      route === undefined ? [] : route.stack.map(({ method }) => `${method} ${route.path}`),
    );
    expect(pages.toSorted()).toEqual(Object.keys(PAGES).toSorted());
  });

  test('leads a stranger to the sign-in, refuses a forged form, and a rep whose lead it is not; nothing is changed', async () => {
    const { leadId, offer } = await offered('otto@desk-five.example');
    const other = await signIn('ada');
    const own = await signIn('dino');
    const { csrf } = await other.go('/console');
    const before = await bench.counts();
    for (const [page, who] of Object.entries(PAGES)) {
      if (who === 'anybody') continue;
      const [method = '', path = ''] = page.split(' ');
      const url = `/console${path.replace(':id', leadId)}`;
      const form = { ...RIGHT, assignment: offer.id };
      const fields = (token: string) => (method === 'get' ? undefined : { ...form, csrf: token });
      expect(await visitor().go(url, fields(csrf)), page).toMatchObject({ status: 303, to: '/console/sign-in' });
      if (method === 'post') expect((await own.go(url, fields(csrf))).status, `forged: ${page}`).toBe(403);
      if (who === 'whose lead it is') expect((await other.go(url, fields(csrf))).status, page).toBe(403);
    }
    expect(await bench.counts()).toEqual(before);
  });
});

describe.skipIf(chromiumPath === undefined)('in a browser (Chromium, or CHROMIUM_PATH)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: CHROMIUM_FLAGS });
  });
  afterAll(() => browser?.close());

  const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
  async function violations(page: Page): Promise<unknown[]> {
    return page.evaluate(
      `(() => { const module = undefined; ${axe}; return axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])); })()`,
    );
  }

  test('a rep signs in and rejects a lead by keyboard, without a script, at phone width', async () => {
    const { leadId } = await offered('otto@desk-three.example');
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false });
    const who = await signIn('dino');
    const value = who.cookies.get('nurture_session') ?? '';
    await context.addCookies([{ name: 'nurture_session', value, url: `${bench.base}/console` }]);
    const page = await context.newPage();
    await page.goto(`${bench.base}/console`);
    await page.locator(`a[href$="${leadId}"]`).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/leads/${leadId}`);
    await page.getByLabel('Reason').focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('button', { name: 'Reject' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/console?done=rejected');
    expect(await page.getByRole('status').textContent()).toContain('left your desk');
    await context.close();
  });

  test('desk and lead have no fault that axe finds, and fit a phone', async () => {
    const { leadId } = await offered('otto@desk-four.example');
    const value = (await signIn('dino')).cookies.get('nurture_session') ?? '';
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, bypassCSP: true });
    await context.addCookies([{ name: 'nurture_session', value, url: `${bench.base}/console` }]);
    const page = await context.newPage();
    for (const path of ['/console', `/console/leads/${leadId}`]) {
      await page.goto(bench.base + path);
      expect(await violations(page), path).toEqual([]);
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      expect(wide, path).toBeLessThanOrEqual(360);
      if (process.env['SCREENSHOTS'] !== undefined)
        await page.screenshot({
          path: `${process.env['SCREENSHOTS']}/console-${path === '/console' ? 'desk' : 'lead'}.png`,
          fullPage: true,
        });
    }
    await context.close();
  });
});
