/**
 * `npm run chaos`: the real stack under load is shot at, and afterwards it is looked at from outside whether every promise was
 * kept. Exit code 0 only if so. What it does comes from the seed; see docs/reliability.md.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { readSink } from './check/evidence.ts';
import { INVARIANTS } from './check/invariants.ts';
import { shoot } from './faults/shoot.ts';
import { giveUp } from './give-up.ts';
import { type Calm, type Course, gather, verify, waitUntilQuiet } from './verify.ts';
import { live } from './load.ts';
import { openConsole } from './console.ts';
import { broadcastAll } from './marketer.ts';
import { BOSS, manage } from './managers.ts';
import { REPS } from './plan-managers.ts';
import { planOf } from './plan.ts';
import { describePlan, describeRun, seconds, type Verdict } from './report.ts';
import { startReaders } from './readers.ts';
import { startReps } from './reps.ts';
import { restore, withoutFaults } from './restore.ts';
import { inSession, type Session } from './session.ts';

const atLeast =
  (least: number, why = '') =>
  (text: string): number => {
    if (!(Number(text) >= least)) throw new InvalidArgumentError(`It must be a number from ${least} on${why}.`);
    return Number(text);
  };
/** Both forms have a size of their own. */
const SIZES = ['leads', 'minutes'];
const options = new Command('chaos')
  .option(
    '--leads <n>',
    'how many leads',
    atLeast(40, ': with fewer the defect of the bad deploy may meet nobody'),
    500,
  )
  .option('--minutes <n>', 'how long it is shot at', atLeast(1), 10)
  .option('--seed <n>', 'what is done, and when', atLeast(1), 1)
  .addOption(new Option('--short', '40 leads in one minute: under three minutes in all').conflicts(SIZES))
  .addOption(
    new Option(
      '--restore',
      'puts back a backup that is older than the processes, in place of all other faults: 40 leads',
    ).conflicts(SIZES),
  )
  .option('--keep', 'leaves the folder with the logs, the record and the database there')
  .option('--plan', 'prints the plan and ends')
  .parse()
  .opts<{
    leads: number;
    minutes: number;
    seed: number;
    short?: true;
    restore?: true;
    keep?: true;
    plan?: true;
  }>();

const [leads, minutes] = options.short || options.restore ? [40, 1] : [options.leads, options.minutes];
const planned = planOf({ seed: options.seed, leads, durationMs: minutes * 60_000 });
const plan = options.restore ? withoutFaults(planned) : planned;
const CALM: Calm =
  minutes < 5 ? { calmMs: 4_000, patienceMs: 300_000 + minutes * 20_000 } : { calmMs: 75_000, patienceMs: 600_000 };

async function shootAndVerify(session: Session): Promise<Verdict[]> {
  const { client, record, stack, temporal } = session;
  const course: Course = { deployments: { done: [], wedged: [] }, struck: [], restless: [] };
  const startedAt = Date.now();
  const tell = (text: string): void => session.say(`${seconds(Date.now() - startedAt)}  ${text}`);
  const board = await openConsole(client, stack.config.databaseUrl, [...REPS, BOSS]);
  const reps = startReps({ seed: plan.seed, client, record, desk: board });
  const readers = startReaders({ seed: plan.seed, client, record, mails: () => readSink(stack) });
  const over = new AbortController();
  const ticker = setInterval(() => {
    const taken = readSink(stack).filter(({ fate }) => fate === 'taken').length;
    tell(`${record.answers.length} requests answered, ${taken} mails taken`);
  }, 15_000);
  try {
    const shooting = shoot({ stack, temporal, deployments: course.deployments, say: tell }, plan.faults, startedAt);
    const managing = manage(plan.managing, { client, board, record, startedAt });
    const { taskQueue } = stack.config.temporal;
    const marketer = { client, temporal, taskQueue, record, startedAt, signal: over.signal };
    const casting = broadcastAll(plan.casting, marketer);
    const living = live(plan, client, record, startedAt, shooting).then(async () => {
      await Promise.all([managing, casting]);
    });
    course.struck = await shooting;
    tell('the faults are over; waiting until all is quiet');
    reps.hurry();
    const lived = living.then(() => readers.stop());
    await Promise.race([lived, sleep(CALM.patienceMs, undefined, { ref: false })]);
    course.restless = await waitUntilQuiet(session, CALM);
    over.abort();
    await giveUp(client, reps.stop(), readers.stop(), living);
    tell('the invariants are checked');
  } finally {
    clearInterval(ticker);
    over.abort();
    client.giveUp();
    await Promise.all([reps.stop(), readers.stop()]);
  }
  const { verdicts, evidence } = await verify(INVARIANTS, () => gather(session, course));
  console.log(`\n${describeRun(evidence, client.statuses)}\n`);
  return verdicts;
}

console.log(describePlan(plan));
const what = options.restore ? 'a backup put back' : `${leads} leads, ${minutes} min`;
process.exitCode = options.plan
  ? 0
  : await inSession(plan, { title: `Seed ${plan.seed}, ${what}`, keep: options.keep === true }, (session) =>
      options.restore ? restore(session, CALM) : shootAndVerify(session),
    );
