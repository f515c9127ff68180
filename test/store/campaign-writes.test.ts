/** Campaigns that are written through the API beside those of a file: what follows in the rows, and who is first where both come at once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Campaign } from '../../src/domain/campaign.ts';
import { type CampaignEntry, campaignsInForce } from '../../src/domain/written-campaigns.ts';
import { newId } from '../../src/domain/ids.ts';
import { publicationInWords } from '../../src/playbook/publish.ts';
import { addEntry, removeEntry } from '../../src/store/campaigns/add-entry.ts';
import { endCampaign, putCampaign } from '../../src/store/campaigns/put-campaign.ts';
import { readFiled, readWritten } from '../../src/store/campaigns/read-written.ts';
import { stopAt } from '../support/stop-at.ts';
import { publishContent } from './publish-content.ts';
import { openBench, untilWaiting, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const AT = new Date('2026-11-20T10:00:00Z');
const WRITER = { by: 'key-events-tool', at: AT };
let revision = 0;
async function publish(...campaigns: Campaign[]) {
  revision += 1;
  return publishContent(bench.db, `written ${revision}`, { campaigns });
}
const put = (campaign: Campaign) => putCampaign(bench.db, campaign, WRITER);
const row = (key: string) => bench.db.campaign.findUniqueOrThrow({ where: { key } });
const costs = async (key: string) =>
  (await bench.db.campaignCost.findMany({ where: { campaign: { key } }, orderBy: { place: 'asc' } })).map(
    ({ costMinor, currency }) => `${costMinor} ${currency}`,
  );
const cost = (id: string, campaign: string, minor: number, currency = 'EUR'): CampaignEntry => ({
  id,
  campaign,
  kind: 'cost',
  content: { on: '2027-01-10', minor, currency },
});
const inForce = async () => campaignsInForce(await readFiled(bench.db), await readWritten(bench.db));
const actions = async () =>
  (
    await bench.db.audit.findMany({
      where: { leadId: null, action: { startsWith: 'campaign.' } },
      orderBy: { id: 'asc' },
    })
  ).map(({ action }) => action);

test('touches so far become its own by its key and by its rules; written again it is replaced, the same again is nothing', async () => {
  await publish({ campaign: 'filed', utm: [{ source: 'paper' }] });
  const [named, ruled] = [
    await bench.lead({ campaign: 'Open Day' }),
    await bench.lead({ source: 'Radio', campaign: 'od-27' }),
  ];
  const campaignOf = async ({ id }: { id: string }) =>
    (await bench.db.touch.findFirstOrThrow({ where: { leadId: id }, include: { campaignRef: true } })).campaignRef;
  const openDay = { campaign: 'open day', type: 'visit', utm: [{ source: 'radio' }] };
  await put(openDay);
  for (const lead of [named, ruled])
    expect(await campaignOf(lead)).toMatchObject({ key: 'open day', type: 'visit', unknownSince: null });
  const written = await bench.db.campaignWrite.count();
  await put(openDay);
  expect(await bench.db.campaignWrite.count()).toBe(written);
  await put({ campaign: 'open day', name: 'Open day' });
  expect(await row('open day')).toMatchObject({ name: 'Open day', type: null });
  expect((await inForce()).map(({ campaign }) => campaign)).toEqual(['filed', 'open day']);
  await expect(put({ campaign: 'other', utm: [{ source: 'PAPER' }] })).rejects.toThrow(
    'utm.0 is a rule of ‘filed’ already, which takes these touches',
  );
});

test('who waits for a date of it is rung when the date is another', async () => {
  const lead = await bench.lead();
  await put({ campaign: 'dated', event: '2027-03-10T16:00:00.000Z' });
  await bench.db.$executeRaw`
    INSERT INTO cadence_revisions (id, cadence, number, hash, definition, templates)
    SELECT 'rev-dated', 'dated', 1, 'x', definition, templates FROM cadence_revisions LIMIT 1`;
  await bench.db.enrollment.create({
    data: {
      id: newId('enrollment'),
      leadId: lead.id,
      cadence: 'dated',
      revisionId: 'rev-dated',
      key: 'dated',
      kind: 'reminder',
      via: 'trigger',
      startedAt: AT,
      steppedAt: AT,
      waitsOn: 'dated',
    },
  });
  await put({ campaign: 'dated', event: '2027-03-10T16:00:00.000Z', name: 'Named' });
  expect(await bench.bells(lead)).toEqual([]);
  await put({ campaign: 'dated', event: '2027-03-11T16:00:00.000Z' });
  expect((await bench.bells(lead)).map(({ reason }) => reason)).toEqual(['campaign-moved']);
});

test('costs are added to those of the file, once each, in one currency, and stay through a publishing', async () => {
  const fair = { campaign: 'Fair', currency: 'EUR', costs: [{ on: '2027-01-01', minor: 700 }] };
  await publish(fair);
  const once = cost('cmpe-1', 'fair', 300);
  await Promise.all([1, 2, 3].map(() => addEntry(bench.db, once, WRITER)));
  expect(await costs('Fair')).toEqual(['700 EUR', '300 EUR']);
  await expect(addEntry(bench.db, cost('cmpe-2', 'fair', 1, 'USD'), WRITER)).rejects.toThrow(
    'cost.currency must be EUR: the money of a campaign is in one currency',
  );
  await expect(addEntry(bench.db, cost('cmpe-3', 'nowhere', 1), WRITER)).rejects.toThrow(
    'There is no campaign ‘nowhere’: list it in campaigns.yaml, or write it by PUT /v1/campaigns/nowhere',
  );
  // The file says its money in another currency from now on: what was added keeps its own.
  await publish({ ...fair, currency: 'USD' });
  expect(await costs('Fair')).toEqual(['700 USD', '300 EUR']);
  await removeEntry(bench.db, 'FAIR', 'cmpe-1', WRITER);
  expect(await costs('Fair')).toEqual(['700 USD']);
  expect((await bench.db.campaignWrite.findUniqueOrThrow({ where: { id: 'cmpe-1' } })).data).toEqual({});
  // A late repeat of the request that had added it.
  await addEntry(bench.db, once, WRITER);
  expect(await costs('Fair')).toEqual(['700 USD']);
  await expect(removeEntry(bench.db, 'fair', 'cmpe-1', WRITER)).rejects.toThrow('no such entry');
});

test('a campaign of the file is not written, and a file that is published takes one over with what was added to it', async () => {
  await publish({ campaign: 'filed' });
  await expect(put({ campaign: 'FILED' })).rejects.toThrow(
    'campaigns.yaml of the playbook defines ‘filed’: change it there and publish',
  );
  await expect(endCampaign(bench.db, 'filed', WRITER)).rejects.toThrow('take it out there and publish');
  await put({ campaign: 'Expo', type: 'fair', event: '2027-03-10T16:00:00.000Z' });
  await addEntry(bench.db, cost('cmpe-expo', 'expo', 300), WRITER);
  const before = await actions();
  const publication = await publish({ campaign: 'filed' }, { campaign: 'expo', type: 'trade-show' });
  expect(publication.takenOver).toEqual(['Expo']);
  expect(publicationInWords(publication)).toContain(
    'campaigns.yaml takes over ‘Expo’, which was written through the API',
  );
  expect(await row('expo')).toMatchObject({ type: 'trade-show', eventAt: null });
  expect(await costs('expo')).toEqual(['300 EUR']);
  expect((await actions()).slice(before.length)).toEqual(['campaign.ended']);
  await expect(put({ campaign: 'Expo' })).rejects.toThrow('campaigns.yaml of the playbook defines ‘expo’');
  // Taken out of the file, it is nobody's: what the API had said of it is over.
  expect((await publish({ campaign: 'filed' })).takenOver).toBeUndefined();
  expect((await inForce()).map(({ campaign }) => campaign)).not.toContain('expo');
  expect(await costs('expo')).toEqual([]);
});

test('one that is ended has no dates and costs, and has them again when it is written again', async () => {
  await put({ campaign: 'on-off', event: '2027-03-10T16:00:00.000Z' });
  await addEntry(bench.db, cost('cmpe-on-off', 'on-off', 10), WRITER);
  await endCampaign(bench.db, 'ON-OFF', WRITER);
  expect(await row('on-off')).toMatchObject({ eventAt: null, unknownSince: null });
  expect(await costs('on-off')).toEqual([]);
  await expect(endCampaign(bench.db, 'on-off', WRITER)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const { inForce: again } = await put({ campaign: 'on-off' });
  expect(again.costs).toEqual([{ on: '2027-01-10', minor: 10, id: 'cmpe-on-off' }]);
  expect(await costs('on-off')).toEqual(['10 EUR']);
  await expect(put({ campaign: 'on-off', currency: 'USD', budgetMinor: 1 })).rejects.toThrow('budget must be in EUR');
});

test('who writes and who publishes at once do so one after the other: the file takes over what was written a moment before', async () => {
  await publish();
  using stop = stopAt('campaigns.locked');
  const writing = put({ campaign: 'at once', type: 'ad' });
  await stop.reached;
  const publishing = publish({ campaign: 'at once', type: 'article' });
  await untilWaiting(bench.db, 1);
  stop.go();
  await writing;
  expect((await publishing).takenOver).toEqual(['at once']);
  expect(await row('at once')).toMatchObject({ type: 'article' });
});
