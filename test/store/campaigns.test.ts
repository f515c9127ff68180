/** Of which campaign a touch is, whatever comes first: the touch, or the publishing that lists the campaign. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Campaign } from '../../src/domain/campaign.ts';
import { eraseLead } from '../../src/store/erasure/erase-lead.ts';
import { loadFacts } from '../../src/store/facts/facts.ts';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { publishContent } from './publish-content.ts';
import { openBench, PLAYBOOK, rulesOf, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

let revision = 0;
async function publish(campaigns: Campaign[]): Promise<void> {
  revision += 1;
  await publishContent(bench.db, `campaigns ${revision}`, { campaigns });
  bench.ctx.rules = rulesOf({ ...PLAYBOOK, campaigns });
}

const unknown = async (): Promise<string[]> =>
  (await attentionPage(bench.db, { kind: 'all' }, 'unknown-campaign', null, 50)).map(({ ref }) => ref ?? '');

/** What conditions see. */
async function origin({ id }: { id: string }): Promise<object> {
  const asked = [{ campaign: 'x', campaignType: 'x', firstCampaign: 'x', lastCampaign: 'x', lastCampaignType: 'x' }];
  const facts = await loadFacts(bench.db, await bench.reload({ id }), asked, PLAYBOOK, bench.now);
  const { campaign, campaignType, firstCampaign, lastCampaign, lastCampaignType } = facts;
  return { campaign, campaignType, firstCampaign, lastCampaign, lastCampaignType };
}

const all = (campaign: string | null, type: string | null): object => ({
  campaign,
  campaignType: type,
  firstCampaign: campaign,
  lastCampaign: campaign,
  lastCampaignType: type,
});

it('a campaign that nobody listed stands out until it is listed, or a rule takes its touches', async () => {
  // At once: the first makes the row, the others find it.
  const named = ['Spring Fair', 'spring fair', 'SPRING FAIR'].map((campaign) => bench.lead({ campaign }));
  const [lead = { id: '' }] = await Promise.all(named);
  const byRule = await bench.lead({ source: 'LinkedIn', campaign: 'fn27' });
  const bySource = await bench.lead({ source: 'LinkedIn', medium: 'cpc' });
  expect((await unknown()).map((key) => key.toLowerCase()).toSorted()).toEqual(['fn27', 'spring fair']);
  expect(await origin(byRule)).toEqual(all('fn27', null));

  await publish([
    { campaign: 'Spring Fair', type: 'trade-show' },
    { campaign: 'frost-webinar', type: 'webinar', utm: [{ source: 'linkedin', campaign: 'FN27' }, { medium: 'cpc' }] },
  ]);
  expect(await unknown()).toEqual([]);
  expect(await origin(lead)).toEqual(all('Spring Fair', 'trade-show'));
  expect(await origin(byRule)).toEqual(all('frost-webinar', 'webinar'));
  expect(await origin(bySource)).toEqual(all('frost-webinar', 'webinar'));
  // From then on the same by what is in force.
  expect(await origin(await bench.lead({ source: 'linkedin', campaign: 'fn27' }))).toEqual(
    all('frost-webinar', 'webinar'),
  );
});

it('the first and the latest touch are told apart', async () => {
  await publish([
    { campaign: 'ad', type: 'ad' },
    { campaign: 'fair', type: 'trade-show' },
  ]);
  const lead = await bench.lead({ email: 'both@campaigns.example', campaign: 'ad' });
  bench.now += 1000;
  await bench.lead({ email: 'both@campaigns.example', campaign: 'fair' });
  expect(await origin(lead)).toEqual({
    campaign: 'ad',
    campaignType: 'ad',
    firstCampaign: 'ad',
    lastCampaign: 'fair',
    lastCampaignType: 'trade-show',
  });
});

it('keeps goal, budget, costs and dates in rows of their own', async () => {
  const costs = [
    { on: '2027-01-10', minor: 125_050, for: 'ads' },
    { on: '2027-02-10', minor: 100 },
  ];
  const event = '2027-03-10T16:15:00.000Z';
  await publish([{ campaign: 'Costly', goal: { leads: 9 }, currency: 'EUR', budgetMinor: 400_000, costs, event }]);
  const row = await bench.db.campaign.findUniqueOrThrow({
    where: { key: 'Costly' },
    include: { costs: { orderBy: { place: 'asc' } } },
  });
  expect(row).toMatchObject({ goalLeads: 9, goalWon: null, currency: 'EUR', budgetMinor: 400_000n });
  expect(row.eventAt?.toISOString()).toBe(event);
  expect(row.costs.map(({ day, costMinor, what }) => [day.toISOString().slice(0, 10), costMinor, what])).toEqual([
    ['2027-01-10', 125_050n, 'ads'],
    ['2027-02-10', 100n, null],
  ]);
  await publish([]);
  expect(await bench.db.campaignCost.count()).toBe(0);
  expect(await unknown()).toEqual([]);
});

it('what somebody named goes with them, unless somebody else named it too', async () => {
  const words = { campaign: 'for jo@person.example' };
  const [first, second] = [await bench.lead(words), await bench.lead(words)];
  await eraseLead(bench.ctx, { leadId: first.id, actor: 'operator' });
  expect(await unknown()).toEqual([words.campaign]);
  await eraseLead(bench.ctx, { leadId: second.id, actor: 'operator' });
  expect(await unknown()).toEqual([]);
});

it('whoever names campaigns that there are not does not hide what else waits for a person', async () => {
  const since = new Date('2026-01-01T00:00:00Z');
  const named = Array.from({ length: 60 }, (_, n) => `flood ${n}`);
  await bench.db.campaign.createMany({
    data: named.map((key) => ({ id: `cmp-${key}`, key, name: key, unknownSince: since })),
  });
  await bench.db.pause.create({ data: { scope: 'sending', by: 'system', since: new Date('2026-01-02T00:00:00Z') } });
  const kinds = (await attentionPage(bench.db, { kind: 'all' }, null, null, 50)).map(({ kind }) => kind);
  expect(kinds).toContain('paused');
  expect(kinds.filter((kind) => kind === 'unknown-campaign')).toHaveLength(20);
});
