/**
 * A broadcast to very many leads by the whole stack: preview, gathering, sending for a while, pause, resume, cancel, and its pages while it is
 * paused and when everybody has it. A small one first, so that what grows with the number of leads shows. What the sending would take longer
 * for than a benchmark lasts is written into the ledger.
 */
import { gatherNext } from '../src/activities/broadcast/gather.ts';
import { createDeps } from '../src/activities/create-deps.ts';
import { createLogger } from '../src/runtime/log.ts';
import { inviteUser } from '../src/store/access/users.ts';
import { openSessionOf } from '../src/store/access/sessions.ts';
import { changeBroadcast } from '../src/store/broadcasts/broadcasts.ts';
import { closeDb, createDb } from '../src/store/db.ts';
import { fixedRules } from '../src/store/rules/in-force.ts';
import { newestRevision, readRules } from '../src/store/rules/read-rules.ts';
import type { Bench, Measured, Row } from './bench.ts';
import { runningOf, sendUntil } from './broadcast.ts';
import { everybodyHasIt, seedAudience } from './crowd-rows.ts';
import { withHeap } from './heap.ts';
import { createCaller, createVisitor, type HttpCaller } from './http.ts';
import { quantile, until } from './measure.ts';
import { type MemoryOfBoth, watchMemory } from './resident.ts';

const SMALL = 10_000;
const PAGE_WANTED_MS = 200;
const PATIENCE_MS = 900_000;
/** After this, whatever was with the mail server when the broadcast was paused or canceled has been taken. Milliseconds. */
const SETTLED = 3_000;
const MIB = 1_048_576;

interface Sizes {
  /** Milliseconds: as long leads are gathered in this process, and then mails sent. */
  heapFor: number;
  /** Milliseconds. */
  sendFor: number;
  /** Times that each page is asked for. */
  samples: number;
}

export async function measureCrowd(bench: Bench): Promise<Measured> {
  const many = bench.sizes.recipients ?? (bench.quick ? 10_000 : 1_000_000);
  const sizes: Sizes = bench.quick
    ? { heapFor: 5_000, sendFor: 10_000, samples: 8 }
    : { heapFor: 10_000, sendFor: 60_000, samples: 20 };
  const callers = await openCallers(bench);
  try {
    const small = await cast(bench, callers, Math.min(SMALL, Math.ceil(many / 10)), sizes);
    const large = await cast(bench, callers, many, sizes);
    return { rows: [...rowsOf(small), ...rowsOf(large)], details: { small, large } };
  } finally {
    callers.admin.close();
    callers.visitor.close();
  }
}

interface Callers {
  admin: HttpCaller;
  visitor: HttpCaller;
}

async function openCallers({ stack: { config, urls }, run }: Bench): Promise<Callers> {
  const db = createDb(config.databaseUrl, { max: 1 });
  try {
    const email = `crowd-${run}@bench.example`;
    await inviteUser(db, { email, name: 'Bench', role: 'marketer' }, { actor: 'system', at: new Date() });
    const session = (await openSessionOf(db, email, new Date())) ?? '';
    return { admin: createCaller(urls.api, config.adminApiKey), visitor: createVisitor(urls.api, session) };
  } finally {
    await closeDb(db);
  }
}

interface Part {
  ms: number;
  memory: MemoryOfBoth;
}

interface Cast {
  count: number;
  preview: Part;
  gathered: Part;
  sending: Part & { mails: number; first: number; last: number };
  /** From the request until the answer, in milliseconds. */
  told: { pause: number; resume: number; cancel: number };
  /** Of the process's history, when it was canceled. */
  history: number;
  pages: Record<string, { p50: number; p95: number }>;
  /** In use after a collection while this process does the worker's work over the same leads. */
  heapMiB: number;
}

