/** The campaigns in the API: what campaigns.yaml says of each, and those that only touches name. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playbookWith } from '../crash/playbook.ts';
import { type Bench, openApi } from './support.ts';

const CAMPAIGNS = `
Spring Fair:
frost-webinar:
  name: Frost nights
  type: webinar
  channel: email
  goal: { leads: 120, won: 3 }
  budget: 4000 EUR
  costs:
    - { on: 2027-01-10, cost: 1250.5 EUR, for: ads }
  starts: 2027-03-10 17:00
  timeZone: Europe/Berlin
  material: frost-sheet
  attendance: [{ on: 2027-03-10, attended: 85 }]
  feedback: [{ on: 2027-03-11, rating: 4.5, words: Good }]
  audience: growers of 20 hectares and more
  utm: { source: LinkedIn, campaign: fn27 }
`;

let bench: Bench;
let folder: Awaited<ReturnType<typeof playbookWith>>;
beforeAll(async () => {
  folder = await playbookWith({}, { 'campaigns.yaml': CAMPAIGNS });
  bench = await openApi({ playbookDir: folder.dir });
});
afterAll(async () => {
  await bench?.close();
  await folder?.remove();
});

const NOTHING = {
  from: 'file',
  written: null,
  name: null,
  type: null,
  channel: null,
  productLine: null,
  audience: null,
  materials: [],
  attendance: [],
  feedback: [],
  url: null,
  goal: null,
  budget: null,
  costs: [],
  starts: null,
  ends: null,
  event: null,
  utm: [],
};

test('each has all that the file says of it; one that only a request named stands apart', async () => {
  await bench.lead({ campaign: 'made-up' });
  await bench.lead({ campaign: 'spring fair' });
  const { status, body } = await bench.get('/v1/campaigns', bench.keys.marketer);
  expect(status).toBe(200);
  expect(body.items).toEqual([
    { campaign: 'Spring Fair', ...NOTHING },
    {
      ...NOTHING,
      campaign: 'frost-webinar',
      name: 'Frost nights',
      type: 'webinar',
      channel: 'email',
      audience: 'growers of 20 hectares and more',
      materials: ['frost-sheet'],
      attendance: [{ id: null, on: '2027-03-10', registered: null, attended: 85, missed: null }],
      feedback: [{ id: null, on: '2027-03-11', rating: 4.5, answers: null, words: 'Good' }],
      goal: { leads: 120, qualified: null, won: 3 },
      budget: { amount: 400_000, currency: 'EUR' },
      costs: [{ id: null, on: '2027-01-10', cost: { amount: 125_050, currency: 'EUR' }, for: 'ads' }],
      starts: '2027-03-10T16:00:00.000Z',
      utm: [{ source: 'LinkedIn', medium: null, campaign: 'fn27' }],
    },
  ]);
  expect(body['unlisted']).toEqual([{ campaign: 'made-up', since: expect.stringMatching(/^20.*Z$/) }]);
  expect((await bench.get('/v1/campaigns', bench.keys.rep)).status).toBe(403);
});
