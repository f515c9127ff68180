/** Steps per second while more and more leads sleep, and what a step and a sleeping lead cost in history and in bytes. */
import type { Bench, Measured, Row } from './bench.ts';
import { startFloorWorker, type FloorWorker } from './floor.ts';
import { until } from './measure.ts';
import { sampleMemory, watchMemory, type MemoryOfBoth } from './resident.ts';
import { databaseBytes, type History } from './footprint.ts';
import { inTime } from './in-time.ts';
import { seedLeads } from './seed-leads.ts';
import { growthOf, rate, settledHistory, type Size, sizeOf, timeFloor } from './step-parts.ts';
import { CACHED_PROCESSES } from '../src/activities/worker-options.ts';
import { beforeStep, inThreeDays, putToSleep, startProcesses } from './sleepers.ts';

const SIZES = {
  quick: { sleeping: [100, 300], steps: 20, perStart: 50, spareMs: 1_500, burst: 40 },
  full: { sleeping: [1_000, 10_000, 50_000], steps: 500, perStart: 25, spareMs: 4_000, burst: 10_000 },
};
const PATIENCE_MS = 600_000;
/** The number of leads of a batch whose history is read. */
const LOOKED_AT = 10;

/** The figures of leads that took a step at the same instant. */
interface Batch {
  /** Steps per second. */
  rate: number;
  /** Processes that had to be replayed. */
  replays: number;
  /** Of one step, median. */
  history: History;
  /** Of a process that sleeps. */
  sleeper: History;
  bytesPerStep: number;
  memory: { asleep: MemoryOfBoth; peak: MemoryOfBoth };
}

export interface Stage {
  sleeping: number;
  /** Steps per second. */
  floor: number;
  /** Processes that the worker still had in memory. */
  cached: Batch;
  /** Null when the worker keeps all sleeping processes in memory. */
  replayed: Batch | null;
  /** Bytes of one sleeping lead in both databases, at this stage. */
  bytesPerSleeper: number;
}

/** Runs once, even when both benchmarks that report it are asked for. */
let stages: Promise<Stage[]> | undefined;
export function runStages(bench: Bench): Promise<Stage[]> {
  stages ??= measureStages(bench);
  return stages;
}

export async function measureStep(bench: Bench): Promise<Measured> {
  const measured = await runStages(bench);
  const alone = await measureAlone(bench);
  const [first] = measured;
  const last = measured.at(-1);
  if (first === undefined || last === undefined) throw new Error('Nothing was measured');
  const rowsOf = ({ sleeping, floor, cached, replayed }: Stage): Row[] => {
    const row = (what: string, engine: number): Row => ({
      what,
      floor,
      engine,
      ratio: engine / floor,
      unit: 'steps/s',
    });
    return [
      row(`step, ${sleeping} leads asleep`, cached.rate),
      ...(replayed === null ? [] : [row(`step, ${sleeping} leads asleep, replayed`, replayed.rate)]),
    ];
  };
  const figure = (what: string, engine: number, unit: string, want?: string): Row => ({
    what: `step: ${what}`,
    engine,
    unit,
    ...(want === undefined ? {} : { want }),
  });
  const dearer = (what: string, from: number | undefined, to: number | undefined): Row[] =>
    from === undefined || to === undefined ? [] : [figure(what, from / to, '×', '≤ 1.2')];
  const span = `${last.sleeping} to ${first.sleeping} asleep`;
  const { history, sleeper, bytesPerStep } = last.cached;
  return {
    rows: [
      ...measured.flatMap(rowsOf),
      ...dearer(`cost of one, ${span}`, first.cached.rate, last.cached.rate),
      ...dearer(`cost of one, ${span}, both replayed`, first.replayed?.rate, last.replayed?.rate),
      ...dearer(`cost of one, ${span}, only the first cached`, first.cached.rate, last.replayed?.rate),
      figure('history events', history.events, 'a step', '≤ 11'),
      figure('state transitions, one at a time', alone.transitions, 'a step', '≤ 6'),
      figure('state transitions, all at one instant', history.transitions, 'a step', '≤ 6'),
      figure('history', history.bytes, 'bytes a step'),
      figure(`${databasesOf(bench)}, a step`, bytesPerStep, 'bytes'),
      figure('history of a sleeping lead', sleeper.bytes, 'bytes'),
      figure(`${databasesOf(bench)}, a sleeping lead`, last.bytesPerSleeper, 'bytes'),
    ],
    details: { stages: measured, alone },
  };
}

