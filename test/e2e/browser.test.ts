import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Assignments, Lead } from '../../src/cli/client.ts';
import { readHtml } from '../../src/cli/demo/html.ts';
import type { Mail } from '../../src/cli/demo/inbox.ts';
import type { Life, Person } from '../../src/cli/demo/life.ts';
import { consultationForm, ebookForm } from '../../src/cli/demo/lives/requests.ts';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/chromium.ts';
import { showComplaints, startE2eStack, type E2eStack } from './stack.ts';

const OTTO: Person = {
  firstName: 'Otto',
  lastName: 'O’Neill & Søn',
  company: 'Søn <Gartner>',
  email: 'otto.{run}@soen-gartner.example',
  jobTitle: 'Owner',
  country: 'DE',
  timeZone: 'Europe/Berlin',
};

describe.skipIf(chromiumPath === undefined)('in a browser (Chromium, or CHROMIUM_PATH)', () => {
  let stack: E2eStack;
  let browser: Browser;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    const launched = chromium.launch({ executablePath: chromiumPath ?? '', args: CHROMIUM_FLAGS });
    [stack, browser] = await Promise.all([startE2eStack(), launched]);
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.close();
  });
  showComplaints(() => stack);

  /** A fresh page; what it complains about, and what it asks of any other host, is gathered. */
  async function open(url: string): Promise<void> {
    problems = [];
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol !== 'data:' && hostname !== 'localhost') problems.push(`asked ${request.url()}`);
    });
    await page.goto(url);
  }

  function linkIn(mail: Mail, part: string): string {
    const link = readHtml(mail.html).links.find(({ href }) => href.includes(part));
    if (link === undefined) throw new Error(`‘${mail.subject}’ has no link with ${part}`);
    return link.href;
  }

  /** A lead that was just offered to a rep, and the brief. */
  async function offered(email: string): Promise<{ life: Life; brief: Mail }> {
    const life = stack.lifeOf({ ...OTTO, email });
    await life.comesIn(consultationForm('greenhouse'));
    await life.untilStage('assigned');
    return { life, brief: await life.receives('rep-brief') };
  }

  test('a rep accepts by the button', async () => {
    const { life, brief } = await offered('accept.{run}@soen-gartner.example');
    await open(linkIn(brief, '/r/'));
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('Otto O’Neill & Søn');
    expect(await page.getByText('Søn <Gartner>').count()).toBe(1);
    expect((await life.look()).stage).toBe('assigned');
    await page.getByRole('button', { name: 'Accept this lead' }).click();
    await page.getByRole('heading', { name: 'Otto O’Neill & Søn is yours' }).waitFor();
    expect((await life.look()).stage).toBe('accepted');
    expect(problems).toEqual([]);
  });

  test('a rep rejects with a reason and a note, and cannot without a reason', async () => {
    const { life, brief } = await offered('reject.{run}@soen-gartner.example');
    await open(linkIn(brief, '/r/'));
    const reject = page.getByRole('button', { name: 'Reject' });
    await reject.click();
    expect(page.url()).toBe(linkIn(brief, '/r/'));
    expect((await life.look()).stage).toBe('assigned');
    await page.getByLabel('Reason').selectOption('wrong-region');
    await page.getByLabel('Note').fill('The site is in Ohio.');
    await reject.click();
    await page.getByRole('heading', { name: 'Thank you, that helps' }).waitFor();
    await life.untilStage('qualified');
    const { items } = await stack.operator.get<Assignments>(`/v1/assignments?lead=${life.leadId}`);
    expect(items).toMatchObject([{ status: 'rejected', reason: 'wrong-region' }]);
    const note = (await life.timeline()).find(({ kind }) => kind === 'activity');
    expect(note?.data['body']).toBe('The site is in Ohio.');
    expect(problems).toEqual([]);
  });

  test('looking at the unsubscribe page changes nothing, its button does', async () => {
    const life = stack.lifeOf({ ...OTTO, email: 'leave.{run}@soen-gartner.example' });
    await life.comesIn(ebookForm('greenhouse'));
    const welcome = await life.passUntilMail('ebook-welcome');
    await open(linkIn(welcome, '/u/'));
    expect(await page.getByText('l…@soen-gartner.example').count()).toBe(1);
    const before = await stack.operator.get<Lead>(`/v1/leads/${life.leadId}`);
    expect(before).toMatchObject({ stage: 'nurturing', consent: { state: 'given', mayMail: true } });
    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    await page.getByRole('heading', { name: 'You are unsubscribed' }).waitFor();
    const after = await life.untilStage('dormant');
    expect(after).toMatchObject({ consent: { state: 'withdrawn', mayMail: false }, cadence: null });
    expect(problems).toEqual([]);
  });

  test('the API docs render from this host alone', async () => {
    await open(`${stack.url}/docs`);
    await page.getByText('/v1/leads/{id}/fast-forward').waitFor();
    await page.getByText('Take in a lead').click();
    await page.getByText('Idempotency-Key').first().waitFor();
    expect(problems).toEqual([]);
  });
});
