/** "Why did this lead not get the mail?": what stands against it, since when and what lifts it, on its page, by `lead why` and the API. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Why, whyInWords } from '../../src/cli/why-words.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { CONSENT, openApi, type Bench } from './support.ts';
import { createVisitor } from './visitor.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
  const by = { actor: 'system', at: new Date() };
  await inviteUser(bench.db, { email: 'ola@firm.example', name: 'Ola', role: 'operator' }, by);
  await inviteUser(bench.db, { email: 'mo@firm.example', name: 'Mo', role: 'marketer' }, by);
});
afterAll(() => bench.close());

async function pageOf(leadId: string, reader = 'ola@firm.example'): Promise<string> {
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(bench.db, reader, new Date())) ?? '');
  const { text } = await who.go(`/console/leads/${leadId}`);
  return text.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll(/\s+/g, ' ');
}

async function whyOf(leadId: string) {
  const { body } = await bench.get(`/v1/leads/${leadId}/why`);
  const words = whyInWords(body as unknown as Why);
  return { against: body['againstMail'], words: words.replaceAll(/ +/g, ' '), consent: body['consent'] };
}

const suppress = (email: string, reason: string) => bench.post('/v1/suppressions', { email, reason });

const SINCE_PAGE = 'since [^).]*\\d\\d:\\d\\d';
const SINCE = 'since \\w{3} \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d [\\w/]+';

test.each([
  [
    'hard-bounce',
    'mail to it came back, as there is no such mailbox',
    'ask an operator to lift it, once the mailbox is there',
  ],
  [
    'complaint',
    'its reader reported a mail as spam',
    'ask an operator, with what proves that the person wants mail again',
  ],
  ['manual', 'a person suppressed it \\(.*\\)', 'ask an operator to lift it'],
])('a lead whose address is suppressed by %s', async (reason, why, ask) => {
  const email = `${reason}@gone.example`;
  const leadId = await bench.lead({ email });
  await suppress(email, reason);
  const command = `npx nurture suppression lift ADDRESS --reason ${reason}`;
  expect(await pageOf(leadId)).toMatch(
    new RegExp(`class="problem">No mail goes to its address: ${why} \\(${SINCE_PAGE}\\)\\. To end it: ${command}`),
  );
  expect(await pageOf(leadId, 'mo@firm.example')).toMatch(new RegExp(`\\)\\. To end it: ${ask}\\.<`));
  const { against, words } = await whyOf(leadId);
  expect(words).toMatch(
    new RegExp(`\nNo mail No mail goes to its address: ${why} \\(${SINCE}\\)\\. To end it: ${command}`),
  );
  expect(against).toEqual([
    {
      what: expect.stringMatching(new RegExp(`^No mail goes to its address: ${why}$`)),
      since: expect.stringMatching(/^\d{4}-/),
      lift: expect.stringContaining(command),
    },
  ]);
});

test('a lead that unsubscribed, and what its new consent of a form lacks', async () => {
  const email = 'left@gone.example';
  const leadId = await bench.lead({ email });
  expect((await bench.post(`/v1/leads/${leadId}/unsubscribe`, {})).status).toBe(200);
  const left = new RegExp(
    `No marketing mail goes to it: it has unsubscribed \\(${SINCE_PAGE}\\)\\. To end it: the person alone, by a new consent`,
  );
  expect(await pageOf(leadId)).toMatch(left);
  expect((await whyOf(leadId)).words).toContain('No marketing mail goes to it: it has unsubscribed (since');
  await bench.post('/v1/leads', { email, consent: CONSENT }, bench.keys.site);
  expect((await whyOf(leadId)).words).toMatch(
    /it has unsubscribed, and has yet to confirm that it wants mail again \(since .*\)\. To end it: the person alone, by the link in the mail/,
  );
});

test('a lead without a consent, with one to a topic alone, and without an address', async () => {
  const none = await bench.lead({ consent: undefined });
  expect(await pageOf(none)).toContain(
    'class="soft">No marketing mail goes to it: there is no consent. To end it: the person alone',
  );
  const topic = await bench.lead({ consent: { ...CONSENT, topics: ['events'] } });
  expect((await whyOf(topic)).words).toContain('No marketing mail goes to it, but about ‘events’: there is no consent');
  const called = await bench.lead({ email: undefined, phone: '+4930123456' });
  expect((await whyOf(called)).words).toContain(
    'No mail goes to it: no email address is known. To end it: an email address',
  );
});

test('a lead that may be mailed: nothing is said, but what it left alone', async () => {
  const leadId = await bench.lead();
  expect(await pageOf(leadId)).not.toMatch(/No (?:marketing )?mail/);
  expect((await whyOf(leadId)).against).toEqual([]);
  const { id } = await bench.db.consent.findFirstOrThrow({ where: { leadId } });
  const at = new Date(Date.now() + 1000);
  await bench.db.consent.create({
    data: { id: `${id}x`, leadId, topic: 'events', granted: false, text: 'no', source: 'x', occurredAt: at },
  });
  expect((await whyOf(leadId)).words).toMatch(
    /No mail about ‘events’ goes to it: it wants none \(since .*\)\. To end it: the person alone, on the page of preferences/,
  );
  expect((await whyOf(leadId)).consent).toMatchObject({ mayMail: true });
});
