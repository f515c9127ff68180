/** A link with a value of the lead in it is encoded, counted, and goes with the lead. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sentMail } from '../../src/effects/sent-mail.ts';
import { eraseLead } from '../../src/store/erasure/erase-lead.ts';
import { type Bench, openApi } from '../api/support.ts';
import { playbookWith } from '../crash/playbook.ts';

const SHOP = `---
subject: Our shop
preheader: Come in
topic: tips
kind: offer
---
<mjml><mj-body><mj-section><mj-column>
  <mj-button href="https://shop.example/?c={{ lead.company }}&amp;n={{ lead.firstName | url_encode }}">Shop</mj-button>
  <mj-button href="{{ lead.attributes.brochure }}">Yours</mj-button>
  <mj-text><a href="{{ links.unsubscribe }}">Unsubscribe</a> {{ sender.postalAddress }} <a href="{{ links.viewInBrowser }}">View</a></mj-text>
</mj-column></mj-section></mj-body></mjml>
`;
const CADENCE = `
name: Shop
enroll: { when: { source: shop } }
priority: 10
steps:
  - { id: shop, email: shop }
  - { id: clicked, waitFor: email.clicked, within: 3 days, then: yes-clicked, else: no-click }
  - { id: yes-clicked, exit: clicked }
  - { id: no-click, exit: did not click }
`;

let api: Bench;
let templatesDir: string;
let removePlaybook: () => Promise<void>;
beforeAll(async () => {
  const playbook = await playbookWith({ shop: CADENCE });
  removePlaybook = playbook.remove;
  templatesDir = await mkdtemp(path.join(tmpdir(), 'nurture-templates-'));
  await cp(path.join(import.meta.dirname, '../fixtures/templates'), templatesDir, { recursive: true });
  await writeFile(path.join(templatesDir, 'shop.mjml'), SHOP);
  api = await openApi({ worker: true, playbookDir: playbook.dir, templatesDir });
});
afterAll(async () => {
  await api?.close();
  await removePlaybook?.();
  await rm(templatesDir, { recursive: true, force: true });
});

test('a click on it ends the wait, and leads to the encoded address', async () => {
  const { engine } = api;
  const email = 'ada@shop.example';
  const leadId = await engine.submit({
    email,
    firstName: 'Zoë',
    company: 'Vines & Sons',
    source: 'shop',
    attributes: { brochure: 'https://files.example/b.pdf#page=2' },
  });
  const [mail] = await engine.sink.waitFor(email, 1);
  const [link = '', brochure = ''] = [...(mail?.html ?? '').matchAll(/href="[^"]*(\/c\/[^"]+)"/g)].map(
    ([, one]) => one ?? '',
  );
  expect(mail?.text).toContain(link);
  await engine.until(
    () => engine.lead(leadId),
    ({ nextSummary }) => nextSummary?.includes('‘clicked’') === true,
  );
  const send = await engine.db.send.findFirstOrThrow({ where: { leadId } });
  const source = { mail: engine.deps.mail, playbook: engine.playbook, asks: '/ask', page: '/this' };
  const shown = await sentMail(engine.db, source, send.id);
  expect(shown).toMatchObject({ kind: 'mail', isAsSent: true, html: expect.stringContaining('c=Vines%20%26%20Sons') });
  const [, view = ''] = /href="[^"]*(\/v\/[^"]+)"/.exec(mail?.html ?? '') ?? [];
  expect((await api.call('GET', view, { key: null })).status).toBe(200);
  // A click within seconds of the delivery could be a scanner's.
  const before = new Date(Date.now() - 600_000);
  await engine.db.send.updateMany({ where: { leadId }, data: { occurredAt: before, sentAt: before } });
  const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };
  const answer = await api.call('GET', link, { key: null, headers });
  expect(answer.status).toBe(302);
  expect(answer.headers.get('location')).toBe('https://shop.example/?c=Vines%20%26%20Sons&n=Zo%C3%AB');
  await engine.untilStage(leadId, 'dormant');
  expect(await engine.db.enrollment.findFirst({ where: { leadId } })).toMatchObject({ endReason: 'clicked' });
  const direct = await api.call('GET', brochure, { key: null, headers });
  expect([direct.status, direct.headers.get('location')]).toEqual([302, 'https://files.example/b.pdf#page=2']);
  const [event] = await engine.db.event.findMany({
    where: { leadId, type: 'email.clicked' },
    orderBy: [{ occurredAt: 'asc' }, { id: 'asc' }],
  });
  expect(event?.properties).toMatchObject({ url: 'https://shop.example/' });

  await eraseLead(engine.store, { leadId, actor: 'key-of-an-admin' });
  expect(await engine.db.leadLink.count()).toBe(0);
  expect((await api.call('GET', link, { key: null })).status).not.toBe(302);
});
