import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { newId } from '../../src/domain/ids.ts';
import type { Prisma } from '../../src/store/generated/client.ts';
import { recordClick, recordOpen } from '../../src/store/events/record-tracking.ts';
import { HOUR, NOW, openBench, type Bench } from './support.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0';
let bench: Bench;
let links: number[];
beforeAll(async () => {
  bench = await openBench();
  const urls = ['https://shop.example/guide?e=who@x.example#top', 'https://shop.example/pricing'];
  links = await Promise.all(urls.map(async (url) => (await bench.db.link.create({ data: { url } })).id));
});
afterAll(() => bench[Symbol.asyncDispose]());

/** So many milliseconds from now. */
const at = (ms: number) => new Date(NOW + ms);

async function sent(more: Partial<Prisma.SendUncheckedCreateInput> = {}) {
  const lead = await bench.lead();
  const id = newId('send');
  await bench.db.send.create({
    data: {
      id,
      key: id,
      leadId: lead.id,
      templateKey: 'guide',
      contentKind: 'resource',
      stepId: 'first',
      status: 'sent',
      attempt: 'a',
      occurredAt: at(-HOUR),
      sentAt: at(-HOUR),
      ...more,
    },
  });
  const fetch = { sendId: id, method: 'GET', userAgent: FIREFOX, at: at(0) };
  return { lead, fetch, events: () => bench.db.event.findMany({ where: { sendId: id }, orderBy: { id: 'asc' } }) };
}

describe('tracking', () => {
  it('records every open and counts the first', async () => {
    const { lead, fetch, events } = await sent();
    await Promise.all([recordOpen(bench.ctx, fetch), recordOpen(bench.ctx, fetch), recordOpen(bench.ctx, fetch)]);
    expect(await events()).toHaveLength(3);
    expect((await events())[0]).toMatchObject({
      type: 'email.opened',
      machine: false,
      properties: { template: 'guide', step: 'first', contentKind: 'resource', actor: 'human' },
    });
    expect((await bench.reload(lead)).score).toBe(1);
  });

  it('answers where a link leads, without its query in the event', async () => {
    const { lead, fetch, events } = await sent();
    const found = await recordClick(bench.ctx, { ...fetch, linkId: links[0] ?? 0 });
    expect(found?.url).toBe('https://shop.example/guide?e=who@x.example#top');
    expect((await events())[0]?.properties).toMatchObject({ linkId: links[0], url: 'https://shop.example/guide' });
    expect((await bench.reload(lead)).score).toBe(5);
    expect(await recordClick(bench.ctx, { ...fetch, linkId: 999_999 })).toBeNull();
  });

  it("records a machine's and scores nothing", async () => {
    const { lead, fetch, events } = await sent();
    await recordOpen(bench.ctx, { ...fetch, method: 'HEAD' });
    await recordOpen(bench.ctx, { ...fetch, at: at(500 - HOUR) });
    expect((await events()).every(({ machine }) => machine)).toBe(true);
    expect(await bench.reload(lead)).toMatchObject({ score: 0, lastEngagedAt: null });
  });

  it('takes for a machine whoever has the message while it is handed over', async () => {
    const { lead, fetch, events } = await sent({ status: 'claimed', sentAt: null, occurredAt: at(-20_000) });
    await recordOpen(bench.ctx, fetch);
    await recordClick(bench.ctx, { ...fetch, linkId: links[0] ?? 0 });
    // Written as sent before we came to look.
    await bench.db.send.update({ where: { id: fetch.sendId }, data: { status: 'sent', sentAt: at(0) } });
    await recordOpen(bench.ctx, { ...fetch, at: at(-40) });
    expect((await events()).map(({ machine }) => machine)).toEqual([true, true, true]);
    expect(await bench.reload(lead)).toMatchObject({ score: 0, lastEngagedAt: null });
  });

  it.each([
    ['of a worker that died with it', { status: 'claimed', sentAt: null, occurredAt: at(-61_000) }],
    ['in doubt', { status: 'in_doubt', sentAt: null, occurredAt: at(-3_000) }],
    ['stamped by another clock', { status: 'sent', sentAt: at(10_000) }],
  ] as const)('takes who reads a message %s for a person', async (_what, send) => {
    const { fetch, events } = await sent(send);
    await recordOpen(bench.ctx, fetch);
    expect(await events()).toMatchObject([{ machine: false }]);
  });

  it('knows since when a message is in doubt', async () => {
    const { fetch, events } = await sent({ status: 'in_doubt', sentAt: null, occurredAt: at(-1_000) });
    await recordOpen(bench.ctx, fetch);
    expect(await events()).toMatchObject([{ machine: true }]);
  });

  it('takes one of two links followed at once for a machine', async () => {
    const { fetch, events } = await sent();
    // Connections that are open already: both begin at once.
    await Promise.all([1, 2].map(() => bench.db.$queryRaw`SELECT pg_sleep(0.05)::text`));
    await Promise.all(links.map((linkId) => recordClick(bench.ctx, { ...fetch, linkId })));
    expect((await events()).map(({ machine }) => machine)).toEqual([false, true]);
  });

  it('tracks no message to a rep and no unknown one', async () => {
    const { fetch, events } = await sent({ audience: 'rep' });
    expect(await recordOpen(bench.ctx, fetch)).toEqual({ ringIds: [] });
    expect((await recordClick(bench.ctx, { ...fetch, linkId: links[1] ?? 0 }))?.url).toBe(
      'https://shop.example/pricing',
    );
    expect(await events()).toEqual([]);
    expect(await recordOpen(bench.ctx, { ...fetch, sendId: 'send-none' })).toEqual({ ringIds: [] });
  });
});