async function cast(bench: Bench, callers: Callers, count: number, sizes: Sizes): Promise<Cast> {
  const { db, sink, run, say, temporal, stack } = bench;
  const key = `crowd-${run}-${count}`;
  await seedAudience(db, key, count);
  say(`  ${count} leads are there`);
  const planned = await callers.admin.post('/v1/broadcasts', {
    key,
    template: 'ebook-checklist',
    when: { source: key },
  });
  const { id } = JSON.parse(planned.body) as { id: string };
  const act = async (word: string): Promise<number> =>
    (await callers.admin.post(`/v1/broadcasts/${id}/${word}`, {})).ms;
  const part = async (work: () => Promise<unknown>): Promise<Part> => {
    const watched = watchMemory(stack);
    const since = performance.now();
    try {
      await work();
      return { ms: performance.now() - since, memory: await watched.stop() };
    } catch (error) {
      await watched.stop();
      throw error;
    }
  };
  const preview = await part(() => act('preview'));
  const gathered = await part(async () => {
    await act('start');
    await until('the leads are gathered', PATIENCE_MS, async () => {
      const { rows } = await db.query<{ done: boolean }>(
        'SELECT gathered_at IS NOT NULL AS done FROM broadcasts WHERE id = $1',
        [id],
      );
      return rows[0]?.done === true;
    });
  });
  say(`  preview ${seconds(preview.ms)}, gathered in ${seconds(gathered.ms)}`);
  const rates: number[] = [];
  const begun = sink.value('taken');
  const sending = await part(async () => {
    // In quarters, so that one that gets slower shows.
    for (let n = 0; n < 4; n += 1) {
      const before = sink.value('taken');
      const since = performance.now();
      await pause(sizes.sendFor / 4);
      rates.push(((sink.value('taken') - before) * 1_000) / (performance.now() - since));
    }
  });
  const mails = sink.value('taken') - begun;
  say(`  ${mails} mails in ${seconds(sending.ms)}: ${rates.map((rate) => rate.toFixed(0)).join(', ')} a second`);
  const isOver = mails >= count;
  const told = { pause: NaN, resume: NaN, cancel: NaN };
  const pages: Cast['pages'] = {};
  if (!isOver) {
    told.pause = await act('pause');
    await nothingLeaves(bench, 'paused');
    Object.assign(pages, await ask(callers, id, 'paused', sizes.samples));
    const before = sink.value('taken');
    told.resume = await act('resume');
    await sink.reaches('taken', before + 100, PATIENCE_MS);
    told.cancel = await act('cancel');
    await nothingLeaves(bench, 'canceled');
  }
  await checkOnce(bench, id, count);
  const heapMiB = await heapOf(bench, key, sizes.heapFor);
  say(`  heap in use of a process that does the same: ${heapMiB.toFixed(0)} MiB`);
  const { historyLength: history } = await temporal.workflow.getHandle(id).describe();
  await everybodyHasIt(db, id);
  Object.assign(pages, await ask(callers, id, 'sent to all', sizes.samples));
  for (const [what, { p50, p95 }] of Object.entries(pages)) say(`  ${what}: ${p50.toFixed(0)} / ${p95.toFixed(0)} ms`);
  return {
    count,
    preview,
    gathered,
    sending: { ...sending, mails, first: rates[0] ?? NaN, last: rates.at(-1) ?? NaN },
    told,
    history,
    pages,
    heapMiB,
  };
}

/** Another broadcast to the same leads, of which no process knows. */
async function heapOf({ stack: { config } }: Bench, source: string, forMs: number): Promise<number> {
  const db = createDb(config.databaseUrl, { max: 20 });
  const rules = fixedRules(await readRules(db, await newestRevision(db)));
  const { deps, close } = createDeps(config, { db, rules, log: createLogger(config, 'bench') });
  try {
    const id = await runningOf(deps, `${source}-heap`, source);
    const { heapMiB } = await withHeap(async () => {
      const untilMs = Date.now() + forMs;
      while (Date.now() < untilMs && (await gatherNext(deps, id, Date.now())) === 'more');
      // Who is gathered gets it; what is not gathered does not hold it up here.
      await sendUntil(deps, id, Date.now() + forMs);
      return {};
    });
    await changeBroadcast(db, id, 'canceled', { by: 'bench' });
    return heapMiB;
  } finally {
    await close();
    await closeDb(db);
  }
}