/** The databases whose bytes are counted. Temporal's is left out when it is a separate file. */
function databasesOf({ server }: Bench): string {
  return server.store.startsWith('postgres') ? 'both databases' : 'the engine’s database';
}

/** The history that a step costs when the worker is idle: one lead after the other. */
async function measureAlone(bench: Bench): Promise<History> {
  const { count, aheadMs } = bench.quick ? { count: 3, aheadMs: 4_000 } : { count: LOOKED_AT, aheadMs: 10_000 };
  return inTime(bench, aheadMs, async (dueFrom, attempt) => {
    const leads = await Promise.all(
      Array.from({ length: count }, (_, n) =>
        seedLeads(bench.db, {
          tag: `alone-${bench.run}-${attempt}-${n}`,
          count: 1,
          score: 0,
          standing: beforeStep(new Date(dueFrom + n * 1_000)),
        }),
      ),
    );
    await startProcesses(bench, leads.flat());
    const ids = leads.flat().map(({ leadId }) => leadId);
    const before = await settledHistory(bench, ids);
    const isAhead = Date.now() < dueFrom;
    await allStand(bench, ids);
    return isAhead ? growthOf(before, await settledHistory(bench, ids)) : null;
  });
}

/** The number of leads that fall due at the same instant while the other leads sleep. */
export async function runBurst(bench: Bench): Promise<{ steps: number; batch: Batch }> {
  const size = bench.quick ? SIZES.quick : SIZES.full;
  const steps = bench.sizes.burst ?? size.burst;
  return { steps, batch: await timeBatch(bench, `burst-${bench.run}`, { ...size, steps }) };
}

async function measureStages(bench: Bench): Promise<Stage[]> {
  const size = bench.quick ? SIZES.quick : SIZES.full;
  const { sleeping = size.sleeping } = bench.sizes;
  const floor = await startFloorWorker(bench);
  try {
    bench.say('  a batch that is not counted: code is compiled, connections are opened');
    await timeFloor(bench, floor, 'first', size);
    await timeBatch(bench, `first-${bench.run}`, size);
    const measured: Stage[] = [];
    let asleep = 0;
    for (const count of sleeping) {
      const stage = await measureStage(bench, floor, { sleeping: count, asleep }, size);
      measured.push(stage);
      asleep = count;
      const { replayed } = stage;
      bench.say(
        `  ${count} asleep: floor ${stage.floor.toFixed(1)} steps/s, engine ${stage.cached.rate.toFixed(1)}${replayed === null ? '' : `, replayed first ${replayed.rate.toFixed(1)}`}`,
      );
    }
    return measured;
  } finally {
    floor.stop();
  }
}

/**
 * One batch is started before the last sleepers. They are as many as the worker keeps in memory, so the batch is no longer in memory
 * when it falls due, and its processes are replayed first. Another batch is started after the sleepers and is still in memory.
 */
async function measureStage(
  bench: Bench,
  floor: FloorWorker,
  { sleeping, asleep }: { sleeping: number; asleep: number },
  size: Size,
): Promise<Stage> {
  const last = Math.min(CACHED_PROCESSES, sleeping - asleep);
  const isOutgrown = last === CACHED_PROCESSES;
  const tag = `step-${bench.run}-${sleeping}`;
  const bytes = await fallAsleep(bench, `asleep-${bench.run}-${sleeping}`, sleeping - asleep - last);
  let bytesOfLast = 0;
  const floorRate = await timeFloor(bench, floor, String(sleeping), size);
  const pushOut = async (attempt: number): Promise<void> => {
    bytesOfLast = await fallAsleep(bench, `last-${bench.run}-${sleeping}-${attempt}`, last);
  };
  if (!isOutgrown) await pushOut(0);
  const replayed = isOutgrown ? await timeBatch(bench, `${tag}-replayed`, size, pushOut) : null;
  const cached = await timeBatch(bench, tag, size);
  return { sleeping, floor: floorRate, cached, replayed, bytesPerSleeper: (bytes + bytesOfLast) / (sleeping - asleep) };
}

