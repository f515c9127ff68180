/** Pictures of the reports for docs/reports.md: two years of made-up leads, as in the demo. */
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { writePast } from '../../src/cli/demo/history/write-past.ts';
import { publishedPlaybook } from '../../src/cli/published-playbook.ts';
import { digestMail } from '../../src/email/digest-mail.ts';
import { readAsk } from '../../src/reports/ask.ts';
import { digestParts } from '../../src/reports/digest.ts';
import { FUNNEL } from '../../src/reports/funnel.ts';
import { currencyOf } from '../../src/reports/money.ts';
import { readReport } from '../../src/reports/read.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import type { Db } from '../../src/store/db.ts';

const SEED = 7;
const LEADS = 1_500;
const MARKETER = { email: 'nora.lind@brookfield.example', name: 'Nora Lind', role: 'marketer' } as const;
const viewport = { width: 1100, height: 1000 };
const PAGES = {
  overview: 'reports',
  funnel: 'reports/funnel?since=365d',
  target: 'reports/target?goal=customers&amount=100',
  cadence: 'cadences/past-nurture',
};

export async function takeReports(browser: Browser, db: Db, api: string, images: string): Promise<void> {
  const now = new Date();
  await writePast(db, { leads: LEADS, seed: SEED, until: now });
  await inviteUser(db, MARKETER, { actor: 'system', at: now });
  const session = (await openSessionOf(db, MARKETER.email, now)) ?? '';
  const context = await browser.newContext({ viewport, colorScheme: 'light' });
  await context.addCookies([{ name: 'nurture_session', value: session, url: `${api}/console` }]);
  const picture = (page: Page, name: string) => page.screenshot({ path: path.join(images, `reports-${name}.png`) });
  const page = await context.newPage();
  for (const [name, address] of Object.entries(PAGES)) {
    await page.goto(`${api}/console/${address}`);
    // A busy machine says first that a report is being counted.
    await page.waitForFunction(
      `document.readyState === 'complete' && !document.body.innerText.includes('looks again by itself')`,
    );
    await picture(page, name);
  }
  // A page of its own: the policy of the console's pages would take the styles off.
  const mail = await context.newPage();
  await mail.setContent(await digestOf(db, now));
  await picture(mail, 'digest');
  await context.close();
}

/** The funnel by mail, as it leaves every Monday. */
async function digestOf(db: Db, now: Date): Promise<string> {
  const playbook = await publishedPlaybook(db);
  const asked = readAsk(FUNNEL, { by: 'source' }, { scope: { kind: 'all' }, playbook, realNowMs: now.getTime() });
  const sections = await readReport(db, FUNNEL, asked);
  const { html } = await digestMail({
    id: 'picture',
    from: { address: 'hello@brookfield.example', name: 'Brookfield Irrigation' },
    to: { address: MARKETER.email, name: MARKETER.name },
    date: now,
    title: FUNNEL.title,
    intro: FUNNEL.question,
    parts: digestParts(sections, currencyOf(playbook), { title: 'The week before', section: undefined }),
    pageUrl: 'https://nurture.brookfield.example/console/reports/funnel',
    unsubscribeUrl: 'https://nurture.brookfield.example/digests/picture',
  });
  return html;
}
