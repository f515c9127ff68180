import type pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { LONGEST_EFFECT } from '../../src/domain/budgets.ts';
import { newId } from '../../src/domain/ids.ts';
import type { Prisma } from '../../src/store/generated/client.ts';
import { createPool } from '../../src/store/db.ts';
import type { TrackedFetch } from '../../src/store/tracking/fetch.ts';
import { keepFetches, keepRepeats } from '../../src/store/tracking/inbox.ts';
import { createRecorder, type Recorder } from '../../src/store/tracking/recorder.ts';
import { createTracker } from '../../src/store/tracking/tracker.ts';
import { lockLead } from '../../src/store/lock.ts';
import { createEventRecorder } from '../../src/store/events/record-events.ts';
import { HOUR, NOW, openBench, type Bench } from './support.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0';
let bench: Bench;
let links: number[];
let pool: pg.Pool;
let recorder: Recorder;
const rung: string[] = [];
const log = pino({ level: 'silent' });
beforeAll(async () => {
  bench = await openBench();
  const urls = ['https://shop.example/guide?e=who@x.example#top', 'https://shop.example/pricing'];
  links = await Promise.all(urls.map(async (url) => (await bench.db.link.create({ data: { url } })).id));
  pool = createPool(bench.url, { max: 2 });
  recorder = newRecorder();
});
afterAll(async () => {
  await recorder.close();
  await pool.end();
  await bench[Symbol.asyncDispose]();
});

function newRecorder(): Recorder {
  return createRecorder({ ctx: bench.ctx, ring: (ids) => rung.push(...ids), log });
}

async function record(...fetches: Omit<TrackedFetch, 'id'>[]): Promise<void> {
  await keep(...fetches);
  recorder.wake();
  await recorder.idle();
}

async function keep(...fetches: Omit<TrackedFetch, 'id'>[]): Promise<void> {
  await keepFetches(
    pool,
    fetches.map((fetch) => ({ ...fetch, id: newId('event') })),
  );
}

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
  const fetch = { sendId: id, linkId: null, method: 'GET', agent: 'person', at: at(0) } as const;
  const click = { ...fetch, linkId: links[0] ?? 0 };
  return {
    lead,
    fetch,
    click,
    events: () => bench.db.event.findMany({ where: { sendId: id }, orderBy: { id: 'asc' } }),
  };
}

