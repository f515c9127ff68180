/** The pages of the reports, in a real browser. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeHistory } from '../../src/cli/demo/history/write.ts';
import { newId } from '../../src/domain/ids.ts';
import { REPORTS } from '../../src/reports/registry.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { openApi, type Bench } from '../api/support.ts';
import { createVisitor } from '../api/visitor.ts';
import { writeBroadcasts } from '../support/broadcast-mails.ts';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/chromium.ts';
import { writeOutcomes } from '../support/outcomes.ts';

/** What a stranger may write into any field of a form. */
const PAYLOAD = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
  await writeHistory(bench.db, { leads: 300, seed: 5, until: new Date() });
  const some = await bench.db.lead.findMany({ select: { id: true }, orderBy: { id: 'asc' }, take: 60 });
  await writeBroadcasts(
    bench.db,
    some.map(({ id }) => id),
    { at: new Date() },
  );
  for (const role of ['marketer', 'manager'] as const)
    await inviteUser(
      bench.db,
      { email: `${role}@pages.example`, name: role, role },
      { actor: 'system', at: new Date() },
    );
  await writeOutcomes(bench.db, bench.reps['ada'] ?? '', 240);
  await hostile();
});
afterAll(() => bench.close());

/** A lead with a payload in every word that reports show. */
async function hostile(): Promise<void> {
  const [leadId, needId, at] = [newId('lead'), newId('need'), new Date()];
  const words = { source: PAYLOAD, medium: PAYLOAD, campaign: PAYLOAD, channel: PAYLOAD };
  const { db } = bench;
  await db.lead.create({
    data: {
      id: leadId,
      email: 'x@hostile.example',
      firstName: PAYLOAD,
      company: PAYLOAD,
      industry: PAYLOAD,
      jobTitle: PAYLOAD,
      country: 'DE',
      stage: 'customer',
      source: PAYLOAD,
      scoreAt: at,
      needId,
    },
  });
  await db.need.create({
    data: {
      id: needId,
      leadId,
      stage: 'customer',
      type: PAYLOAD,
      productLine: PAYLOAD,
      openedAt: at,
      closedAt: at,
      outcome: 'won',
      // Its figure is as long as any that a chart has to show beside its longest bar.
      valueMinor: 98_765_432_100n,
      currency: 'EUR',
    },
  });
  await db.touch.create({
    data: { id: newId('touch'), leadId, needId, isFirst: true, how: 'form', occurredAt: at, ...words },
  });
  await db.stageChange.create({
    data: { leadId, needId, toStage: 'customer', because: 'test', actor: 'system', occurredAt: at },
  });
}

async function sessionOf(email: string): Promise<string> {
  return (await openSessionOf(bench.db, email, new Date())) ?? '';
}

/** The leads behind a figure. */
const LISTS = ['leads-in/leads?figure=needs&by=source', 'funnel/leads?figure=won', 'reps/leads?figure=handed'].map(
  (path) => `reports/${path}`,
);

/** With enough outcomes for the curve of the learned readiness. */
const LEARNED = 'reports/scoring?since=2025-12-01&until=2026-12-31';

const PAGES = [
  'reports',
  'reports/target',
  ...REPORTS.map(({ key }) => `reports/${key}`),
  LEARNED,
  'cadences',
  'cadences/past-nurture',
  'cadences/ebook-resources',
  'leads?cadence=past-nurture&step=welcome&mail=clicked',
  'leads?cadence=past-nurture&step=welcome&to=words',
  ...LISTS,
];

/** Pages that are asked for together. */
const AT_ONCE = 4;

test('a payload is text, on every report by every dimension, and in the list behind a figure', async () => {
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', await sessionOf('marketer@pages.example'));
  const seen = new Set<string>();
  const asked = REPORTS.flatMap(({ key, by }) => by.map((dimension) => ({ key, dimension })));
  const at = async ({ key, dimension }: (typeof asked)[number]): Promise<void> => {
    const path = `/console/reports/${key}?by=${dimension}&source=${encodeURIComponent(PAYLOAD)}`;
    const { status, text } = await who.go(path);
    expect(status).toBe(200);
    expect(text, `${key} by ${dimension}`).not.toMatch(/<img src=x|<script>alert/);
    if (text.includes('&lt;img src=x')) seen.add(dimension);
  };
  for (let from = 0; from < asked.length; from += AT_ONCE)
    await Promise.all(asked.slice(from, from + AT_ONCE).map((one) => at(one)));
  expect([...seen]).toEqual(
    expect.arrayContaining(['source', 'campaign', 'industry', 'jobTitle', 'productLine', 'needType']),
  );
  const { text } = await who.go(
    `/console/reports/leads-in/leads?figure=needs&by=source&group=${encodeURIComponent(PAYLOAD)}`,
  );
  expect(text).toContain('customer, grade');
  expect(text).not.toMatch(/<img src=x|<script>alert/);
});

