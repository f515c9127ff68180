/** The campaigns of the file and of the API as one list, with what was added to either. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Campaign } from '../../src/domain/campaign.ts';
import { headsOf, ratingOf } from '../../src/domain/campaign-counts.ts';
import { campaignsInForce, type CampaignEntry, NOTHING_WRITTEN } from '../../src/domain/written-campaigns.ts';

const cost = (id: string, campaign: string, currency = 'EUR'): CampaignEntry => ({
  id,
  campaign,
  kind: 'cost',
  content: { on: '2027-01-10', minor: 100, currency },
});

test('without anything written it is the list of the file itself', () => {
  const filed: Campaign[] = [{ campaign: 'x' }];
  expect(campaignsInForce(filed, NOTHING_WRITTEN)).toBe(filed);
});

test('a key of both is the file’s, whatever the case; the others come after it', () => {
  const definitions = [{ campaign: 'SPRING fair', type: 'ad' }, { campaign: 'expo' }];
  expect(campaignsInForce([{ campaign: 'Spring Fair' }], { ...NOTHING_WRITTEN, definitions })).toEqual([
    { campaign: 'Spring Fair' },
    { campaign: 'expo' },
  ]);
});

test('entries are added to what the file says, each with its id, and wait for a campaign that is not there', () => {
  const filed: Campaign[] = [{ campaign: 'Fair', currency: 'EUR', costs: [{ on: '2027-01-01', minor: 5 }] }];
  const entries: CampaignEntry[] = [
    cost('a', 'fair'),
    cost('b', 'fair', 'USD'),
    cost('c', 'gone'),
    { id: 'd', campaign: 'FAIR', kind: 'attendance', content: { on: '2027-01-10', attended: 3 } },
    { id: 'e', campaign: 'fair', kind: 'feedback', content: { on: '2027-01-10', words: 'Good' } },
  ];
  expect(campaignsInForce(filed, { ...NOTHING_WRITTEN, entries })).toEqual([
    {
      campaign: 'Fair',
      currency: 'EUR',
      costs: [
        { on: '2027-01-01', minor: 5 },
        { on: '2027-01-10', minor: 100, id: 'a' },
        { on: '2027-01-10', minor: 100, currency: 'USD', id: 'b' },
      ],
      attendance: [{ on: '2027-01-10', attended: 3, id: 'd' }],
      feedback: [{ on: '2027-01-10', words: 'Good', id: 'e' }],
    },
  ]);
});

test('the first cost gives its currency to a campaign that has none', () => {
  expect(campaignsInForce([{ campaign: 'x' }], { ...NOTHING_WRITTEN, entries: [cost('a', 'x', 'USD')] })).toEqual([
    { campaign: 'x', currency: 'USD', costs: [{ on: '2027-01-10', minor: 100, id: 'a' }] },
  ]);
});

test('heads add up, and what nobody counted is not zero', () => {
  expect(headsOf([])).toEqual({ registered: null, attended: null, missed: null });
  const days = [
    { on: '2027-01-10', registered: 5, attended: 0 },
    { on: '2027-01-11', registered: 2 },
  ];
  expect(headsOf(days)).toEqual({ registered: 7, attended: 0, missed: null });
});

test('the mean of ratings is that of every single answer, however they were summed up', () => {
  const single = fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(single, { minLength: 1, maxLength: 6 }), (groups) => {
      const summed = groups.map((ratings) => ({
        on: '2027-01-10',
        rating: ratings.reduce((sum, one) => sum + one, 0) / ratings.length,
        answers: ratings.length,
      }));
      const all = groups.flat();
      const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
      expect(ratingOf(summed)?.answers).toBe(all.length);
      expect(Math.abs((ratingOf(summed)?.rating ?? -1) - mean)).toBeLessThan(0.0051);
    }),
  );
  expect(ratingOf([{ on: '2027-01-10', words: 'Good' }])).toBeNull();
});
