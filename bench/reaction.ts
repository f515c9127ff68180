/** From the click that makes a lead ready to its salesperson's mail accepted by SMTP: idle, and under a stream of events. */
import { createTokens } from '../src/crypto/tokens.ts';
import type { Bench, Measured, Row } from './bench.ts';
import { createMix } from './event-mix.ts';
import { startFloorWorker } from './floor.ts';
import { createCaller, type HttpCaller } from './http.ts';
import { quantile, until } from './measure.ts';
import { seedLeads } from './seed-leads.ts';
import { beforeStep, inThreeDays, putToSleep } from './sleepers.ts';

const EVENTS_PER_SECOND = 200;
const PATIENCE_MS = 60_000;

interface Times {
  engine: number[];
  floor: number[];
}

export async function measureReaction(bench: Bench): Promise<Measured> {
  const { clicks, atMostMs } = bench.quick ? { clicks: 15, atMostMs: 6_000 } : { clicks: 200, atMostMs: 300_000 };
  const { config, urls } = bench.stack;
  const caller = createCaller(urls.api, config.adminApiKey);
  const floor = await startFloorWorker(bench);
  try {
    const leads = await putToSleep(bench, {
      tag: `reaction-${bench.run}`,
      count: 2 * clicks + 2,
      grade: 'B',
      // A click gives 10, and grade B is ready from 40.
      score: 35,
      standing: beforeStep(inThreeDays()),
      withMail: true,
    });
    const tokens = createTokens(config.secretKeys);
    const link = await storeLink(bench);
    const queue = leads.values();
    const bell = await floor.startBell();
    const click = async (): Promise<number> => {
      const lead = queue.next().value;
      if (lead === undefined) throw new Error('No lead is left to click');
      const taken = bench.sink.value('taken');
      const since = Date.now();
      await caller.get(`/c/${tokens.click(lead.sendId, link)}`);
      await bench.sink.reaches('taken', taken + 1, PATIENCE_MS);
      return bench.sink.value('at') - since;
    };
    await allMailIsOut(bench);
    const takenBefore = bench.sink.value('taken');
    // Not counted: this round opens connections, fills caches and compiles templates.
    await click();
    await click();
    const measure = async (): Promise<Times> => {
      const times: Times = { engine: [], floor: [] };
      const deadline = Date.now() + atMostMs;
      for (let n = 0; n < clicks && Date.now() < deadline; n += 1) {
        times.floor.push(await bell());
        times.engine.push(await click());
      }
      return times;
    };
    const idle = await measure();
    bench.say(`  idle: p50 ${quantile(idle.engine, 0.5)} ms, p99 ${quantile(idle.engine, 0.99)} ms`);
    // Leads of grade D never become ready, so they cause no mail that could be mistaken for the awaited one.
    const others = await seedLeads(bench.db, { tag: `crowd-${bench.run}`, count: 2_000, grade: 'D', score: 0 });
    const stream = startStream(caller, createMix(others, `crowd-${bench.run}`));
    const busy = await measure();
    const rate = await stream.stop();
    const mails = bench.sink.value('taken') - takenBefore;
    const clicked = 2 + idle.engine.length + busy.engine.length;
    if (mails !== clicked) throw new Error(`${clicked} clicks, but ${mails} mails: one was taken for another`);
    bench.say(
      `  under ${rate.toFixed(0)} events/s: p50 ${quantile(busy.engine, 0.5)} ms, p99 ${quantile(busy.engine, 0.99)} ms`,
    );
    return {
      rows: [...rowsOf('reaction, idle', idle), ...rowsOf(`reaction, under ${rate.toFixed(0)} events/s`, busy)],
      details: { clicks, idle, busy, eventsPerSecond: rate },
    };
  } finally {
    caller.close();
    floor.stop();
  }
}

/** A mail caused by an earlier benchmark must not be mistaken for the awaited one. */
async function allMailIsOut({ db }: Bench): Promise<void> {
  await until('no mail is under way', PATIENCE_MS, async () => {
    const { rows } = await db.query<{ left: number }>(
      `SELECT ((SELECT count(*) FROM outbox) + (SELECT count(*) FROM sends WHERE status = 'claimed'))::int AS left`,
    );
    return rows[0]?.left === 0;
  });
}

async function storeLink({ db }: Bench): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO links (url) VALUES ('https://bench.example/offer') ON CONFLICT (url) DO UPDATE SET url = excluded.url RETURNING id`,
  );
  return rows[0]?.id ?? 0;
}

/** The most requests at once. An event that is due beyond them is not sent, and lowers the rate. */
const MOST_UNDER_WAY = 100;

/** Sends events at a fixed rate, like visitors, however long the answers take. `stop` returns the rate that was answered. */
function startStream(caller: HttpCaller, next: () => unknown): { stop(): Promise<number> } {
  const since = performance.now();
  const underWay = new Set<Promise<void>>();
  let due = 0;
  let done = 0;
  const send = async (): Promise<void> => {
    try {
      await caller.post('/v1/events', next());
      done += 1;
    } catch {
      // This event was not answered and does not count.
    }
  };
  const timer = setInterval(() => {
    const now = ((performance.now() - since) * EVENTS_PER_SECOND) / 1000;
    for (; due < now; due += 1) {
      if (underWay.size >= MOST_UNDER_WAY) continue;
      const one: Promise<void> = send().finally(() => underWay.delete(one));
      underWay.add(one);
    }
  }, 5);
  return {
    stop: async () => {
      clearInterval(timer);
      const rate = (done * 1000) / (performance.now() - since);
      await Promise.all(underWay);
      return rate;
    },
  };
}

function rowsOf(what: string, { engine, floor }: Times): Row[] {
  return [
    { share: 0.5, name: 'p50', want: 'p50 < 150 ms' },
    { share: 0.99, name: 'p99', want: 'p99 < 1 s' },
  ].map(({ share, name, want }) => ({
    what: `${what}: ${name}`,
    floor: quantile(floor, share),
    engine: quantile(engine, share),
    ratio: quantile(floor, share) / quantile(engine, share),
    unit: 'ms',
    want,
  }));
}
