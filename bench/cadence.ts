/** A change of a cadence with many leads in it: what the plan and the count of segments take, and how fast the leads migrate. */
import { countLeadsWhere } from '../src/store/lists/segments.ts';
import { planPublish } from '../src/playbook/plan.ts';
import { toPublish } from '../src/playbook/publish.ts';
import { readFolders } from '../src/playbook/read-folders.ts';
import { closeDb, createDb } from '../src/store/db.ts';
import type { Bench, Measured, Row } from './bench.ts';
import { collectPlans } from './lists-plans.ts';
import { median } from './measure.ts';
import { measureAsleep, measureAwakened } from './migration.ts';
import { openPlaybook, type ChangingPlaybook } from './changing-playbook.ts';
import { populate } from './population.ts';

const ROUNDS = { quick: 3, full: 7 };
const WANTED_PLAN = 'under 5 s with 100,000 enrolled';

export async function measureCadence(bench: Bench): Promise<Measured> {
  const size = await populate(bench);
  const plans = await collectPlans(bench);
  const playbook = await openPlaybook(bench.stack.config);
  try {
    const enrolled = await countEnrolled(bench);
    const read = await measureReads(bench, playbook, { leads: size.leads, enrolled });
    const asleep = await measureAsleep(bench, playbook, enrolled);
    const awakened = await measureAwakened(bench, playbook);
    return {
      rows: [...read.rows, ...asleep.rows, ...awakened.rows],
      details: {
        size,
        enrolled,
        times: read.times,
        asleep: asleep.rounds,
        awakened: awakened.rounds,
        plans: await plans.stop(),
      },
    };
  } finally {
    await playbook.close();
  }
}

async function countEnrolled({ db }: Bench): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM enrollments WHERE ended_at IS NULL AND cadence = 'steps'`,
  );
  return rows[0]?.count ?? 0;
}

/** Where everybody stands, and how many leads there are: less than this no statement can read. */
const STANDING =
  'SELECT cadence, revision_id, step_id, count(*) FROM enrollments WHERE ended_at IS NULL GROUP BY 1, 2, 3';
const ALL_LEADS = 'SELECT count(*) FROM leads';

interface Read {
  what: string;
  floor: string;
  engine: () => Promise<unknown>;
  want?: string;
}

async function measureReads(
  bench: Bench,
  playbook: ChangingPlaybook,
  { leads, enrolled }: { leads: number; enrolled: number },
): Promise<{ rows: Row[]; times: Record<string, { engine: number[]; floor: number[] }> }> {
  const db = createDb(bench.stack.config.databaseUrl, { max: 1 });
  try {
    await playbook.change({ steps: '4 days' });
    const changed = await readFolders(playbook.config);
    const input = toPublish(changed);
    const asking = { scope: { kind: 'all' }, playbook: changed.playbook } as const;
    const reads: Read[] = [
      {
        what: `cadence: plan, ${count(enrolled)} enrolled`,
        floor: STANDING,
        engine: () => planPublish(db, input, { mode: 'migrate', nowMs: Date.now() }),
        want: WANTED_PLAN,
      },
      ...changed.playbook.segments.map(({ segment, when }) => ({
        what: `cadence: count of the segment ‘${segment}’, ${count(leads)} leads`,
        floor: ALL_LEADS,
        engine: () => countLeadsWhere(db, when, { ...asking, realNowMs: Date.now() }),
      })),
    ];
    const rows: Row[] = [];
    const times: Record<string, { engine: number[]; floor: number[] }> = {};
    for (const read of reads) {
      const of = await timeRead(bench, read);
      times[read.what] = of;
      const [engine, floor] = [median(of.engine), median(of.floor)];
      bench.say(`  ${read.what}: ${engine.toFixed(0)} ms, floor ${floor.toFixed(0)} ms`);
      rows.push({
        what: read.what,
        engine,
        floor,
        ratio: floor / engine,
        unit: 'ms',
        ...(read.want && { want: read.want }),
      });
    }
    return { rows, times };
  } finally {
    await closeDb(db);
  }
}

/** By turns. The first round of both fills the caches and is not counted. */
async function timeRead(bench: Bench, { floor, engine }: Read): Promise<{ engine: number[]; floor: number[] }> {
  const rounds = bench.quick ? ROUNDS.quick : ROUNDS.full;
  const times = { engine: [] as number[], floor: [] as number[] };
  for (let round = -1; round < rounds; round += 1) {
    const floorMs = await millisecondsOf(() => bench.db.query(floor));
    const engineMs = await millisecondsOf(engine);
    if (round < 0) continue;
    times.floor.push(floorMs);
    times.engine.push(engineMs);
  }
  return times;
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

function count(n: number): string {
  return n.toLocaleString('en');
}
