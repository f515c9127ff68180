/**
 * Mails per second of a broadcast as the worker sends it, without Temporal: recipients are locked and asked about, mails rendered and claimed,
 * sent by SMTP, outcomes written. It is compared with Nodemailer's pool alone with a ready message, and its memory with a small and a large
 * broadcast.
 */
import { createTransport as createNodemailer } from 'nodemailer';
import pLimit from 'p-limit';
import { createDeps } from '../src/activities/create-deps.ts';
import { gatherNext } from '../src/activities/broadcast/gather.ts';
import { runLane } from '../src/activities/broadcast/lane.ts';
import type { ActivityDeps } from '../src/activities/deps.ts';
import { createLogger } from '../src/runtime/log.ts';
import { changeBroadcast, planBroadcast } from '../src/store/broadcasts/broadcasts.ts';
import { closeDb, createDb } from '../src/store/db.ts';
import { fixedRules } from '../src/store/rules/in-force.ts';
import { newestRevision, readRules } from '../src/store/rules/read-rules.ts';
import type { Bench, Measured } from './bench.ts';
import { withHeap } from './heap.ts';
import { createMailWriter } from './mail-writer.ts';
import { inParallel, median, pairedRatio, perSecond } from './measure.ts';
import { seedLeads } from './seed-leads.ts';

/** The worker's own numbers: lanes, messages handed over at once, SMTP connections. */
const LANES = 2;
const HANDED_OVER = 20;
const CONNECTIONS = 10;

export async function measureBroadcast(bench: Bench): Promise<Measured> {
  const mails = bench.sizes.mails ?? (bench.quick ? 500 : 20_000);
  const rounds = 3;
  const large = mails * 5;
  const { config } = bench.stack;
  const db = createDb(config.databaseUrl, { max: 20 });
  const pool = createNodemailer({
    pool: true,
    url: config.mail.smtpUrl,
    maxConnections: CONNECTIONS,
    maxMessages: 500,
  });
  const rules = fixedRules(await readRules(db, await newestRevision(db)));
  const { deps, close } = createDeps(config, { db, rules, log: createLogger(config, 'bench') });
  try {
    const ready = (await createMailWriter(deps))();
    const floor: Timed[] = [];
    const engine: Timed[] = [];
    for (let round = -1; round < rounds; round += 1) {
      const count = round < 0 ? Math.min(mails, 1_000) : mails;
      const alone = await timed(count, () => inParallel(count, HANDED_OVER, () => pool.sendMail({ ...ready })));
      const ours = await broadcastTo(bench, deps, count, `${round + 1}`);
      if (round < 0) continue;
      floor.push(alone);
      engine.push(ours);
      bench.say(`  round ${round + 1}: pool ${told(alone)}, broadcast ${told(ours)}`);
    }
    const small = await withHeap(() => broadcastTo(bench, deps, Math.min(mails, large / 4), 'small'));
    const big = await withHeap(() => broadcastTo(bench, deps, large, 'large'));
    bench.say(`  heap in use: ${small.heapMiB.toFixed(0)} MiB, ${big.heapMiB.toFixed(0)} with ${large} recipients`);
    const rates = (all: readonly Timed[]): number[] => all.map(({ rate }) => rate);
    const cpu = (all: readonly Timed[]): number[] => all.map(({ cpuMs }) => cpuMs);
    return {
      rows: [
        {
          what: 'broadcast: asked, rendered, recorded, sent',
          floor: median(rates(floor)),
          engine: median(rates(engine)),
          ratio: pairedRatio(rates(engine), rates(floor)),
          unit: 'mails/s',
          want: '≥ 0.6',
        },
        {
          // What other work on the machine changes less: the time of this process, without that of the database.
          what: 'broadcast: processor time of a mail',
          floor: median(cpu(floor)),
          engine: median(cpu(engine)),
          ratio: pairedRatio(cpu(floor), cpu(engine)),
          unit: 'ms',
        },
        { what: `broadcast: to ${large} leads`, engine: big.rate, unit: 'mails/s' },
        { what: 'broadcast: heap, small', engine: small.heapMiB, unit: 'MiB' },
        { what: `broadcast: heap, ${large} leads`, engine: big.heapMiB, unit: 'MiB', want: 'as small' },
      ],
      details: { mails, large, floor, engine, small, big },
    };
  } finally {
    pool.close();
    await close();
    await closeDb(db);
  }
}

interface Timed {
  rate: number;
  /** Of this process, for each mail, in milliseconds. */
  cpuMs: number;
}

async function timed(count: number, work: () => Promise<unknown>): Promise<Timed> {
  const before = process.cpuUsage();
  const rate = await perSecond(count, work);
  const { user, system } = process.cpuUsage(before);
  return { rate, cpuMs: (user + system) / 1_000 / count };
}

function told({ rate, cpuMs }: Timed): string {
  return `${rate.toFixed(0)}/s (${cpuMs.toFixed(2)} ms)`;
}

/** Sends one to so many new leads; its time begins with the first recipient and ends with the last outcome. */
async function broadcastTo(bench: Bench, deps: ActivityDeps, count: number, name: string): Promise<Timed> {
  const tag = `cast-${bench.run}-${name}`;
  await seedLeads(bench.db, { tag, count, score: 0, source: tag });
  const id = await runningOf(deps, tag, tag);
  const result = await timed(count, async () => {
    while ((await gatherNext(deps, id, Date.now())) === 'more');
    await sendUntil(deps, id, Infinity);
  });
  const { rows } = await bench.db.query<{ sent: number }>(
    `SELECT count(*)::int AS sent FROM sends WHERE broadcast_id = $1 AND status = 'sent'`,
    [id],
  );
  if (rows[0]?.sent !== count) throw new Error(`${rows[0]?.sent} of ${count} messages of the broadcast were sent`);
  return result;
}

/** A broadcast to the leads of a source that runs, of which no process knows. */
export async function runningOf(deps: ActivityDeps, key: string, source: string): Promise<string> {
  const { db } = deps;
  const template = deps.rules.current().templates.get('ebook-checklist');
  const { id } = await planBroadcast(db, {
    key,
    segment: null,
    audience: { when: { source }, segments: [] },
    topic: template?.topic ?? '',
    variants: [{ key: 'a', template: 'ebook-checklist', hash: template?.hash ?? '' }],
    schedule: { kind: 'now' },
    rate: null,
    trial: null,
    again: true,
    by: 'bench',
  });
  await changeBroadcast(db, id, 'running', { by: 'bench', only: ['planned'] });
  return id;
}

/** Sends to whoever is due, as the worker does, until then (epoch milliseconds) at most. */
export async function sendUntil(deps: ActivityDeps, broadcastId: string, untilMs: number): Promise<void> {
  const work = {
    deps,
    broadcastId,
    clock: () => Date.now(),
    untilMs,
    signal: new AbortController().signal,
    handOver: pLimit(HANDED_OVER),
  };
  await Promise.all(Array.from({ length: LANES }, () => runLane(work)));
}
