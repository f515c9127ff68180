/** Steps per second while more and more leads sleep, and what a step and a sleeping lead cost in history and in bytes. */
import type { Bench, Measured, Row } from './bench.ts';
import { startFloorWorker, type FloorWorker } from './floor.ts';
import { median, until } from './measure.ts';
import { sampleMemory, watchMemory, type MemoryOfBoth } from './resident.ts';
import { databaseBytes, historyOf, type History } from './footprint.ts';
import { seedLeads } from './seed-leads.ts';
import { beforeStep, inThreeDays, putToSleep, startProcesses } from './sleepers.ts';

const SIZES = {
  quick: { sleeping: [100, 300], steps: 30, perStart: 60 },
  full: { sleeping: [1_000, 10_000, 50_000], steps: 500, perStart: 25 },
};
const PATIENCE_MS = 600_000;
/** Leads of a batch whose history is looked at. */
const LOOKED_AT = 10;

export interface Stage {
  sleeping: number;
  /** Steps per second. */
  engine: number;
  floor: number;
  ratio: number;
  /** Of one step, median. */
  history: History;
  bytesPerStep: number;
  /** In both databases, of a lead put to sleep at this stage. */
  bytesPerSleeper: number;
  /** Of a process that sleeps. */
  sleeper: History;
  memory: { asleep: MemoryOfBoth; peak: MemoryOfBoth };
}

/** Runs once, whichever of the two benchmarks that report it are asked for. */
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
  const rows: Row[] = measured.map(({ sleeping, floor, engine, ratio }) => ({
    what: `step, ${sleeping} leads asleep`,
    floor,
    engine,
    ratio,
    unit: 'steps/s',
  }));
  const figure = (what: string, engine: number, unit: string, want?: string): Row => ({
    what: `step: ${what}`,
    engine,
    unit,
    ...(want === undefined ? {} : { want }),
  });
  return {
    rows: [
      ...rows,
      figure(`cost of one, ${last.sleeping} to ${first.sleeping} asleep`, first.engine / last.engine, '×', '≤ 1.2'),
      figure('the same, to the floor', first.ratio / last.ratio, '×', '≤ 1.2'),
      figure('history events', last.history.events, 'a step', '≤ 11'),
      figure('state transitions, one at a time', alone.transitions, 'a step', '≤ 6'),
      figure('state transitions, all at one instant', last.history.transitions, 'a step', '≤ 6'),
      figure('history', last.history.bytes, 'bytes a step'),
      figure('both databases', last.bytesPerStep, 'bytes a step'),
      figure('history of a sleeping lead', last.sleeper.bytes, 'bytes'),
      figure('both databases, sleeping lead', last.bytesPerSleeper, 'bytes'),
    ],
    details: { stages: measured, alone },
  };
}

/** What a step costs in history when the worker has a free hand for it, as it has but in a burst: one lead after the other. */
async function measureAlone(bench: Bench): Promise<History> {
  const { count, aheadMs } = bench.quick ? { count: 3, aheadMs: 4_000 } : { count: LOOKED_AT, aheadMs: 10_000 };
  const dueFrom = Date.now() + aheadMs;
  const leads = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      seedLeads(bench.db, {
        tag: `alone-${bench.run}-${n}`,
        count: 1,
        score: 0,
        standing: beforeStep(new Date(dueFrom + n * 1_000)),
      }),
    ),
  );
  await startProcesses(bench, leads.flat());
  const ids = leads.flat().map(({ leadId }) => leadId);
  const before = await settledHistory(bench, ids);
  mustBeAhead(dueFrom);
  await allStand(bench, ids);
  return growth(before, await settledHistory(bench, ids));
}

/** Of one process, median. */
function growth(before: readonly History[], after: readonly History[]): History {
  const grew = (field: keyof History): number => median(after.map((now, n) => now[field] - (before[n]?.[field] ?? 0)));
  return { events: grew('events'), transitions: grew('transitions'), bytes: grew('bytes') };
}

