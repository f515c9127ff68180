/** The console in a real browser, where what matters is the browser's own: links of mails, cookies, the back button, tabs. */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/chromium.ts';
import { lifeOf } from '../workflows/life.ts';
import { openApi, type Bench } from './support.ts';

describe.skipIf(chromiumPath === undefined)('in a browser (Chromium, or CHROMIUM_PATH)', () => {
  let bench: Bench;
  let browser: Browser;
  beforeAll(async () => {
    bench = await openApi({ worker: true });
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: CHROMIUM_FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    await bench?.close();
  });

  const emailOf = async (rep: string): Promise<string> =>
    (await bench.db.rep.findUniqueOrThrow({ where: { key: rep } })).email;

  /** Asks for a link as a person does, and reads its path in the mail. */
  async function askForLink(page: Page, rep: string): Promise<string> {
    const email = await emailOf(rep);
    const mails = () => bench.engine.sink.to(email).filter(({ subject }) => subject.startsWith('Sign in'));
    const before = mails().length;
    await page.goto(`${bench.base}/console/sign-in`);
    await page.getByLabel('Your email address').fill(email);
    await page.getByRole('button', { name: 'Send me the link' }).click();
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    await expect.poll(() => mails().length).toBe(before + 1);
    const path = /\/console\/sign-in\/[\w-]+/.exec(mails().at(-1)?.text ?? '')?.[0] ?? '';
    return bench.base + path;
  }

  const signIn = (page: Page): Promise<void> => page.getByRole('button', { name: 'Sign in', exact: true }).click();
  const heading = (page: Page, name: string): Promise<void> =>
    page.getByRole('heading', { name, level: 1, exact: true }).waitFor();

  test('a link to sign in works once: used again it leads on who is signed in, and nobody else', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const link = await askForLink(page, 'dino');
    await page.goto(link);
    await signIn(page);
    await heading(page, 'My desk');
    // The link once more, and the form that the back button brings back.
    await page.goto(link);
    await heading(page, 'You are signed in already');
    await page.getByRole('link', { name: 'Go on to the console' }).click();
    await heading(page, 'My desk');
    await page.goBack();
    await heading(page, 'You are signed in already');
    await page.goto(`${bench.base}/console`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(page, 'Sign in');
    await page.goto(link);
    await heading(page, 'This link does not work');
    // Nor does a page of before show anything.
    await page.goto(`${bench.base}/console`);
    await heading(page, 'Sign in');
    await context.close();
  });

  test('a link to sign in does not work in another browser, and is not used up there', async () => {
    const [mine, other] = await Promise.all([browser.newContext(), browser.newContext()]);
    const [page, strangers] = await Promise.all([mine.newPage(), other.newPage()]);
    const link = await askForLink(page, 'cleo');
    expect((await strangers.goto(link))?.status()).toBe(403);
    await heading(strangers, 'This link does not work');
    await strangers.getByRole('link', { name: 'Ask for a new link' }).click();
    await heading(strangers, 'Sign in');
    await strangers.goto(link);
    await heading(strangers, 'This link does not work');
    await page.goto(link);
    await signIn(page);
    await heading(page, 'My desk');
    await Promise.all([mine.close(), other.close()]);
  });

  test('an expired link to sign in is refused, also where its page was opened in time', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const link = await askForLink(page, 'ada');
    await page.goto(link);
    const repId = bench.reps['ada'] ?? '';
    await bench.db.signIn.updateMany({ where: { repId }, data: { expiresAt: new Date(Date.now() - 1) } });
    await signIn(page);
    await heading(page, 'This link does not work');
    await page.goto(link);
    await heading(page, 'This link does not work');
    await page.goto(`${bench.base}/console`);
    await heading(page, 'Sign in');
    await context.close();
  });

  async function signedIn(rep: string): Promise<BrowserContext> {
    const value = (await openSessionOf(bench.db, await emailOf(rep), new Date())) ?? '';
    const context = await browser.newContext();
    await context.addCookies([{ name: 'nurture_session', value, url: `${bench.base}/console` }]);
    return context;
  }

  /** A lead that waits for the decision of Dino. */
  async function offered(email: string): Promise<{ leadId: string; url: string }> {
    const asks = { source: 'drip', country: 'IT', event: { type: 'demo.requested' } };
    const leadId = await bench.lead({ email, firstName: 'Otto', ...asks });
    await lifeOf(bench.engine).offered(leadId);
    return { leadId, url: `${bench.base}/console/leads/${leadId}` };
  }

  const decisions = (leadId: string) => bench.db.audit.count({ where: { leadId, action: 'assignment.accepted' } });
  const accept = (page: Page) => page.getByRole('button', { name: 'Accept', exact: true });

  test('the back button after an accept shows the lead as it is now: there is nothing to accept again', async () => {
    const { leadId } = await offered('otto@back-button.example');
    const context = await signedIn('dino');
    const page = await context.newPage();
    await page.goto(`${bench.base}/console`);
    await page.locator(`a[href$="${leadId}"]`).click();
    await accept(page).click();
    await page.waitForURL(`**/leads/${leadId}?done=accepted`);
    await page.goBack();
    await page.waitForURL(`**/leads/${leadId}`);
    await page.getByText('accepted', { exact: true }).first().waitFor();
    expect(await accept(page).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Reject' }).count()).toBe(0);
    // On the desk it no longer waits for a decision.
    await page.goBack();
    await heading(page, 'My desk');
    const waiting = page.locator('section', { has: page.getByRole('heading', { name: /^Waiting for your decision/ }) });
    expect(await waiting.locator(`a[href$="${leadId}"]`).count()).toBe(0);
    expect(await decisions(leadId)).toBe(1);
    await context.close();
  });

  test('of two tabs the second says what the first has done, and changes nothing', async () => {
    const context = await signedIn('dino');
    for (const press of ['Accept', 'Reject'] as const) {
      const { leadId, url } = await offered(`otto@two-tabs-${press.toLowerCase()}.example`);
      const [first, second] = [await context.newPage(), await context.newPage()];
      await Promise.all([first.goto(url), second.goto(url)]);
      await accept(first).click();
      await first.waitForURL(`${url}?done=accepted`);
      if (press === 'Accept') await accept(second).click();
      else {
        await second.getByLabel('Reason').first().selectOption('too-early');
        await second.getByRole('button', { name: 'Reject', exact: true }).click();
      }
      const told =
        press === 'Accept'
          ? 'This assignment was accepted already. Now it is in stage accepted, with Dino.'
          : 'It was accepted meanwhile: the lead is in stage accepted, with Dino.';
      await second.getByText(told).first().waitFor();
      expect(await accept(second).count()).toBe(0);
      expect(await decisions(leadId)).toBe(1);
      expect((await bench.db.lead.findUniqueOrThrow({ where: { id: leadId } })).stage).toBe('accepted');
      await Promise.all([first.close(), second.close()]);
    }
    await context.close();
  });

  test('a double click decides once and logs a call once, and says so as a single one does', async () => {
    const { leadId, url } = await offered('otto@double-click.example');
    const context = await signedIn('dino');
    const page = await context.newPage();
    await page.goto(url);
    await accept(page).dblclick();
    await page.waitForURL(`${url}?done=accepted`);
    await page.getByText('accepted', { exact: true }).first().waitFor();
    expect(await page.locator('.problem').allTextContents()).toEqual([]);
    expect(await decisions(leadId)).toBe(1);
    const log = page.locator('form[action$="/log"]');
    await log.getByLabel('What it was').selectOption('call');
    await log.getByLabel('Did you reach them?').selectOption('reached');
    await log.getByLabel('What was said').fill('Wants the price list');
    await log.getByRole('button', { name: 'Save', exact: true }).dblclick();
    await page.waitForURL(/done=logged/);
    await page.getByText('Wants the price list').first().waitFor();
    expect(await page.locator('.problem').allTextContents()).toEqual([]);
    const logged = () => bench.db.repActivity.findMany({ where: { leadId, kind: 'call' } });
    expect(await logged()).toHaveLength(1);
    // What is sent back by a double click is sent back once, too.
    const back = page.locator('form[action$="/reject"]');
    await back.getByLabel('Reason').selectOption('too-early');
    await back.getByRole('button', { name: 'Send back', exact: true }).dblclick();
    await bench.engine.untilStage(leadId, 'nurturing');
    await page.waitForLoadState();
    expect(await bench.db.audit.count({ where: { leadId, action: 'assignment.rejected' } })).toBe(1);
    expect((await logged()).length).toBe(1);
    await context.close();
  });
});