/** The growth of the databases, in bytes. */
async function fallAsleep(bench: Bench, tag: string, count: number): Promise<number> {
  const before = await databaseBytes(bench.admin);
  if (count > 0) await putToSleep(bench, { tag, count, score: 0, standing: beforeStep(inThreeDays()) });
  return (await databaseBytes(bench.admin)) - before;
}

/**
 * Steps per second of leads that fall due at one instant, from there to the last mail.
 * @param pushOut puts so many other leads to sleep that the worker drops the processes of these
 */
function timeBatch(
  bench: Bench,
  tag: string,
  { steps, perStart, spareMs }: Size,
  pushOut?: (attempt: number) => Promise<void>,
): Promise<Batch> {
  const aheadMs = 2 * perStart * (steps + (pushOut === undefined ? 0 : CACHED_PROCESSES)) + spareMs;
  return inTime(bench, aheadMs, async (dueAt, attempt) => {
    const standing = beforeStep(new Date(dueAt));
    const batch = await seedLeads(bench.db, { tag: `${tag}-${attempt}`, count: steps, score: 0, standing });
    const ids = batch.map(({ leadId }) => leadId);
    await startProcesses(bench, batch);
    await pushOut?.(attempt);
    const historyBefore = await settledHistory(bench, ids.slice(0, LOOKED_AT));
    if (Date.now() < dueAt) return timeDue(bench, { ids, dueAt, historyBefore });
    await allStand(bench, ids);
    return null;
  });
}

/** All of them sleep until `dueAt`, and no other lead of the benchmark is about to be mailed. */
async function timeDue(
  bench: Bench,
  { ids, dueAt, historyBefore }: { ids: readonly string[]; dueAt: number; historyBefore: History[] },
): Promise<Batch> {
  const bytesBefore = await databaseBytes(bench.admin);
  const missesBefore = await cacheMisses(bench.stack);
  const asleep = await sampleMemory(bench.stack);
  const memory = watchMemory(bench.stack);
  const taken = bench.sink.value('taken');
  await bench.sink.reaches('taken', taken + ids.length, dueAt - Date.now() + PATIENCE_MS);
  const lastAt = bench.sink.value('at');
  const peak = await memory.stop();
  await allStand(bench, ids);
  const historyAfter = await settledHistory(bench, ids.slice(0, LOOKED_AT));
  return {
    rate: rate(ids.length, dueAt, lastAt),
    replays: (await cacheMisses(bench.stack)) - missesBefore,
    history: growthOf(historyBefore, historyAfter),
    sleeper: sizeOf(historyBefore),
    bytesPerStep: ((await databaseBytes(bench.admin)) - bytesBefore) / ids.length,
    memory: { asleep, peak },
  };
}

/** The number of tasks, since the worker started, whose process was not in its memory. */
async function cacheMisses({ config }: Bench['stack']): Promise<number> {
  const text = await (await fetch(config.workerMetricsUrl)).text();
  return Number(/^temporal_sticky_cache_miss(?:_total)?(?:\{.*\})? (\d+)/m.exec(text)?.[1] ?? 0);
}

/** The mail leaves before the step is recorded, so history and bytes are read once every lead waits for its next step. */
async function allStand(bench: Bench, ids: readonly string[]): Promise<void> {
  await until('all stand before their next step', PATIENCE_MS, async () => {
    const { rows } = await bench.db.query<{ left: number }>(
      `SELECT count(*)::int AS left FROM enrollments WHERE lead_id = ANY($1) AND step_id = 'second'`,
      [ids],
    );
    return rows[0]?.left === 0;
  });
}