test('the report on scoring has the curve of the learned readiness, which is looked at below', async () => {
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', await sessionOf('marketer@pages.example'));
  expect((await who.go(`/console/${LEARNED}`)).text).toContain('If both were the same');
});

test('a wrong question is answered with what is wrong, and with the report without it', async () => {
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', await sessionOf('marketer@pages.example'));
  const { status, text } = await who.go('/console/reports/funnel?since=tomorrow');
  expect(status).toBe(400);
  expect(text).toContain('“From” must be a day such as');
  expect(text).toContain('From lead to customer');
  expect((await who.go('/console/reports/no-such')).status).toBe(404);
});

test('the period is chosen by a link, is said in the heading, and is that of the other reports and of the mail form too', async () => {
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', await sessionOf('marketer@pages.example'));
  const usual = await who.go('/console/reports/funnel');
  expect(usual.text).toContain('<h1>Funnel: last 90 days</h1>');
  expect(usual.text).toMatch(/href="\/console\/reports\/funnel\?since=30d"/);
  const { text, csrf } = await who.go('/console/reports/campaigns?by=channel&since=365d');
  expect(text).toContain('<h1>Channels and campaigns: last 12 months</h1>');
  expect(text).toMatch(/href="\/console\/reports\/funnel\?since=365d"/);
  expect(text).toMatch(/aria-current=.?page.?[^>]*>Reports</);
  const asked = { csrf, every: 'daily', by: 'channel', since: '365d' };
  const { to } = await who.go('/console/reports/campaigns/mail', asked);
  expect(to).toBe('/console/reports/campaigns?since=365d&by=channel&done=mailed');
  await bench.db.reportSubscription.deleteMany();
});

test('a report offers what there is to narrow it by, and nothing that changes nothing', async () => {
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', await sessionOf('marketer@pages.example'));
  const { text } = await who.go('/console/reports/funnel?source=serch');
  expect(text).toMatch(/has the source ‘serch’\. There are: .*search/);
  expect(text).toMatch(/<datalist\s+id="values-source"\s*>\s*<option value="search">/);
  expect((await who.go('/console/reports/funnel?source=search')).text).not.toContain('None of the newest');
  expect((await who.go('/console/reports/cadences')).text).not.toContain('name="by"');
  const reps = await who.go('/console/reports/reps');
  expect(reps.text).toContain('name="source"');
  expect(reps.text).toContain('Offers accepted');
});

test('the map of a cadence shows what each step did, and each count leads to its leads', async () => {
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', await sessionOf('marketer@pages.example'));
  expect((await who.go('/console/cadences')).text).toContain('/console/cadences/past-nurture');
  const { text } = await who.go('/console/cadences/past-nurture');
  const mail = { stepId: 'welcome', status: 'sent' as const };
  const sent = await bench.db.send.count({ where: mail });
  const clicked = await bench.db.send.count({
    where: { ...mail, id: { in: await clickedSends() } },
  });
  expect(text).toContain(`>${sent} sent</tspan>`);
  expect(text).toContain(`>${clicked} clicked</tspan>`);
  expect(text).toMatch(/\d+% \(\d+\)/);
  const left = { cadence: 'past-nurture', status: 'ended' as const, endReason: 'unsubscribed' };
  const lost = await bench.db.enrollment.count({ where: left });
  expect(text).toMatch(new RegExp(`>${lost}</a> of `));
  const byStep = await bench.db.enrollment.groupBy({ by: ['waitingFrom'], where: left, _count: true });
  for (const { waitingFrom, _count } of byStep) {
    expect(text).toMatch(
      new RegExp(
        `<th scope="row">${waitingFrom}</th>\\s*<td[^>]*>unsubscribed</td>\\s*<td[^>]* class="number">\\s*<a href="[^"]*"\\s*>${_count}<`,
      ),
    );
    expect(await listed(`step=${waitingFrom}&left=unsubscribed`)).toBe(Math.min(200, _count));
    expect(text).toMatch(new RegExp(`\\d+ left: .*unsubscribed ${_count}`));
  }
  expect(await listed('step=welcome&mail=clicked')).toBe(Math.min(200, clicked));
  for (const { arm, _count } of await bench.db.splitArm.groupBy({
    by: ['arm'],
    where: { cadence: 'past-nurture' },
    _count: true,
  })) {
    expect(await listed(`step=words&arm=${arm}`)).toBe(Math.min(200, _count));
    const shownArm = await who.go(`/console/leads?cadence=past-nurture&step=words&arm=${arm}`);
    expect(shownArm.text).toContain(`Leads of the step ‘words’ of past-nurture: they came to the arm ${arm}.`);
  }
  const shown = await who.go('/console/leads?cadence=past-nurture&step=welcome&mail=clicked');
  expect(shown.text).toContain('Leads of the step ‘welcome’ of past-nurture: they clicked in it.');
  expect(await who.go('/console/leads?mail=read')).toMatchObject({ status: 400 });
  expect((await who.go('/console/cadences/constructor')).status).toBe(404);
});

