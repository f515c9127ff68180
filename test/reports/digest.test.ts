/** Reports by mail: what their reader sees, on a phone and on a desk. */
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeHistory } from '../../src/cli/demo/history/write.ts';
import { type DigestPart, periodBefore } from '../../src/domain/digest.ts';
import { digestMail } from '../../src/email/digest-mail.ts';
import { readAsk } from '../../src/reports/ask.ts';
import { digestParts } from '../../src/reports/digest.ts';
import { currencyOf } from '../../src/reports/money.ts';
import { readReport } from '../../src/reports/read.ts';
import { REPORTS } from '../../src/reports/registry.ts';
import type { Section } from '../../src/reports/report.ts';
import { openApi, type Bench } from '../api/support.ts';
import { writeBroadcasts } from '../support/broadcast-mails.ts';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/chromium.ts';

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
});
afterAll(() => bench.close());

const ROW: Section = {
  key: 'rows',
  title: 'By source',
  columns: [
    { key: 'group', title: 'Source', unit: 'text' },
    { key: 'needs', title: 'Leads', unit: 'count' },
    { key: 'note', title: 'Verdict', unit: 'text' },
  ],
  rows: [{ cells: { group: 'web', needs: 1234, note: 'not known yet' }, group: 'web' }],
  total: { cells: { group: 'All', needs: 1234, note: null } },
  chart: { kind: 'bars', columns: ['needs'] },
  notes: [],
};
const EMPTY: Section = { ...ROW, key: 'empty', title: 'Reasons', rows: [], notes: ['Nobody was asked.'] };
const ZEROS: Section = { ...ROW, key: 'zeros', rows: [{ cells: { group: 'web', needs: 0, note: null } }] };

function mailOf(parts: readonly DigestPart[]) {
  return digestMail({
    id: 'send-1',
    from: { address: 'acme@example.com', name: 'Acme' },
    to: { address: 'mia@example.com', name: 'Mia' },
    date: new Date(),
    title: 'Funnel: 27 Nov 2026',
    intro: 'What comes in?',
    parts,
    pageUrl: `https://nurture.example.com/console/reports/funnel?${'since=2026-11-27&until=2026-11-27&'.repeat(4)}`,
    unsubscribeUrl: `https://nurture.example.com/digests/${'x'.repeat(60)}`,
  });
}

test('only sections in which there is something are shown, the period before beside the total, words to the left', async () => {
  const earlier: Section = { ...ROW, total: { cells: { group: 'All', needs: 7, note: null } } };
  const before = { title: 'The day before', section: earlier };
  const parts = digestParts([ROW, EMPTY, ZEROS], 'EUR', before);
  expect(parts).toEqual([
    {
      title: 'By source',
      head: [
        { title: 'Source', isFigure: false },
        { title: 'Leads', isFigure: true },
        { title: 'Verdict', isFigure: false },
      ],
      rows: [
        { cells: ['web', '1,234', 'not known yet'], isTotal: false },
        { cells: ['All', '1,234', null], isTotal: true },
        { cells: ['The day before', '7', null], isTotal: false },
      ],
      lines: [],
      notes: [],
    },
  ]);
  const { html, text } = await mailOf(parts);
  expect(html).toMatch(/text-align:left">not known yet/);
  expect(html).toMatch(/text-align:right">1,234/);
  expect(html.match(/>Leads</g)).toHaveLength(1);
  expect(`${html}${text}`).not.toContain('█');
  expect(text).toMatch(/^The day before +7/m);
  const none = await mailOf(digestParts([EMPTY, ZEROS], 'EUR', { title: 'The day before', section: undefined }));
  expect(none.text.match(/Nothing happened in this time\./g)).toHaveLength(1);
  expect(none.text).not.toContain('Reasons');
});

test('the period before is as many days of the calendar', () => {
  expect(periodBefore('daily', { since: '2026-03-01', until: '2026-03-01' })).toEqual({
    since: '2026-02-28',
    until: '2026-02-28',
  });
  expect(periodBefore('weekly', { since: '2026-03-30', until: '2026-04-05' })).toEqual({
    since: '2026-03-23',
    until: '2026-03-29',
  });
});

test.skipIf(chromiumPath === undefined)('every report by mail fits a phone and a narrow window', async () => {
  const { playbook } = bench.deps.store.rules.current();
  const browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage();
    for (const report of REPORTS) {
      const asker = { scope: { kind: 'all' as const }, playbook, realNowMs: Date.now() };
      const sections = await readReport(bench.db, report, readAsk(report, { since: '700d' }, asker));
      const parts = digestParts(sections, currencyOf(playbook), { title: 'The week before', section: sections[0] });
      expect(parts.length, report.key).toBeGreaterThan(0);
      const { html } = await mailOf(parts);
      for (const width of [320, 375, 700]) {
        await page.setViewportSize({ width, height: 800 });
        await page.setContent(html);
        expect(await page.evaluate('document.documentElement.scrollWidth'), report.key).toBeLessThanOrEqual(width);
      }
    }
  } finally {
    await browser.close();
  }
});
