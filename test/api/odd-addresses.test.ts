/** Addresses whose part before the @ has signs of RFC 5322 that few have: each comes in, gets its mail, bounces and is found like any other. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startInbound, type InboundListener } from '../../src/api/inbound/listener.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { beginMail, finishMail } from '../../src/effects/mail-writer.ts';
import { createTransport } from '../../src/email/transport.ts';
import { emptyContext } from '../email/fixtures.ts';
import { CONSENT, openApi, type Bench } from './support.ts';
import { createVisitor } from './visitor.ts';
import { bring, deliveryReport } from '../support/delivery-report.ts';
import { sentMail } from '../support/sent-mail.ts';

const DOMAIN = 'bounces.shop.example';
const OPERATOR = 'ola/o&a@odd.example';
const LOCAL_PARTS = ['o&b', 'a=b', 'sales/emea', '=cmd', '{x}|y', '#1!', '100%', "'quoted'", '`tick`^~', '$?*', '_-+'];
const ADDRESSES = LOCAL_PARTS.map((local, index): [string] => [`${local}@odd-${index}.example`]);

let bench: Bench;
let listener: InboundListener;
let server: SMTPServer;
const arrived: { to: string[]; raw: string }[] = [];

beforeAll(async () => {
  bench = await openApi();
  const { store, tokens, ring, log } = bench.deps;
  listener = await startInbound({ store, tokens, ring, log, domain: DOMAIN }, { host: '127.0.0.1', port: 0 });
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        arrived.push({ to: envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  const by = { actor: 'system' as const, author: 'test', at: new Date() };
  await inviteUser(bench.db, { email: OPERATOR, name: 'Ola', role: 'operator' }, by);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
});
afterAll(async () => {
  await listener.close();
  server.close();
  await bench.close();
});

test.each(ADDRESSES)('%s', async (email) => {
  const taken = await bench.post('/v1/leads', { email: email.toUpperCase(), source: 'ebook', consent: CONSENT });
  expect(taken.status).toBe(201);
  const leadId = String(taken.body['id']);
  expect((await bench.post('/v1/leads/lookup', { email })).body).toMatchObject({ items: [{ id: leadId }] });

  const sendId = await sentMail(bench.db, leadId);
  const template = bench.deps.store.rules.current().templates.get('plain');
  if (template === undefined) throw new Error('the template is gone');
  const mail = { ...bench.engine.deps.mail, inboundDomain: DOMAIN };
  const draft = { template, to: { address: email, name: 'Ada, of “Odd”' }, context: emptyContext };
  const begun = await beginMail({ mail, brand: undefined, utm: undefined }, { id: sendId, audience: 'lead' }, draft);
  const { message } = finishMail({ mail }, begun, { at: new Date(), links: null });
  const transport = createTransport(`smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`);
  expect(await transport.send(message)).toMatchObject({ kind: 'accepted' });
  await transport.close();
  const { to = [], raw = '' } = arrived.at(-1) ?? {};
  expect(to).toEqual([email]);
  const parsed = await simpleParser(raw);
  expect([parsed.to].flat()[0]?.value).toMatchObject([{ address: email, name: 'Ada, of “Odd”' }]);

  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(bench.db, OPERATOR, new Date())) ?? '');
  const { csrf } = await who.go('/console/leads');
  expect((await who.go('/console/leads/find', { csrf, sought: email })).to).toBe(`/console/leads/${leadId}`);

  const words = '550 5.1.1 user unknown';
  await bring(deliveryReport([{ email, status: '5.1.1', words }]), message.envelope.from, listener.port);
  expect(await bench.db.suppression.findMany({ where: { leadId } })).toMatchObject([{ email, reason: 'hard-bounce' }]);
  const lifted = await bench.post('/v1/suppressions/lift', { email, reason: 'hard-bounce' });
  expect(lifted.body).toMatchObject({ lifted: true });
});
