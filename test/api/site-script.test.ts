/** The script for websites in a real browser, on a page of another origin, against the real API. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SITE_SCRIPT_PATH } from '../../src/api/site-script.ts';
import { playbookWith } from '../crash/playbook.ts';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/chromium.ts';
import { type Bench, CONSENT, openApi } from './support.ts';

let bench: Bench;
let folder: Awaited<ReturnType<typeof playbookWith>>;
let site: Server;
let base: string;
beforeAll(async () => {
  const events = await readFile(path.join(import.meta.dirname, '..', 'fixtures', 'playbook', 'events.yaml'), 'utf8');
  const more = 'page.dwelled: { description: Stayed on a page, fromSite: true }\n';
  folder = await playbookWith({}, { 'events.yaml': `${events.trimEnd()}\n${more}` });
  bench = await openApi({ playbookDir: folder.dir });
  const tag = `<script src="${bench.base}${SITE_SCRIPT_PATH}" data-key="${bench.keys.site}"></script>`;
  site = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end(`<!doctype html><title>Guide</title>${tag}<p>Hello</p>`);
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  base = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});
afterAll(async () => {
  site?.closeAllConnections();
  site?.close();
  await bench?.close();
  await folder?.remove();
});

test('it is kept by browsers for a day, may be loaded by any site, and changes nothing', async () => {
  const before = await bench.counts();
  for (const method of ['GET', 'HEAD']) {
    const answer = await bench.call(method, SITE_SCRIPT_PATH, { key: null });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/javascript');
    expect(answer.headers.get('cache-control')).toContain('max-age=86400');
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(answer.headers.get('set-cookie')).toBeNull();
  }
  expect(await bench.counts()).toEqual(before);
});

describe.skipIf(chromiumPath === undefined)('in a browser (Chromium, or CHROMIUM_PATH)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: CHROMIUM_FLAGS });
  });
  afterAll(() => browser?.close());

  test('before a yes nothing is sent or kept; after it views and reading time of an identified visitor; after a no nothing again', async () => {
    const body = { email: 'reader@site-script.example', source: 'ebook', consent: CONSENT };
    const handle = String((await bench.post('/v1/leads', body, bench.keys.site)).body['id']);
    const lead = await bench.db.lead.findFirstOrThrow({ where: { email: 'reader@site-script.example' } });
    const seen = async (): Promise<[string, unknown][]> =>
      (
        await bench.db.event.findMany({
          where: { leadId: lead.id, type: { startsWith: 'page.' } },
          orderBy: { recordedAt: 'asc' },
        })
      ).map(({ type, properties }) => [type, properties]);

    const context = await browser.newContext();
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().startsWith(bench.base)) asked.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });
    const keptInBrowser = () => page.evaluate('[document.cookie, JSON.stringify(localStorage)]');
    await page.clock.install();
    await page.goto(`${base}/guide?email=secret`);
    await page.evaluate(`nurture.identify('${handle}')`);
    await page.clock.fastForward(60_000);
    await page.goto(`${base}/other`);
    expect(asked.filter((one) => !one.endsWith(SITE_SCRIPT_PATH))).toEqual([]);
    expect(await keptInBrowser()).toEqual(['', '{}']);

    await page.evaluate(`nurture.identify('${handle}'); nurture.consent(true)`);
    await expect.poll(seen).toEqual([['page.viewed', { path: '/other' }]]);
    expect(await keptInBrowser()).toEqual(['', JSON.stringify({ nurture: handle })]);
    await page.clock.fastForward(42_000);
    await page.goto(`${base}/guide?email=secret`);
    const dwelled = ['page.dwelled', { path: '/other', seconds: expect.closeTo(42, -1) }];
    await expect.poll(seen).toEqual([['page.viewed', { path: '/other' }], dwelled]);

    // The next page knows the visitor from the browser, once the site says yes.
    await page.evaluate('nurture.consent(true)');
    await expect.poll(async () => (await seen()).at(-1)).toEqual(['page.viewed', { path: '/guide' }]);
    await page.evaluate(`nurture.track('pricing.viewed', { plan: 'large' })`);
    await expect
      .poll(() => bench.db.event.findFirst({ where: { leadId: lead.id, type: 'pricing.viewed' } }))
      .toMatchObject({ properties: { path: '/guide', plan: 'large' } });

    const until = asked.length;
    await page.evaluate('nurture.consent(false)');
    await page.clock.fastForward(60_000);
    await page.evaluate(`nurture.track('pricing.viewed', {})`);
    await page.goto(`${base}/last`);
    expect(await keptInBrowser()).toEqual(['', '{}']);
    expect(asked.slice(until).filter((one) => !one.endsWith(SITE_SCRIPT_PATH))).toEqual([]);
    await context.close();
  });
});
