/** `nurture campaigns …`: what is known of a campaign, said in a terminal. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  campaignsAttendance,
  campaignsCost,
  campaignsEnd,
  campaignsFeedback,
  campaignsList,
  campaignsRemove,
  campaignsShow,
} from '../../src/cli/campaigns.ts';
import type { Config } from '../../src/runtime/config.ts';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
let config: Config;
beforeAll(async () => {
  bench = await openApi();
  config = { ...bench.engine.config, client: { url: bench.base, key: bench.keys.marketer } };
  const spring = {
    name: 'Spring fair',
    type: 'trade-show',
    channel: 'event',
    goal: { leads: 40 },
    budget: { amount: 400_000, currency: 'EUR' },
    starts: '2027-03-10T08:00:00Z',
    ends: '2027-03-12T16:00:00Z',
  };
  const { status, text } = await bench.call('PUT', '/v1/campaigns/spring-fair', {
    key: bench.keys.marketer,
    body: spring,
  });
  if (status !== 200) throw new Error(text);
});
afterAll(() => bench.close());

test('what is added is shown, adds up, and can be removed by its id', async () => {
  const stand = await campaignsCost(config, 'spring-fair', '1,200.50 EUR', { on: '2027-03-01', for: 'the stand' });
  await campaignsCost(config, 'Spring-Fair', '99.50eur', { on: '2027-03-02' });
  await campaignsAttendance(config, 'spring-fair', { on: '2027-03-10', registered: 120, attended: 85 });
  await campaignsFeedback(config, 'spring-fair', { on: '2027-03-11', rating: 4.3, answers: 40, words: 'Good talks.' });
  const { text } = await campaignsShow(config, 'SPRING-FAIR');
  expect(text).toContain('spring-fair  (Spring fair)');
  expect(text).toMatch(/What it is +trade-show, event/);
  expect(text).toMatch(/When +2027-03-10 to 2027-03-12/);
  expect(text).toMatch(/Budget +€4,000\.00/);
  expect(text).toMatch(/Spent +€1,300\.00/);
  expect(text).toMatch(/Attendance +2027-03-10 {2}120 registered, 85 attended/);
  expect(text).toMatch(/Feedback +2027-03-11 {2}4\.3 by 40 {2}Good talks\./);
  const { id } = stand.data as { id: string };
  expect(text).toContain(`€1,200.50  the stand  [${id}]`);
  await campaignsRemove(config, 'spring-fair', id);
  expect((await campaignsShow(config, 'spring-fair')).text).toMatch(/Spent +€99\.50/);
  expect((await campaignsList(config)).text).toMatch(/spring-fair .*trade-show, event.* api .*€4,000\.00.*€99\.50/);
});

test('what cannot be is refused in words', async () => {
  await expect(campaignsCost(config, 'spring-fair', '1200', {})).rejects.toThrow(
    /an amount with its currency is needed, such as "1250\.50 EUR"/,
  );
  await expect(campaignsCost(config, 'spring-fair', '12 USD', {})).rejects.toThrow(/must be EUR/);
  await expect(campaignsAttendance(config, 'spring-fair', {})).rejects.toThrow(/must be how many people/);
  await expect(campaignsShow(config, 'autumn-fair')).rejects.toThrow(
    /There is no campaign ‘autumn-fair’; there are: .*spring-fair/,
  );
});

test('days are those of the organization, and an open end is said as one', async () => {
  await bench.call('PUT', '/v1/campaigns/guide', {
    key: bench.keys.marketer,
    body: { name: 'Guide', type: 'content', channel: 'web', starts: '2026-08-31T22:00:00Z' },
  });
  expect((await campaignsShow(config, 'guide')).text).toMatch(/When +from 2026-08-31$/m);
  const { rules } = bench.deps.store;
  const now = rules.current();
  const inBerlin = { ...now, playbook: { ...now.playbook, defaultTimeZone: 'Europe/Berlin' } };
  using _zone = vi.spyOn(rules, 'current').mockReturnValue(inBerlin);
  expect((await campaignsShow(config, 'guide')).text).toMatch(/When +from 2026-09-01$/m);
  await campaignsEnd(config, 'guide');
});

test('one that is ended is listed no more', async () => {
  expect((await campaignsEnd(config, 'spring-fair')).text).toContain('is ended');
  await expect(campaignsEnd(config, 'spring-fair')).rejects.toThrow(/no campaign/);
  expect((await campaignsList(config)).text).not.toContain('spring-fair');
});