/** How many leads of the cadence of the history the list has. */
async function listed(words: string): Promise<number | undefined> {
  const { body } = await bench.get(`/v1/leads?cadence=past-nurture&limit=200&${words}`, bench.keys.marketer);
  return body.items?.length;
}

async function clickedSends(): Promise<string[]> {
  const clicks = await bench.db.event.findMany({ where: { type: 'email.clicked', machine: false } });
  return clicks.flatMap(({ sendId }) => sendId ?? []);
}

test('a period of which one end is not asked for and lies on the wrong side says which, and every page refuses alike', async () => {
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', await sessionOf('manager@pages.example'));
  for (const page of ['', '/funnel', '/leads-in']) {
    const early = await who.go(`/console/reports${page}?until=2025-01-01`);
    expect([page, early.status]).toEqual([page, 400]);
    expect(early.text).toMatch(/“From” is missing, and is \d{4}-\d{2}-\d{2} then, after “To”: a day up to 2025-01-01/);
    const late = await who.go(`/console/reports${page}?since=2099-01-01`);
    expect(late.text).toMatch(/“To” is missing, and is today then, \d{4}-\d{2}-\d{2}, before “From”/);
    expect((await who.go(`/console/reports${page}?since=abc`)).status).toBe(400);
  }
});

test('months are told by their names, and one of which the period has a part is marked', async () => {
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', await sessionOf('manager@pages.example'));
  const { text } = await who.go('/console/reports/leads-in?by=month&since=2026-01-15&until=2026-03-31');
  const named = [...text.matchAll(/<th scope="row">([^<]*)<\/th>/g)].map(([, name]) => name?.trim());
  expect(named).toEqual(['Jan 2026 (partial)', 'Feb 2026', 'Mar 2026', 'All']);
  const weeks = await who.go('/console/reports/leads-in?by=week&since=2026-01-07&until=2026-01-20');
  expect([...weeks.text.matchAll(/<th scope="row">([^<]*)<\/th>/g)].map(([, name]) => name?.trim())).toEqual([
    '5 Jan 2026 (partial)',
    '12 Jan 2026',
    '19 Jan 2026 (partial)',
    'All',
  ]);
});

test('a report is asked for by mail on its page, of what is asked for beside the period, and given up there', async () => {
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', await sessionOf('manager@pages.example'));
  const { csrf } = await who.go('/console/reports/funnel?by=source');
  const chosen = await who.go('/console/reports/funnel?by=source&since=2026-01-01');
  expect(chosen.text).toMatch(/the weekly one the week before, Monday to Sunday; the daily one the day\s+before/);
  expect(chosen.text).toMatch(/The period that is chosen above is not kept\./);
  expect(chosen.text).toContain('Kept is what else is asked for: by source.');
  expect(chosen.text).not.toContain('As it is asked for now');
  const form = { csrf, every: 'weekly', by: 'source' };
  expect(await who.go('/console/reports/funnel/mail', form)).toMatchObject({ status: 303 });
  expect(await who.go('/console/reports/funnel/mail', form)).toMatchObject({ status: 303 });
  const { text } = await who.go('/console/reports/funnel');
  expect(text).toMatch(/You get it\s+every Monday, of the week before, by source/);
  expect((await who.go('/console/reports')).text).toContain('Stop the weekly mail of funnel');
  const [one, ...others] = await bench.db.reportSubscription.findMany();
  expect(others).toEqual([]);
  expect((await who.go('/console/reports/funnel/mail', { csrf, every: 'hourly' })).status).toBe(400);
  expect(await who.go(`/console/reports/funnel/mail/${one?.id}/end`, { csrf })).toMatchObject({ status: 303 });
  expect(await bench.db.reportSubscription.count()).toBe(0);
});

