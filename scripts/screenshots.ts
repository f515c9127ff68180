/**
 * Takes the pictures of the console in docs/images, from a stack of its own with made-up leads. Chromium of this machine, or CHROMIUM_PATH.
 *
 *   npm run screenshots
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { createApiClient, type ApiClient } from '../src/cli/client.ts';
import { CHROMIUM_FLAGS, findChromium, HOW_TO_GET_CHROMIUM } from '../src/cli/preview/pictures.ts';
import { publishFolders } from '../src/cli/publish.ts';
import { loadConfig } from '../src/runtime/config.ts';
import { freePortSettings } from '../src/stack/ports.ts';
import { createProgress } from '../src/stack/progress.ts';
import { startStack } from '../src/stack/supervisor.ts';
import { openSessionOf } from '../src/store/access/sessions.ts';
import { inviteUser } from '../src/store/access/users.ts';
import { closeDb, createDb } from '../src/store/db.ts';
import { withDb } from '../src/cli/with-db.ts';
import { takeReports } from './screenshots/reports.ts';

const ROOT = path.join(import.meta.dirname, '..');
const IMAGES = path.join(ROOT, 'docs', 'images');
const HOUR_MS = 3_600_000;
const PATIENCE_MS = 60_000;
const SIZES = { desktop: { width: 1200, height: 900 }, phone: { width: 390, height: 844 } } as const;

const PEOPLE = [
  ['Marta', 'Rossi', 'Vivai Rossi', 'IT', 'greenhouse', 1_840_000],
  ['Jonas', 'Lind', 'Lind Gartenbau', 'DE', 'greenhouse', 620_000],
  ['Claire', 'Moreau', 'Serres Moreau', 'FR', 'greenhouse', 2_300_000],
  ['Pavel', 'Novak', 'Novak Trees', 'DE', 'greenhouse', 410_000],
  ['Ines', 'Costa', 'Costa Flores', 'ES', 'greenhouse', 980_000],
  ['Emil', 'Sand', 'Sand Nurseries', 'DE', 'greenhouse', 1_250_000],
  ['Lena', 'Hofer', 'Hofer Gemüse', 'AT', 'greenhouse', 770_000],
  ['Tom', 'Ashworth', 'Ashworth Nurseries', 'GB', 'greenhouse', 1_400_000],
] as const;

interface Offer {
  id: string;
  lead: { id: string };
  rep: { key: string };
}

const executablePath = findChromium(process.env);
if (executablePath === undefined) throw new Error(HOW_TO_GET_CHROMIUM);
const dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-screenshots-'));
const config = loadConfig({
  DATA_DIR: dataDir,
  ...(await freePortSettings()),
  PLAYBOOK_DIR: path.join(ROOT, 'playbook'),
  TEMPLATES_DIR: path.join(ROOT, 'templates'),
  LOG_LEVEL: 'warn',
});
const stack = await startStack(config, {
  progress: createProgress(process.stderr),
  beforeEntries: async (ready) => void (await publishFolders(ready, { author: 'screenshots' })),
});
try {
  const admin = createApiClient(stack.urls.api, stack.config.adminApiKey);
  const offers = await makeLeads(admin);
  await takeAll(await work(admin, offers), offers);
} finally {
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
}

/** Leads that asked for a demo; resolves once each is offered to a rep. */
async function makeLeads(admin: ApiClient): Promise<Offer[]> {
  for (const [firstName, lastName, company, country, productLine, valueMinor] of PEOPLE) {
    await admin.post('/v1/leads', {
      email: `${firstName.toLowerCase()}@${company.toLowerCase().replaceAll(/[^a-z]/g, '-')}.example`,
      phone: '+49 30 5550142',
      firstName,
      lastName,
      company,
      country,
      jobTitle: 'Owner',
      companySize: 60,
      source: 'website',
      need: { type: 'controller', productLine, value: { amount: valueMinor, currency: 'EUR' }, budget: 'known' },
      consent: { text: 'Yes, send me tips.', source: 'form' },
      event: { type: 'demo.requested' },
    });
  }
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(500)) {
    const { items } = (await admin.get('/v1/assignments?status=offered&limit=200')) as { items: Offer[] };
    if (items.length === PEOPLE.length) return items.toReversed();
    if (Date.now() > until) throw new Error(`Only ${items.length} of ${PEOPLE.length} leads were offered in time.`);
  }
}

/** Half of them are accepted; steps are planned, one of them overdue. Returns the rep whose desk is shown. */
async function work(admin: ApiClient, offers: readonly Offer[]): Promise<string> {
  const taken = offers.slice(0, 6);
  for (const [n, { id, lead }] of taken.entries()) {
    await admin.post(`/v1/assignments/${id}/accept`);
    const activities = `/v1/leads/${lead.id}/activities`;
    if (n % 3 > 0)
      await admin.post(activities, { kind: 'call', result: 'reached', body: 'Builds in spring, wants an offer.' });
    const dueAt = new Date(Date.now() + (n < 2 ? -5 : 20 * n) * HOUR_MS).toISOString();
    if (n !== 4) await admin.post(activities, { kind: 'next-step', body: 'Send the offer', dueAt });
  }
  return offers[0]?.rep.key ?? '';
}

async function takeAll(rep: string, offers: readonly Offer[]): Promise<void> {
  const sessions = await openSessions(rep);
  const lead = offers.find((offer) => offer.rep.key === rep)?.lead.id ?? '';
  const pages = { desk: '', lead: `/leads/${lead}`, board: '/board', rep: `/board?rep=${rep}` };
  const browser = await chromium.launch({ executablePath: executablePath ?? '', args: CHROMIUM_FLAGS });
  try {
    for (const [name, address] of Object.entries(pages)) {
      for (const [device, viewport] of Object.entries(SIZES)) {
        const context = await browser.newContext({ viewport, colorScheme: 'light' });
        const value = address.startsWith('/board') ? sessions.manager : sessions.rep;
        await context.addCookies([{ name: 'nurture_session', value, url: `${stack.urls.api}/console` }]);
        const page = await context.newPage();
        await page.goto(`${stack.urls.api}/console${address}`);
        await page.screenshot({ path: path.join(IMAGES, `console-${name}-${device}.png`) });
        await context.close();
      }
    }
    // Last: the history fills the pages above too.
    await withDb(stack.config, (db) => takeReports(browser, db, stack.urls.api, IMAGES));
  } finally {
    await browser.close();
  }
}

async function openSessions(rep: string): Promise<{ rep: string; manager: string }> {
  const db = createDb(stack.config.databaseUrl, { max: 1 });
  try {
    const now = new Date();
    const manager = 'mia.rossi@brookfield.example';
    await inviteUser(db, { email: manager, name: 'Mia Rossi', role: 'manager' }, { actor: 'system', at: now });
    const { email } = await db.rep.findUniqueOrThrow({ where: { key: rep } });
    return {
      rep: (await openSessionOf(db, email, now)) ?? '',
      manager: (await openSessionOf(db, manager, now)) ?? '',
    };
  } finally {
    await closeDb(db);
  }
}
