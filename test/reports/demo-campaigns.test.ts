/** The demo's past has campaigns of its own time: what they brought and what they cost belong together. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TRUTHS } from '../../src/cli/demo/history/truths.ts';
import { writePast } from '../../src/cli/demo/history/write-past.ts';
import { publishedPlaybook } from '../../src/cli/published-playbook.ts';
import type { Playbook } from '../../src/domain/playbook.ts';
import { loadPlaybook } from '../../src/playbook/load.ts';
import { readAsk } from '../../src/reports/ask.ts';
import { CAMPAIGNS } from '../../src/reports/campaigns.ts';
import { measuredOf, TARGET } from '../../src/reports/measure-target.ts';
import { readReport } from '../../src/reports/read.ts';
import type { Report, Row } from '../../src/reports/report.ts';
import { startEngine, type Engine } from '../support/engine.ts';

let engine: Engine;
let playbook: Playbook;
beforeAll(async () => {
  engine = await startEngine({ worker: false, playbookDir: 'playbook', templatesDir: 'templates' });
  await writePast(engine.db, { leads: 1_500, seed: 7, until: new Date() });
  playbook = await publishedPlaybook(engine.db);
});
afterAll(() => engine.close());

const read = (report: Report, since: string) =>
  readReport(
    engine.db,
    report,
    readAsk(report, { since }, { scope: { kind: 'all' }, playbook, realNowMs: Date.now() }),
  );

async function section(key: string): Promise<readonly Row[]> {
  return (await read(CAMPAIGNS, '730d')).find((one) => one.key === key)?.rows ?? [];
}

const filed = loadPlaybook('playbook').campaigns;

test('a campaign of campaigns.yaml has no lead of the past from before it began', async () => {
  for (const { campaign, starts, costs = [] } of filed) {
    const begins = Math.min(
      ...[starts, ...costs.map(({ on }) => on)].flatMap((day) => day ?? []).map((day) => Date.parse(day)),
    );
    const early = await engine.db.touch.count({ where: { campaign, occurredAt: { lt: new Date(begins) } } });
    expect([campaign, early]).toEqual([campaign, 0]);
  }
  expect(
    await engine.db.event.count({
      where: { type: 'webinar.registered', properties: { path: ['webinar'], equals: TRUTHS.webinar } },
    }),
  ).toBe(0);
});

test('each campaign that costs something brought leads, at what such a lead may cost, and some pay and some do not', async () => {
  const costs = await section('costs');
  const brought = costs.filter(({ group }) => !filed.some(({ campaign }) => campaign === group));
  expect(brought.map(({ group }) => String(group)).toSorted()).toEqual([
    'guide-search',
    'irrigation-handbook',
    'irrigation-webinars',
    'partners',
    'regional-fairs',
  ]);
  for (const { group, cells } of brought) {
    expect([group, Number(cells['paidLeads']) > 20]).toEqual([group, true]);
    // From 20 to 200 EUR.
    expect([group, Number(cells['perLead']) > 2_000 && Number(cells['perLead']) < 20_000]).toEqual([group, true]);
    expect([group, Math.abs(Number(cells['roi'])) < 20]).toEqual([group, true]);
  }
  const roi = (name: string) => Number(costs.find(({ group }) => group === name)?.cells['roi']);
  expect(roi('irrigation-webinars')).toBeGreaterThan(roi('guide-search'));
  expect(costs.some(({ cells }) => Number(cells['roi']) > 0)).toBe(true);
  // Every campaign is known: none stands out as one that nobody listed.
  expect(await engine.db.touch.count({ where: { campaignId: null } })).toBe(0);
});

test('who came to the webinars stands with them', async () => {
  const records = await section('records');
  const webinars = records.find(({ cells }) => cells['campaign'] === 'irrigation-webinars')?.cells;
  expect(webinars?.['heads']).toMatch(/registered, \d+ came/);
  expect(webinars?.['heard']).toContain('Good examples.');
});

test('target planning knows what a lead of each campaign costs', async () => {
  const measured = measuredOf(await read(TARGET, '365d'));
  const costs = (await read(CAMPAIGNS, '365d')).find(({ key }) => key === 'costs')?.rows ?? [];
  expect(costs.length).toBeGreaterThan(4);
  for (const { group, cells } of costs) {
    const one = measured.activities.find(({ activity }) => activity === group);
    expect([group, one?.costMinor, one?.leads]).toEqual([group, cells['cost'], cells['paidLeads']]);
  }
});