test('a section is there as CSV and as JSON, and a hint to settings is in words', async () => {
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', await sessionOf('marketer@pages.example'));
  const { text } = await who.go('/console/reports/cadences');
  const link = /href="([^"]*section=control[^"]*format=json)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const [section] = (JSON.parse((await who.go(link)).text) as { sections: { key: string; notes: string[] }[] })
    .sections;
  expect(section).toMatchObject({ key: 'control' });
  expect(text).not.toMatch(/`[^`]*`/);
  expect((await who.go(link.replace('&format=json', ''))).text).toMatch(/^Group,Needs/);
});

test('a plan is made, saved, compared with what happened, and deleted', async () => {
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', await sessionOf('manager@pages.example'));
  const { text, csrf } = await who.go('/console/reports/target?goal=customers&amount=12&rate-won=50');
  expect(text).toMatch(/Customer: <span id="figure-won">50<\/span>% of the stage before/);
  expect(text).toContain('No cost is known');
  // Without a script the slider is sent beside its number: whichever was moved counts.
  const slid = await who.go('/console/reports/target?rate-won=50&slide-won=20&was-rate-won=50');
  expect(slid.text).toContain('<span id="figure-won">20</span>');
  const typed = await who.go('/console/reports/target?rate-won=30&slide-won=50&was-rate-won=50');
  expect(typed.text).toContain('<span id="figure-won">30</span>');
  expect(
    await who.go('/console/reports/target', {
      csrf,
      goal: 'customers',
      amount: '12',
      'rate-won': '50',
      name: 'Spring',
    }),
  ).toMatchObject({
    status: 303,
    to: '/console/reports/target?goal=customers&amount=12&rate-won=50&done=saved',
  });
  const saved = await who.go('/console/reports/target');
  expect(saved.text).toContain('Spring');
  expect(saved.text).toContain('12 customers');
  expect(saved.text).toMatch(/Customers<\/th>\s*<td[^>]*>\d+ \w+ \d{4} to \d+ \w+ \d{4}</);
  const [spring] = await bench.db.targetPlan.findMany();
  const later = { ...(spring?.plan as object), from: '2027-04-01' };
  await bench.db.targetPlan.updateMany({ data: { plan: later, untilDay: new Date('2037-06-30') } });
  expect((await who.go('/console/reports/target')).text).toContain('1 Apr 2027 to 30 Jun 2037');
  const again = /href="(\/console\/reports\/target\?[^"]*)"\s*>Open Spring again/.exec(saved.text)?.[1] ?? '';
  expect((await who.go(again.replaceAll('&amp;', '&'))).text).toContain('<span id="figure-won">50</span>');
  const soon = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  const late = (await who.go(`/console/reports/target?amount=20&until=${soon}`)).text;
  expect(late).toMatch(/New leads cannot reach .* in time/);
  expect(late).toMatch(/The earliest end that leads of today reach\s+is/);
  expect(late).toMatch(/are under way,\s+of which the\s+shares\s+above\s+expect/);
  const [plan] = await bench.db.targetPlan.findMany();
  const other = createVisitor(() => bench.base);
  other.cookies.set('nurture_session', await sessionOf('marketer@pages.example'));
  const seen = await other.go('/console/reports/target');
  expect(seen.text).toContain('Spring');
  expect(seen.text).not.toContain('Delete Spring');
  expect((await other.go(`/console/reports/target/${plan?.id}/delete`, { csrf: seen.csrf })).status).toBe(403);
  expect(await bench.db.targetPlan.count()).toBe(1);
  expect((await who.go(`/console/reports/target/${plan?.id}/delete`, { csrf })).status).toBe(303);
  expect(await bench.db.targetPlan.count()).toBe(0);
  expect((await who.go('/console/reports/target?amount=none')).status).toBe(400);
});

/** Charts that are shown and stick out of the screen, and words in them that are too small, or cut. Runs in the page. */
const UNREADABLE = `[...document.querySelectorAll('svg.broad, svg.narrow')].flatMap((chart) => {
  const box = chart.getBoundingClientRect();
  if (box.width === 0) return [];
  const scale = box.width / chart.viewBox.baseVal.width;
  const words = [...chart.querySelectorAll('text')].filter((text) => {
    const at = text.getBoundingClientRect();
    return 12 * scale < 10.5 || at.left < box.left - 1 || at.right > box.right + 1 || at.bottom > box.bottom + 1;
  });
  const sticksOut = box.left < 0 || box.right > document.documentElement.clientWidth;
  return [...(sticksOut ? ['a chart sticks out'] : []), ...words.map((text) => text.textContent)];
})`;

const DESK = 1280;
const PHONE = 375;

const IS_SHOWN = `(one) => one.checkVisibility()`;

/** What axe finds in these elements, by rule. `options`: of axe. Runs in the page. */
const faults = (elements: string, options = ''): string => `(async () => {
  const of = ${elements};
  if (Array.isArray(of) && of.length === 0) return [];
  const { violations } = await axe.run(of, { resultTypes: ['violations'], ${options} });
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
})()`;

/** A4, landscape, within the margins of the style: 273 by 186 mm. */
const PAPER = { width: 1032, height: 703 };

/** What is shown of what paper has no use for, and what is cut at its right side or longer than a page. Runs in the page. */
const NOT_FOR_PAPER = `[...document.querySelectorAll('main *, header, nav')].flatMap((one) => {
  const box = one.getBoundingClientRect();
  if (!one.checkVisibility() || box.width === 0 || one.closest('.hidden')) return [];
  const name = one.tagName.toLowerCase();
  const words = name + ': ' + (one.textContent ?? '').trim().slice(0, 60);
  if (['header', 'nav', 'form', 'button', 'input', 'select'].includes(name)) return ['to press: ' + words];
  if (box.right > ${PAPER.width} + 1 || box.left < -1) return ['cut: ' + words];
  if (name === 'svg' && box.height > ${PAPER.height}) return ['longer than a page: ' + words];
  if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1) return ['scrolls: ' + words];
  return [];
})`;

describe.skipIf(chromiumPath === undefined)('in a browser (Chromium, or CHROMIUM_PATH)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: CHROMIUM_FLAGS });
  });
  afterAll(() => browser?.close());

  async function open(width: number, bypassCSP = false): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 844 }, bypassCSP });
    await context.addCookies([
      { name: 'nurture_session', value: await sessionOf('marketer@pages.example'), url: `${bench.base}/console` },
    ]);
    return context.newPage();
  }

  describe('a page', () => {
    const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
    let page: Page;
    beforeAll(async () => {
      page = await open(DESK, true);
    });

    // Loaded once: what a page does otherwise at another width, or on paper, is its style.
    test.each(PAGES)(
      '%s has no fault that axe finds, fits a desk and a phone, with charts that can be read there, and has all of its figures on paper and nothing to press',
      async (path) => {
        await page.emulateMedia({ media: 'screen' });
        await page.setViewportSize({ width: DESK, height: 844 });
        await page.goto(`${bench.base}/console/${path}`);
        await page.evaluate(`(() => { const module = undefined; ${axe}; window.axe = axe; })()`);
        expect(await page.evaluate(faults('document'))).toEqual([]);
        await fits(page, DESK);

        await page.evaluate(
          `for (const one of [...document.querySelectorAll('body *')].filter(${IS_SHOWN})) one.dataset.onDesk = ''`,
        );
        await page.setViewportSize({ width: PHONE, height: 844 });
        expect(await page.evaluate(faults('document', `rules: { 'color-contrast': { enabled: false } }`))).toEqual([]);
        // Colors are the same at every width.
        const onPhoneAlone = `[...document.querySelectorAll('body *:not([data-on-desk])')].filter(${IS_SHOWN})`;
        expect(await page.evaluate(faults(onPhoneAlone, `runOnly: ['color-contrast']`))).toEqual([]);
        await fits(page, PHONE);

        await page.setViewportSize(PAPER);
        await page.emulateMedia({ media: 'print' });
        expect(await page.evaluate(NOT_FOR_PAPER)).toEqual([]);
        const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
        const sizes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(
          ([, w, h]) => Number(w) > Number(h),
        );
        expect(sizes.length).toBeGreaterThan(0);
        expect(sizes).not.toContain(false);
      },
    );

    async function fits(shown: Page, width: number): Promise<void> {
      expect(await shown.evaluate('document.documentElement.scrollWidth'), `${width} pixels`).toBeLessThanOrEqual(
        width,
      );
      expect(await shown.evaluate(UNREADABLE), `${width} pixels`).toEqual([]);
    }
  });

  describe('on paper', () => {
    let page: Page;
    beforeAll(async () => {
      page = await open(PAPER.width);
      await page.setViewportSize(PAPER);
      await page.emulateMedia({ media: 'print' });
    });

    test('a report has what its figures mean, its time and an address that stays', async () => {
      await page.goto(`${bench.base}/console/reports/funnel?by=source`);
      const text = await page.locator('main').innerText();
      expect(text).toContain('Ready for sales: by the rules, by a person, or as a referral.');
      expect(text).toMatch(/As of 20\d\d-/);
      const address = /https?:\/\/\S+\/console\/reports\/funnel\?\S+/.exec(text)?.[0] ?? '';
      expect(new URL(address).searchParams.get('since')).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(new URL(address).searchParams.get('by')).toBe('source');
    });
  });

  test('the first column of a wide table stays in sight, and on a phone a row has no cell without a figure', async () => {
    const page = await open(1280);
    await page.goto(`${bench.base}/console/reports/campaigns?since=700d`);
    const left = `(() => { const box = document.querySelector('.wide:has(table.rows)'); box.scrollLeft = 9999;
      return box.scrollLeft === 0 ? null : [box.querySelector('tbody th').getBoundingClientRect().left - box.getBoundingClientRect().left, document.documentElement.scrollWidth]; })()`;
    const [column, wide] = (await page.evaluate(left)) as [number, number];
    expect(column).toBeGreaterThanOrEqual(0);
    expect(column).toBeLessThan(30);
    expect(wide).toBeLessThanOrEqual(1280);
    await page.setViewportSize({ width: 375, height: 800 });
    expect(await page.locator('table.rows td:visible', { hasText: /^\s*–\s*$/ }).count()).toBe(0);
    await page.close();
  });

  test('a slider, its number and its label move together, and nothing is refused by the security policy', async () => {
    const page = await open(1200);
    const refused: string[] = [];
    page.on('console', (message) => refused.push(message.text()));
    await page.goto(`${bench.base}/console/reports/target?rate-won=50`);
    const number = page.locator('#rate-won');
    await page.locator('[name="slide-won"]').press('ArrowRight');
    expect(await number.inputValue()).toBe('50.1');
    expect(await page.locator('#figure-won').textContent()).toBe('50.1');
    await number.fill('25');
    expect(await page.locator('[name="slide-won"]').inputValue()).toBe('25');
    await page.getByRole('button', { name: 'Plan' }).press('Enter');
    await page.waitForURL('**rate-won=25**');
    expect(await page.locator('#figure-won').textContent()).toBe('25');
    expect(refused.filter((line) => !line.includes('404'))).toEqual([]);
  });

  test('a marketer goes from the overview to the leads behind a figure by keyboard; nothing is refused by the security policy', async () => {
    const page = await open(1200);
    const refused: string[] = [];
    page.on('console', (message) => refused.push(message.text()));
    page.on('dialog', () => refused.push('a payload ran'));
    await page.goto(`${bench.base}/console/reports`);
    await page.getByRole('link', { name: 'Channels and campaigns' }).first().press('Enter');
    await page.waitForURL('**/reports/campaigns**');
    expect(await page.locator('svg.chart:visible').count()).toBe(1);
    const fill = `getComputedStyle(document.querySelector('svg.broad path[fill="var(--chart-1)"]')).fill`;
    expect(await page.evaluate(fill)).toBe('rgb(29, 107, 69)');
    await page.locator('tbody td a').first().press('Enter');
    await page.waitForURL('**/campaigns/leads**');
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(0);
    await page.getByRole('link', { name: 'Back to Channels and campaigns' }).press('Enter');
    // The page it comes from has a path that begins so, too.
    await page.waitForURL(({ pathname }) => pathname === '/console/reports/campaigns');
    expect(refused.filter((line) => !line.includes('404'))).toEqual([]);
  });
});
