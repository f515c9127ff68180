/** A published revision, copied for a simulation, has the campaigns of the API and what was added to campaigns. */
import { expect, test } from 'vitest';
import { publishCopy } from '../../src/simulate/publish-copy.ts';
import type { Config } from '../../src/runtime/config.ts';
import { addEntry } from '../../src/store/campaigns/add-entry.ts';
import { endCampaign, putCampaign } from '../../src/store/campaigns/put-campaign.ts';
import { readRulesInForce } from '../../src/store/rules/with-written.ts';
import { publishContent } from '../store/publish-content.ts';
import { openBench } from '../store/support.ts';

test('campaigns of the API come along, ended ones do not', async () => {
  await using real = await openBench();
  await using copy = await openBench();
  const writer = { by: 'key-1', at: new Date() };
  await publishContent(real.db, '<mjml><mj-body></mj-body></mjml>', { campaigns: [{ campaign: 'filed' }] });
  for (const campaign of ['written', 'ended']) await putCampaign(real.db, { campaign, type: 'visit' }, writer);
  await endCampaign(real.db, 'ended', writer);
  const content = { on: '2027-01-10', minor: 100, currency: 'EUR' };
  await addEntry(real.db, { id: 'cmpe-1', campaign: 'filed', kind: 'cost', content }, writer);
  await publishCopy({ databaseUrl: real.url } as Config, copy.db, 1);
  const { playbook } = await readRulesInForce(copy.db, 1);
  expect(playbook.campaigns).toEqual([
    { campaign: 'filed', currency: 'EUR', costs: [{ on: '2027-01-10', minor: 100, id: 'cmpe-1' }] },
    { campaign: 'written', type: 'visit' },
  ]);
  expect(await copy.db.campaign.findUniqueOrThrow({ where: { key: 'written' } })).toMatchObject({ type: 'visit' });
});
