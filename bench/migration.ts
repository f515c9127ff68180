/** Leads on their way migrate to another revision: many that go on sleeping, and some whose processes are told another time. */
import { HIGHEST_RATE } from '../src/domain/bulk-run.ts';
import { publishFolders } from '../src/cli/publish.ts';
import { moveLeads } from '../src/playbook/follow.ts';
import { tellBulkRun } from '../src/temporal/start-bulk-run.ts';
import type { Bench, Row } from './bench.ts';
import type { ChangingPlaybook, Waits } from './changing-playbook.ts';
import { startFloorWorker } from './floor.ts';
import { inParallel, median, pairedRatio, perSecond, until } from './measure.ts';
import { seedLeads } from './seed-leads.ts';
import { inThreeDays, startProcesses } from './sleepers.ts';

const PATIENCE_MS = 3_600_000;
const ROUNDS = { quick: 2, full: 3 };
const AWAKENED = { quick: 40, full: 500 };
const RINGERS = 40;

interface Rounds {
  rows: Row[];
  /** Leads per second. */
  rounds: { engine: number[]; floor: number[] };
}

/** A wait that is still to come gets longer. The floor changes the same rows in one statement, forth and back. */
export async function measureAsleep(bench: Bench, playbook: ChangingPlaybook, enrolled: number): Promise<Rounds> {
  const rounds: Rounds['rounds'] = { engine: [], floor: [] };
  for (let round = 0; round < (bench.quick ? ROUNDS.quick : ROUNDS.full); round += 1) {
    rounds.floor.push(await perSecond(2 * enrolled, () => forthAndBack(bench)));
    rounds.engine.push(await perSecond(enrolled, () => migrate(bench, playbook, { steps: `${4 + round} days` })));
    bench.say(`  migration of ${enrolled} leads: ${lastOf(rounds)}`);
  }
  return { rounds, rows: [rowOf(`cadence: migration of ${enrolled.toLocaleString('en')} leads, none woken`, rounds)] };
}

/** The wait that they are in gets longer: each process is rung, and sleeps anew. The floor is a signal and an activity each. */
export async function measureAwakened(bench: Bench, playbook: ChangingPlaybook): Promise<Rounds> {
  const count = bench.quick ? AWAKENED.quick : AWAKENED.full;
  const floor = await startFloorWorker(bench);
  try {
    const leadIds = await inTheWait(bench, count);
    await floor.start('floorBell', 'moved', count, []);
    const rounds: Rounds['rounds'] = { engine: [], floor: [] };
    const ringAll = async (): Promise<void> => {
      const before = floor.done();
      await inParallel(count, RINGERS, (n) =>
        bench.temporal.workflow.getHandle(`floorBell-${bench.run}-moved-${n}`).signal('ring'),
      );
      await floor.reaches(before + count);
    };
    // Not counted: the first time each process is told where its worker is.
    await ringAll();
    for (let round = 0; round < (bench.quick ? ROUNDS.quick : ROUNDS.full); round += 1) {
      rounds.floor.push(await perSecond(count, ringAll));
      rounds.engine.push(
        await perSecond(count, async () => {
          await migrate(bench, playbook, { bench: `${4 + round} days` });
          await allSleepAnew(bench, leadIds);
        }),
      );
      bench.say(`  migration of ${count} leads whose processes are woken: ${lastOf(rounds)}`);
    }
    return { rounds, rows: [rowOf(`cadence: migration of ${count} leads, all woken`, rounds)] };
  } finally {
    floor.stop();
  }
}

/** Publishes, and waits until the run is over. Publishing counts: a marketer waits for it as well. */
async function migrate(bench: Bench, playbook: ChangingPlaybook, waits: Waits): Promise<void> {
  await playbook.change(waits);
  const [cadence] = Object.keys(waits);
  const { runs } = await publishFolders(playbook.config, {
    author: 'bench',
    follow: (tx, cadences) => moveLeads(tx, cadences, { kind: 'migrate', cadence, rate: HIGHEST_RATE, by: 'bench' }),
  });
  const [runId = ''] = runs;
  await tellBulkRun(bench.temporal, bench.stack.config.temporal.taskQueue, runId);
  await until('the leads are migrated', PATIENCE_MS, async () => {
    const { rows } = await bench.db.query<{ status: string; error: string | null }>(
      'SELECT status, error FROM bulk_runs WHERE id = $1',
      [runId],
    );
    if (rows[0]?.error) throw new Error(`The migration stopped: ${rows[0].error}`);
    return rows[0]?.status === 'done';
  });
}

async function forthAndBack({ db }: Bench): Promise<void> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT id FROM cadence_revisions WHERE cadence = 'bench' ORDER BY number LIMIT 1`,
  );
  const live = `ended_at IS NULL AND cadence = 'steps'`;
  const before = await db.query<{ id: string }>(`SELECT revision_id AS id FROM enrollments WHERE ${live} LIMIT 1`);
  for (const { id } of [...rows, ...before.rows])
    await db.query(`UPDATE enrollments SET revision_id = $1 WHERE ${live}`, [id]);
}

/** Leads whose processes sleep in the wait of the cadence `bench`. */
async function inTheWait(bench: Bench, count: number): Promise<string[]> {
  const standing = { cadence: 'bench', stepId: 'second', dueAt: inThreeDays() };
  const leads = await seedLeads(bench.db, { tag: `moved-${bench.run}`, count, score: 0, standing });
  await startProcesses(bench, leads);
  return leads.map(({ leadId }) => leadId);
}

/** A process that has looked at its lead has written the time it sleeps until. */
async function allSleepAnew({ db }: Bench, leadIds: readonly string[]): Promise<void> {
  await until('all processes sleep until the other time', PATIENCE_MS, async () => {
    const { rows } = await db.query<{ left: number }>(
      `SELECT count(*)::int AS left FROM leads l JOIN enrollments e ON e.lead_id = l.id
       WHERE l.id = ANY($1) AND l.next_due_at IS DISTINCT FROM e.due_at`,
      [leadIds],
    );
    return rows[0]?.left === 0;
  });
}

function lastOf({ engine, floor }: Rounds['rounds']): string {
  return `${engine.at(-1)?.toFixed(0)}/s, floor ${floor.at(-1)?.toFixed(0)}/s`;
}

function rowOf(what: string, { engine, floor }: Rounds['rounds']): Row {
  return { what, engine: median(engine), floor: median(floor), ratio: pairedRatio(engine, floor), unit: 'leads/s' };
}