async function measureStages(bench: Bench): Promise<Stage[]> {
  const usual = bench.quick ? SIZES.quick : SIZES.full;
  const { sleeping = usual.sleeping, steps = usual.steps } = bench.sizes;
  const size = { ...usual, sleeping, steps };
  const floor = await startFloorWorker(bench);
  try {
    const measured: Stage[] = [];
    let asleep = 0;
    for (const sleeping of size.sleeping) {
      const before = await databaseBytes(bench.db);
      await putToSleep(bench, {
        tag: `asleep-${bench.run}-${sleeping}`,
        count: sleeping - asleep,
        score: 0,
        standing: beforeStep(inThreeDays()),
      });
      const after = await databaseBytes(bench.db);
      const bytesPerSleeper = (after - before) / (sleeping - asleep);
      asleep = sleeping;
      const stage = await measureStage(bench, floor, sleeping, size);
      measured.push({ ...stage, bytesPerSleeper });
      bench.say(
        `  ${sleeping} asleep: floor ${stage.floor.toFixed(1)} steps/s, engine ${stage.engine.toFixed(1)} steps/s`,
      );
    }
    return measured;
  } finally {
    floor.stop();
  }
}

/** The batch sleeps with the others until all of it is due at one instant; what counts is from there to the last mail. */
async function measureStage(
  bench: Bench,
  floor: FloorWorker,
  sleeping: number,
  { steps, perStart }: { steps: number; perStart: number },
): Promise<Omit<Stage, 'bytesPerSleeper'>> {
  const floorDueAt = Date.now() + perStart * steps + 2_000;
  await floor.start('floorStep', String(sleeping), steps, [floorDueAt]);
  mustBeAhead(floorDueAt);
  const floorUntil = await floor.reaches(floor.done() + steps);

  const dueAt = Date.now() + 2 * perStart * steps + 4_000;
  const batch = await seedLeads(bench.db, {
    tag: `step-${bench.run}-${sleeping}`,
    count: steps,
    score: 0,
    standing: beforeStep(new Date(dueAt)),
  });
  await startProcesses(bench, batch);
  const some = batch.slice(0, LOOKED_AT).map(({ leadId }) => leadId);
  const historyBefore = await settledHistory(bench, some);
  mustBeAhead(dueAt);
  const bytesBefore = await databaseBytes(bench.db);
  const asleep = await sampleMemory(bench.stack);
  const memory = watchMemory(bench.stack);
  const taken = bench.sink.value('taken');
  await bench.sink.reaches('taken', taken + steps, PATIENCE_MS);
  const lastAt = bench.sink.value('at');
  const peak = await memory.stop();
  await allStand(
    bench,
    batch.map(({ leadId }) => leadId),
  );
  const historyAfter = await settledHistory(bench, some);
  const bytesPerStep = ((await databaseBytes(bench.db)) - bytesBefore) / steps;
  const floorRate = (steps * 1000) / (floorUntil - floorDueAt);
  const engineRate = (steps * 1000) / (lastAt - dueAt);
  return {
    sleeping,
    engine: engineRate,
    floor: floorRate,
    ratio: engineRate / floorRate,
    history: growth(historyBefore, historyAfter),
    sleeper: {
      events: median(historyBefore.map(({ events }) => events)),
      transitions: median(historyBefore.map(({ transitions }) => transitions)),
      bytes: median(historyBefore.map(({ bytes }) => bytes)),
    },
    bytesPerStep,
    memory: { asleep, peak },
  };
}

function mustBeAhead(dueAt: number): void {
  if (Date.now() > dueAt)
    throw new Error(
      `The batch fell due ${Date.now() - dueAt} ms before all of it slept: this machine needs a longer lead`,
    );
}

/** The last workflow task of a step comes after its row: histories count when they have stopped growing. */
async function settledHistory(bench: Bench, ids: readonly string[]): Promise<History[]> {
  const eventsOf = (histories: readonly History[]): number => histories.reduce((sum, { events }) => sum + events, 0);
  for (let before = await historyOf(bench.temporal, ids); ;) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const now = await historyOf(bench.temporal, ids);
    if (eventsOf(now) === eventsOf(before)) return now;
    before = now;
  }
}

/** The mail is out before the step is written down: history and bytes count when all stand before what comes next. */
async function allStand(bench: Bench, ids: readonly string[]): Promise<void> {
  await until('all stand before their next step', PATIENCE_MS, async () => {
    const { rows } = await bench.db.query<{ left: number }>(
      `SELECT count(*)::int AS left FROM enrollments WHERE lead_id = ANY($1) AND step_id = 'second'`,
      [ids],
    );
    return rows[0]?.left === 0;
  });
}