describe('tracking', () => {
  it('records every open and counts the first', async () => {
    const { lead, fetch, events } = await sent();
    await record(fetch, fetch, fetch);
    expect(await events()).toHaveLength(3);
    expect((await events())[0]).toMatchObject({
      type: 'email.opened',
      machine: false,
      properties: { template: 'guide', step: 'first', contentKind: 'resource', actor: 'human' },
    });
    expect((await bench.reload(lead)).score).toBe(1);
  });

  it("keeps a link's address without its query", async () => {
    const { lead, click, events } = await sent();
    await record(click);
    expect((await events())[0]?.properties).toMatchObject({ linkId: links[0], url: 'https://shop.example/guide' });
    expect((await bench.reload(lead)).score).toBe(5);
  });

  it("records a machine's open or click and gives no points", async () => {
    const { lead, fetch, events } = await sent();
    await record({ ...fetch, method: 'HEAD' });
    await record({ ...fetch, at: at(500 - HOUR) });
    expect((await events()).every(({ machine }) => machine)).toBe(true);
    expect(await bench.reload(lead)).toMatchObject({ score: 0, lastEngagedAt: null });
  });

  it("an open while the message is being handed to SMTP is a machine's", async () => {
    const { lead, fetch, click, events } = await sent({ status: 'claimed', sentAt: null, occurredAt: at(-20_000) });
    await record(fetch);
    await record(click);
    // Written as sent before we came to look.
    await bench.db.send.update({ where: { id: fetch.sendId }, data: { status: 'sent', sentAt: at(0) } });
    await record({ ...fetch, at: at(-40) });
    expect((await events()).map(({ machine }) => machine)).toEqual([true, true, true]);
    expect(await bench.reload(lead)).toMatchObject({ score: 0, lastEngagedAt: null });
  });

  it.each([
    ['of a worker that died with it', { status: 'claimed', sentAt: null, occurredAt: at(-LONGEST_EFFECT - 1_000) }],
    ['in doubt', { status: 'in_doubt', sentAt: null, occurredAt: at(-3_000) }],
    ['stamped by another clock', { status: 'sent', sentAt: at(10_000) }],
  ] as const)('takes who reads a message %s for a person', async (_what, send) => {
    const { fetch, events } = await sent(send);
    await record(fetch);
    expect(await events()).toMatchObject([{ machine: false }]);
  });

  it('counts from the time the message was put in doubt', async () => {
    const { fetch, events } = await sent({ status: 'in_doubt', sentAt: null, occurredAt: at(-1_000) });
    await record(fetch);
    expect(await events()).toMatchObject([{ machine: true }]);
  });

  it("clicks on two links within a second are a machine's", async () => {
    const { lead, fetch, events } = await sent();
    await record(...links.map((linkId) => ({ ...fetch, linkId })));
    expect((await events()).map(({ machine }) => machine)).toEqual([true, true]);
    expect((await bench.reload(lead)).score).toBe(0);
  });

  it('a click that counted is corrected when another follows within a second: its points are taken back, and a person’s later one counts', async () => {
    const { lead, fetch, events } = await sent();
    const first = { ...fetch, linkId: links[0] ?? 0 };
    await record(first);
    expect((await bench.reload(lead)).score).toBe(5);
    expect((await bench.db.send.findUniqueOrThrow({ where: { id: fetch.sendId } })).reactions).toBe(1);
    await record({ ...first, linkId: links[1] ?? 0, at: at(900) });
    expect((await events()).map(({ machine }) => machine)).toEqual([true, true]);
    expect((await events())[0]).toMatchObject({
      properties: { verdict: 'machine', actor: 'machine', reasons: ['several-links'], linkId: links[0] },
    });
    expect((await bench.reload(lead)).score).toBe(0);
    expect((await bench.db.send.findUniqueOrThrow({ where: { id: fetch.sendId } })).reactions).toBe(32);
    const ledger = () => bench.db.scoreEntry.findMany({ where: { leadId: lead.id }, orderBy: { id: 'asc' } });
    expect((await ledger()).map(({ points, before, after }) => [points, before, after])).toMatchObject([
      [5, 0, 5],
      [-5, 5, 0],
    ]);
    await record({ ...first, at: at(60_000) });
    expect((await events()).map(({ machine }) => machine)).toEqual([true, true, false]);
    expect((await bench.reload(lead)).score).toBe(5);
    expect((await ledger()).map(({ points, replacedBy }) => [points, replacedBy === null])).toEqual([
      [5, false],
      [-5, false],
      [5, true],
    ]);
  });

  it('a pixel that counted stays with one click at once, and is corrected with two', async () => {
    const { lead, fetch, events } = await sent();
    const machines = async () => (await events()).map(({ machine }) => machine);
    await record(fetch);
    await record({ ...fetch, linkId: links[0] ?? 0, at: at(50) });
    expect([await machines(), (await bench.reload(lead)).score]).toEqual([[false, false], expect.closeTo(6, 3)]);
    await record({ ...fetch, linkId: links[1] ?? 0, at: at(100) });
    expect([await machines(), (await bench.reload(lead)).score]).toEqual([[true, true, true], expect.closeTo(0, 6)]);
  });

  it('tracks no message to a rep, and none that it does not know', async () => {
    const { fetch, click, events } = await sent({ audience: 'rep' });
    await record(fetch, click, { ...fetch, sendId: 'send-none' });
    expect(await events()).toEqual([]);
    expect(await bench.db.trackedFetch.count()).toBe(0);
  });
});

/** A message that was sent so long ago, to somebody who waits for a click. */
async function early(sinceMs: number, more: Partial<Prisma.SendUncheckedCreateInput> = {}) {
  const mail = await sent({ occurredAt: at(-sinceMs), sentAt: at(-sinceMs), ...more });
  await bench.db.lead.update({
    where: { id: mail.lead.id },
    data: { awaiting: [{ enrollmentId: 'e', stepId: 's', event: 'email.clicked', since: at(-HOUR).toISOString() }] },
  });
  return {
    ...mail,
    second: { ...mail.fetch, linkId: links[1] ?? 0 },
    verdicts: async () => (await mail.events()).map(({ properties }) => (properties as { verdict?: string }).verdict),
    bells: async () => (await bench.bells(mail.lead)).map(({ reason }) => reason),
  };
}

/** A page view, when it is so many milliseconds from now. */
async function viewed(leadId: string, sinceMs: number): Promise<void> {
  bench.now = NOW + sinceMs;
  await createEventRecorder(bench.ctx)([{ leadId, type: 'page.viewed' }]);
  bench.now = NOW;
}

