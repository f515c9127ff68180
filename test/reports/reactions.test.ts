/** What stands with each mail and lead for reports is what their events and consents say, in whatever order those are written. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { openApi, type Bench } from '../api/support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

const MINUTE_MS = 60_000;

async function mail(): Promise<{ leadId: string; id: string }> {
  const leadId = await bench.lead();
  const id = newId('send');
  const words = { templateKey: 'test', status: 'sent', attempt: 'test' } as const;
  await bench.db.send.create({ data: { id, key: `test:${id}`, leadId, occurredAt: new Date(), ...words } });
  return { leadId, id };
}

interface Deed {
  type: string;
  machine?: boolean;
  properties?: Record<string, string>;
}

async function record({ leadId, id: sendId }: { leadId: string; id: string }, deed: Deed): Promise<string> {
  const id = newId('event');
  await bench.db.event.create({ data: { id, leadId, sendId, occurredAt: new Date(), ...deed } });
  return id;
}

const reactionsOf = async ({ id }: { id: string }): Promise<number | undefined> =>
  (await bench.db.send.findUnique({ where: { id } }))?.reactions;

const consentOf = async (id: string): Promise<boolean | undefined> =>
  (await bench.db.lead.findUnique({ where: { id } }))?.marketingConsent;

test('each deed adds its number once; an open, and what a machine did but clicking, adds none', async () => {
  const one = await mail();
  for (const type of ['email.opened', 'page.viewed']) await record(one, { type });
  await record(one, { type: 'reply.received', machine: true });
  expect(await reactionsOf(one)).toBe(0);
  const deeds: [Deed, number][] = [
    [{ type: 'email.clicked', machine: true }, 32],
    [{ type: 'email.clicked', machine: true, properties: { verdict: 'suspect' } }, 48],
    [{ type: 'email.clicked' }, 49],
    [{ type: 'email.clicked' }, 49],
    [{ type: 'reply.received' }, 51],
    [{ type: 'unsubscribed' }, 55],
    // Who complains got the mail.
    [{ type: 'email.bounced', properties: { verdict: 'complaint' } }, 55],
    [{ type: 'email.bounced' }, 63],
  ];
  for (const [deed, sum] of deeds) {
    await record(one, deed);
    expect(await reactionsOf(one), JSON.stringify(deed)).toBe(sum);
  }
  expect(await reactionsOf(await mail())).toBe(0);
});

test('a suspect click that turns out a person’s counts as one, unless another of the mail is still suspect', async () => {
  const one = await mail();
  const suspect = { type: 'email.clicked', machine: true, properties: { verdict: 'suspect' } };
  const [first, second] = [await record(one, suspect), await record(one, suspect)];
  const human = { machine: false, properties: { verdict: 'human' } };
  await bench.db.event.update({ where: { id: first }, data: human });
  expect(await reactionsOf(one)).toBe(17);
  await bench.db.event.update({ where: { id: second }, data: human });
  expect(await reactionsOf(one)).toBe(1);
  await bench.db.event.update({ where: { id: second }, data: { properties: { verdict: 'human', repeats: 3 } } });
  expect(await reactionsOf(one)).toBe(1);
});

test('the latest confirmed word on marketing decides, not the one that was written last', async () => {
  const leadId = await bench.lead({ consent: undefined });
  expect(await consentOf(leadId)).toBe(false);
  const now = Date.now();
  const say = (granted: boolean, minutes: number, more: { topic?: string; unconfirmed?: boolean } = {}) =>
    bench.db.consent.create({
      data: {
        id: newId('consent'),
        leadId,
        granted,
        text: 'Yes',
        source: 'form',
        occurredAt: new Date(now + minutes * MINUTE_MS),
        ...more,
      },
    });
  await say(true, 5, { unconfirmed: true });
  await say(true, 5, { topic: 'newsletter' });
  expect(await consentOf(leadId)).toBe(false);
  await say(true, 1);
  expect(await consentOf(leadId)).toBe(true);
  await say(false, 3);
  expect(await consentOf(leadId)).toBe(false);
  await say(true, 2);
  expect(await consentOf(leadId)).toBe(false);
  await say(true, 4);
  expect(await consentOf(leadId)).toBe(true);
});
