/** A site key is public: whoever reads it off a page must not be able to change what is known of a person. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { submitLead } from '../../src/store/capture/submit-lead.ts';
import { unsubscribe } from '../../src/store/consent/unsubscribe.ts';
import { exportLead } from '../../src/store/erasure/export-lead.ts';
import { CONSENT, openApi, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi({ worker: true });
});
afterAll(() => bench.close());

const form = async (body: object) => {
  const answer = await bench.post('/v1/leads', body, bench.keys.site);
  if (answer.status !== 201) throw new Error(answer.text);
};
const read = async (leadId: string) => (await bench.get(`/v1/leads/${leadId}`)).body;
const timeline = async (leadId: string) => (await bench.get(`/v1/leads/${leadId}/timeline`)).body.items ?? [];

test('it fills what is empty and overwrites nothing; what it stated otherwise can be seen', async () => {
  const leadId = await bench.lead({
    email: 'known@site.example',
    firstName: 'Ada',
    companySize: 50,
    attributes: { crop: 'vines' },
  });
  await form({
    email: 'known@site.example',
    firstName: 'Win 500 EUR now http://evil.example',
    lastName: 'Lovelace',
    companySize: 9,
    country: 'DE',
    attributes: { crop: 'none', hectares: 3 },
  });
  expect(await read(leadId)).toMatchObject({
    firstName: 'Ada',
    lastName: 'Lovelace',
    companySize: 50,
    country: 'DE',
    attributes: { crop: 'vines', hectares: 3 },
  });
  const feed = await timeline(leadId);
  expect(feed.find(({ action }) => action === 'lead.updated')).toMatchObject({
    title: expect.stringMatching(
      /updated: .*last name.*; different values from a public form were not taken: first name, size of the company, crop/,
    ),
  });
  expect(feed.find(({ kind }) => kind === 'touch')).toMatchObject({
    data: { request: { notTaken: { firstName: 'Win 500 EUR now http://evil.example', companySize: 9 } } },
  });
  const server = { email: 'known@site.example', firstName: 'Augusta', attributes: { crop: 'olives' } };
  expect((await bench.post('/v1/leads', server, bench.keys.marketer)).status).toBe(200);
  expect(await read(leadId)).toMatchObject({ firstName: 'Augusta', attributes: { crop: 'olives', hectares: 3 } });
});

test('what is known of the open need stays, what is not known is added', async () => {
  const value = { amount: 500_000, currency: 'EUR' };
  const email = 'need@site.example';
  const leadId = await bench.lead({ email, source: 'drip', need: { productLine: 'vineyard', budget: 'known', value } });
  const need = () => bench.db.need.findFirst({ where: { leadId } });
  await bench.engine.until(need, (one) => one !== null);
  const stated = { productLine: 'golf', type: 'pumps', budget: 'no', timing: 'known', maturity: 'evaluating' };
  await form({ email, need: { ...stated, value: { amount: 1, currency: 'USD' } } });
  await bench.engine.until(need, (one) => one?.type === 'pumps');
  expect(await need()).toMatchObject({
    productLine: 'vineyard',
    budget: 'known',
    timing: 'known',
    maturity: 'evaluating',
    valueMinor: 500_000n,
    currency: 'EUR',
  });
});

test('its yes does not lift an unsubscribe: it is kept as unconfirmed and shown; a server key lifts it', async () => {
  const email = 'gone@site.example';
  const leadId = await bench.lead({ email });
  const why = async () => (await bench.get(`/v1/leads/${leadId}/why`)).body['consent'];
  expect((await bench.post(`/v1/leads/${leadId}/unsubscribe`)).status).toBeLessThan(300);
  await form({ email, consent: { text: 'Yes, again.', source: 'footer form' } });
  expect(await why()).toMatchObject({
    state: 'withdrawn',
    mayMail: false,
    suppressed: [{ reason: 'unsubscribed' }],
    unconfirmed: { text: 'Yes, again.', source: 'footer form', statedBy: 'form' },
  });
  expect(await timeline(leadId)).toContainEqual(
    expect.objectContaining({
      kind: 'consent',
      title: expect.stringMatching(
        /footer form, stated by a public form\).*counts once the person confirms it by mail/,
      ),
    }),
  );
  await bench.post('/v1/leads', { email, consent: CONSENT }, bench.keys.marketer);
  expect(await why()).toMatchObject({ state: 'given', mayMail: true, suppressed: [], unconfirmed: null });
});

test('a proof says whose word it is: a public form, a server, a person of ours, a line of a list, the person itself', async () => {
  const email = 'proof@site.example';
  const leadId = await bench.lead({ email, consent: CONSENT });
  await form({ email, consent: CONSENT, how: 'csv' });
  await bench.post('/v1/leads', { email, consent: CONSENT, how: 'csv' }, bench.keys.marketer);
  const [lead] = await bench.db.lead.findMany({ where: { email } });
  const by = { kind: 'user', userId: 'usr-1', manager: false, role: 'admin', teams: [] } as const;
  await submitLead(bench.engine.store, { email, how: 'phone', consent: CONSENT }, { by });
  await unsubscribe(bench.engine.store, { leadId, source: 'link' });
  const { items = [] } = (await bench.get(`/v1/leads/${leadId}/consents`)).body;
  expect(items.map(({ granted, statedBy }) => [granted, statedBy])).toEqual([
    [false, 'lead'],
    [true, 'person'],
    [true, 'import'],
    [true, 'form'],
    [true, 'server'],
  ]);
  expect(await read(leadId)).toMatchObject({ consent: { state: 'withdrawn', statedBy: 'lead' } });
  const exported = await exportLead(bench.db, lead?.id ?? '');
  expect(exported?.['consents']?.map(({ statedBy }) => statedBy)).toEqual([
    'server',
    'form',
    'import',
    'person',
    'lead',
  ]);
});

test('it does not restore a withdrawn consent, also without a suppression; a first consent is accepted', async () => {
  const no = await bench.lead({ email: 'no@site.example', consent: { ...CONSENT, granted: false } });
  await form({ email: 'no@site.example', consent: CONSENT });
  expect(await read(no)).toMatchObject({ consent: { state: 'withdrawn', mayMail: false } });
  const silent = await bench.lead({ email: 'silent@site.example', consent: undefined });
  await form({ email: 'silent@site.example', consent: CONSENT });
  expect(await read(silent)).toMatchObject({ consent: { state: 'given', mayMail: true, unconfirmed: null } });
});