/** What the mail server has is finished, and then nothing comes any more. */
async function nothingLeaves({ sink }: Bench, what: string): Promise<void> {
  await pause(SETTLED);
  const before = sink.value('taken');
  await pause(SETTLED);
  if (sink.value('taken') !== before)
    throw new Error(`${sink.value('taken') - before} mails of a broadcast left that is ${what}`);
}

/** Each lead has one row: of a message, or of being still to come. */
async function checkOnce({ db }: Bench, id: string, count: number): Promise<void> {
  const { rows } = await db.query<{ leads: number; rows: number; unsettled: number }>(
    `SELECT count(DISTINCT lead_id)::int AS leads, count(*)::int AS rows, (count(*) FILTER (WHERE status IN ('claimed', 'in_doubt')))::int AS unsettled
     FROM (SELECT lead_id, status::text FROM sends WHERE broadcast_id = $1
       UNION ALL SELECT lead_id, 'waits' FROM broadcast_recipients WHERE broadcast_id = $1) all_of_them`,
    [id],
  );
  const [found] = rows;
  if (found?.leads !== count || found.rows !== count || found.unsettled > 0)
    throw new Error(`Of ${count} leads the broadcast has ${JSON.stringify(found)}`);
}

async function ask({ admin, visitor }: Callers, id: string, when: string, samples: number): Promise<Cast['pages']> {
  const asked = [
    { what: `page: broadcasts, ${when}`, get: () => visitor.get('/console/broadcasts') },
    { what: `page: a broadcast, ${when}`, get: () => visitor.get(`/console/broadcasts/${id}`) },
    { what: `GET /v1/broadcasts/{id}, ${when}`, get: () => admin.get(`/v1/broadcasts/${id}`) },
  ];
  const times = new Map<string, number[]>();
  // In rounds, so that a short disturbance of the machine hits all alike.
  for (let n = 0; n < samples; n += 1)
    for (const { what, get } of asked) times.set(what, [...(times.get(what) ?? []), (await get()).ms]);
  return Object.fromEntries(
    [...times].map(([what, all]) => [what, { p50: quantile(all, 0.5), p95: quantile(all, 0.95) }]),
  );
}

function rowsOf({ count, preview, gathered, sending, told, history, pages, heapMiB }: Cast): Row[] {
  const of = `crowd of ${count}`;
  const memory = (what: string, part: Part): Row[] =>
    (['worker', 'api'] as const).map((process) => ({
      what: `${of}: ${process} while ${what}`,
      engine: part.memory[process] / MIB,
      unit: 'MiB',
      want: 'as small',
    }));
  return [
    { what: `${of}: preview`, engine: preview.ms / 1_000, unit: 's' },
    { what: `${of}: gathered`, engine: (count * 1_000) / gathered.ms, unit: 'leads/s' },
    { what: `${of}: sent, first quarter`, engine: sending.first, unit: 'mails/s' },
    { what: `${of}: sent, last quarter`, engine: sending.last, unit: 'mails/s' },
    ...memory('previewing', preview),
    ...memory('gathering', gathered),
    ...memory('sending', sending),
    ...Object.entries(told)
      .filter(([, ms]) => !Number.isNaN(ms))
      .map(([what, ms]) => ({ what: `${of}: ${what}`, engine: ms, unit: 'ms' })),
    { what: `${of}: heap in use of a process that does the same`, engine: heapMiB, unit: 'MiB', want: 'as small' },
    { what: `${of}: history of its process`, engine: history, unit: 'events' },
    ...Object.entries(pages).map(([what, { p95 }]) => ({
      what: `${of}: ${what}, p95`,
      engine: p95,
      unit: 'ms',
      want: `< ${PAGE_WANTED_MS} ms`,
    })),
  ];
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