describe('soon after delivery', () => {
  it.each([1_000, 3_000, 30_000, 240_000])(
    'a scanner’s burst after %i ms changes nothing; a person afterwards counts',
    async (since) => {
      const all = await early(since);
      const only = await early(since, { linkCount: 1 });
      await record(
        { ...all.fetch, at: at(0) },
        { ...all.click, at: at(100) },
        { ...all.second, at: at(250) },
        { ...only.fetch, at: at(0) },
        { ...only.click, at: at(150) },
        // The same gateway, once more.
        { ...only.click, at: at(1_900) },
      );
      for (const mail of [all, only]) {
        expect((await mail.events()).every(({ machine }) => machine)).toBe(true);
        expect(await bench.reload(mail.lead)).toMatchObject({ score: 0, lastEngagedAt: null });
        expect(await mail.bells()).toEqual([]);
      }
      await record({ ...all.click, at: at(HOUR) }, { ...only.click, at: at(HOUR) });
      for (const mail of [all, only]) {
        expect((await bench.reload(mail.lead)).score).toBe(5);
        expect(await mail.bells()).toEqual(['awaited']);
      }
    },
  );

  it('a single click of several links waits for its neighbors, and then counts; a kill meanwhile loses nothing', async () => {
    const { lead, click, events, verdicts } = await early(30_000, { linkCount: 3 });
    // It waits until the test says so: on a busy machine its time could be over before we look.
    await bench.db.$executeRaw`
      CREATE FUNCTION wait_long() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN NEW.waits_until := NEW.waits_until + interval '1 day'; RETURN NEW; END $$`;
    await bench.db.$executeRaw`
      CREATE TRIGGER wait_long BEFORE UPDATE OF waits_until ON tracked FOR EACH ROW EXECUTE FUNCTION wait_long()`;
    const first = newRecorder();
    await keep(click);
    first.wake();
    await expect.poll(async () => (await bench.db.trackedFetch.findFirst())?.waitsUntil ?? null).not.toBeNull();
    await first.close();
    expect(await events()).toEqual([]);
    await bench.db.$executeRaw`DROP TRIGGER wait_long ON tracked`;
    await bench.db.$executeRaw`UPDATE tracked SET waits_until = waits_until - interval '1 day'`;
    const next = newRecorder();
    await expect.poll(async () => (await bench.reload(lead)).score).toBe(5);
    await next.close();
    expect(await verdicts()).toEqual(['human']);
  });

  it('a click after a sign of a person acts at once', async () => {
    const { lead, click, verdicts } = await early(30_000, { linkCount: 1 });
    await viewed(lead.id, -10_000);
    await record(click);
    expect(await verdicts()).toEqual(['human']);
    expect(
      (await bench.db.event.findMany({ where: { leadId: lead.id, sendId: click.sendId } }))[0]?.properties,
    ).not.toHaveProperty('reasons');
  });

  it('a suspect click counts once a page view follows, once, and ends the wait', async () => {
    const { lead, click, verdicts, bells } = await early(30_000, { linkCount: 1 });
    await record(click, { ...click, at: at(500) });
    expect(await verdicts()).toEqual(['suspect', 'suspect']);
    expect((await bench.reload(lead)).suspectAt).not.toBeNull();
    await viewed(lead.id, 3_000);
    expect(await verdicts()).toEqual(['suspect', 'human']);
    expect(await bench.reload(lead)).toMatchObject({ suspectAt: null });
    expect(await bells()).toEqual(['awaited']);
    await viewed(lead.id, 4_000);
    expect(await verdicts()).toEqual(['suspect', 'human']);
    const given = await bench.db.scoreEntry.findMany({ where: { leadId: lead.id }, orderBy: { id: 'asc' } });
    expect(given.map(({ points }) => points)).toContain(5);
  });

  it('an hour later a sign says nothing of a suspect click', async () => {
    const { lead, click, verdicts } = await early(30_000, { linkCount: 1 });
    await record(click);
    await viewed(lead.id, HOUR);
    expect(await verdicts()).toEqual(['suspect']);
  });

  it('links of several people of a company at the same moment are a gateway’s', async () => {
    const { id: accountId } = await bench.db.account.create({
      data: { id: newId('account'), name: 'Gate', domain: `${newId('account')}.example` },
    });
    const mails = [];
    for (let n = 0; n < 3; n += 1) {
      const mail = await early(30_000, { linkCount: 3 });
      await bench.db.lead.update({ where: { id: mail.lead.id }, data: { accountId } });
      mails.push(mail);
    }
    await record(...mails.map(({ click }, n) => ({ ...click, at: at(100 * n) })));
    for (const mail of mails) expect(await mail.verdicts()).toEqual(['machine']);
  });
});

describe('the inbox', () => {
  it('records the fetches that a dead process left in the inbox', async () => {
    const { lead, click } = await sent();
    await keep(click);
    const next = newRecorder();
    await next.idle();
    await next.close();
    expect((await bench.reload(lead)).score).toBe(5);
    expect(await bench.db.trackedFetch.count()).toBe(0);
  });

  it('records each fetch once, whichever process takes it', async () => {
    const sends = await Promise.all(Array.from({ length: 20 }, () => sent()));
    const others = [newRecorder(), newRecorder()];
    for (const { click } of sends) {
      await keep(click);
      for (const one of [recorder, ...others]) one.wake();
    }
    for (const one of [recorder, ...others]) await one.idle();
    for (const one of others) await one.close();
    for (const { lead, events } of sends) {
      expect(await events()).toHaveLength(1);
      expect((await bench.reload(lead)).score).toBe(5);
    }
  });

  it('stores a fetch once, however often the statement is retried', async () => {
    const { click, events } = await sent();
    const fetch = { ...click, id: newId('event') };
    await keepFetches(pool, [fetch]);
    await keepFetches(pool, [fetch]);
    recorder.wake();
    await recorder.idle();
    await keepFetches(pool, [fetch]);
    recorder.wake();
    await recorder.idle();
    expect(await events()).toHaveLength(1);
  });

  it("lets others' clicks pass while somebody holds a lead", async () => {
    const held = await sent();
    const free = await sent();
    await bench.db.$transaction(async (tx) => {
      await lockLead(tx, held.lead.id);
      await keep(held.click, free.click);
      recorder.wake();
      await expect.poll(async () => (await bench.reload(free.lead)).score).toBe(5);
      expect(await held.events()).toEqual([]);
    });
    await recorder.idle();
    expect(await held.events()).toHaveLength(1);
  });

  it('deletes the fetches of a lead that no longer exists', async () => {
    const { click } = await sent();
    await keep(click);
    await pool.query('UPDATE tracked SET lead_id = $1 WHERE send_id = $2', ['lead-gone', click.sendId]);
    recorder.wake();
    await recorder.idle();
    expect(await bench.db.trackedFetch.count()).toBe(0);
  });
});

describe('a pixel or link fetched in a loop', () => {
  it('is counted, not stored, after a few in an hour; a person and a machine apart', async () => {
    const { lead, click, events } = await sent();
    for (let n = 0; n < 4; n += 1) await record(click, click, click);
    await record({ ...click, agent: 'program' });
    expect(await events()).toHaveLength(6);
    const counts = (await events()).map(({ machine, properties }) => [
      machine,
      (properties as { repeats?: number }).repeats,
    ]);
    expect(counts.filter(([, repeats]) => repeats !== undefined)).toEqual([[false, 7]]);
    expect((await bench.reload(lead)).score).toBe(5);
    // An hour later it is news again.
    await record({ ...click, at: at(HOUR + 1) });
    expect(await events()).toHaveLength(7);
  });

  it('still ends a wait that began after the first fetches', async () => {
    const { lead, click, events } = await sent();
    await record(click, click, click, click, click, click);
    expect(await events()).toHaveLength(5);
    await bench.db.lead.update({
      where: { id: lead.id },
      data: {
        awaiting: [{ enrollmentId: 'e', stepId: 's', event: 'email.clicked', since: at(1).toISOString() }],
      },
    });
    await record({ ...click, at: at(5) });
    expect((await bench.bells(lead)).map(({ reason }) => reason)).toEqual(['awaited']);
    expect(rung).toContain((await bench.bells(lead))[0]?.id);
  });

  it('does not make an inbox row for each fetch either', async () => {
    const { fetch, events } = await sent();
    const tracker = createTracker({ databaseUrl: bench.url, ctx: bench.ctx, ring: () => {}, log });
    const request = { sendId: fetch.sendId, linkId: null, method: 'GET', userAgent: FIREFOX };
    await bench.db.$transaction(async (tx) => {
      await lockLead(tx, (await bench.db.send.findUniqueOrThrow({ where: { id: fetch.sendId } })).leadId);
      await Promise.all(Array.from({ length: 500 }, () => tracker.note(request)));
      // Beside the row of the counts, which is there after a second.
      expect(await bench.db.trackedFetch.count({ where: { repeats: 0 } })).toBe(10);
      expect(await bench.db.trackedFetch.count()).toBeLessThanOrEqual(11);
    });
    await tracker.idle();
    const stored = await events();
    expect(stored).toHaveLength(5);
    const repeats = stored.map(({ properties }) => (properties as { repeats?: number }).repeats ?? 0);
    expect(repeats.reduce((sum, one) => sum + one, 0)).toBe(495);
    await tracker.close();
  });

  it('adds up the counts that wait in the inbox', async () => {
    const { fetch, events } = await sent();
    await record(fetch);
    const repeats = { sendId: fetch.sendId, linkId: null, count: 3, at: at(0) };
    await keepRepeats(pool, [repeats]);
    await keepRepeats(pool, [repeats]);
    recorder.wake();
    await recorder.idle();
    expect(await events()).toMatchObject([{ properties: { repeats: 6 } }]);
  });
});
