/**
 * `npm run chaos`: the real stack under load is shot at, and afterwards it is looked at from outside whether every promise was
 * kept. Exit code 0 only if so. What it does comes from the seed; see docs/reliability.md.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { Command, InvalidArgumentError } from 'commander';
import { readFolders } from '../src/publish.ts';
import { createProgress } from '../src/stack/progress.ts';
import { type Evidence, readProcesses, readRows, readSink, type Rows } from './check/evidence.ts';
import { INVARIANTS } from './check/invariants.ts';
import { leftBehind } from './check/left-behind.ts';
import { type ChaosClient, createClient } from './client.ts';
import { shoot } from './faults/shoot.ts';
import { live } from './load.ts';
import { type Plan, planOf } from './plan.ts';
import { unquiet } from './quiet.ts';
import { createRecord, type Record } from './record.ts';
import { describePlan, describeRun, describeVerdicts, seconds, type Verdict } from './report.ts';
import { startReps } from './reps.ts';
import { type ChaosStack, startChaosStack } from './stack.ts';

const number = (text: string): number => {
  if (!(Number(text) > 0)) throw new InvalidArgumentError('must be a number above 0');
  return Number(text);
};
const options = new Command('chaos')
  .option('--leads <n>', 'how many leads', number, 500)
  .option('--minutes <n>', 'how long it is shot at', number, 10)
  .option('--seed <n>', 'what is done, and when', number, 1)
  .option('--short', '40 leads in one minute: under three minutes in all')
  .option('--keep', 'leaves the folder with the logs, the record and the database there')
  .option('--plan', 'prints the plan and ends')
  .parse()
  .opts<{ leads: number; minutes: number; seed: number; short?: true; keep?: true; plan?: true }>();

const [leads, minutes] = options.short ? [40, 1] : [options.leads, options.minutes];
const plan = planOf({ seed: options.seed, leads, durationMs: minutes * 60_000 });
/** After the last fault: for how long nothing may fall due, and how long is waited for that. */
const CALM =
  minutes < 5 ? { calmMs: 4_000, patienceMs: 70_000 + minutes * 20_000 } : { calmMs: 75_000, patienceMs: 600_000 };
const QUIET_LOOKS = 2;
/** A lead may fall due between the look at its row and the look at its process: what is wrong must stay wrong. */
const JUDGED_AT_MOST = 4;
const JUDGED_EVERY_MS = 5_000;

/** One line each: why a part did not start stands in its log. */
const say = (text: string): void => {
  if (DEATH.test(text)) deaths.push(`${new Date().toISOString()} ${text.split(';', 1).join('')}`);
  console.error(text.split('\n', 1).join(''));
};
const deaths: string[] = [];
/** Said of a process that was up; one that cannot start while its servers are down is another matter. */
const DEATH = /^(api|worker)-\d ended \(exit/;

async function waitUntilQuiet(stack: ChaosStack): Promise<void> {
  const deadline = Date.now() + CALM.patienceMs;
  let quiet = 0;
  for (let told = 0; quiet < QUIET_LOOKS && Date.now() < deadline; told += 1) {
    await sleep(2_000);
    const why = unquiet(await readRows(stack.config.databaseUrl), CALM.calmMs);
    quiet = why.length === 0 ? quiet + 1 : 0;
    if (told % 5 === 0 && why.length > 0) say(`  waiting: ${why.join(', ')}`);
  }
  if (quiet < QUIET_LOOKS) say('  It did not become quiet in time; it is judged as it stands.');
}

async function run(stack: ChaosStack, temporal: Client, client: ChaosClient, record: Record): Promise<void> {
  const startedAt = Date.now();
  const tell = (text: string): void => say(`${seconds(Date.now() - startedAt)}  ${text}`);
  const reps = startReps({ seed: plan.seed, client, record });
  const ticker = setInterval(() => {
    tell(
      `${record.answers.length} requests answered, ${readSink(stack).filter(({ fate }) => fate === 'taken').length} mails taken`,
    );
  }, 15_000);
  try {
    const living = live(plan, client, record, startedAt);
    await shoot({ stack, temporal, say: tell }, plan.faults, startedAt);
    tell('the faults are over; waiting until all is quiet');
    reps.hurry();
    await Promise.race([living, sleep(CALM.patienceMs)]);
    await waitUntilQuiet(stack);
  } finally {
    clearInterval(ticker);
    client.giveUp();
    await reps.stop();
  }
}

async function gather(stack: ChaosStack, temporal: Client, client: ChaosClient, record: Record): Promise<Evidence> {
  const { playbook } = await readFolders(stack.config);
  const rows: Rows = await readRows(stack.config.databaseUrl);
  return {
    ...rows,
    plan: plan satisfies Plan,
    mails: readSink(stack),
    processes: await readProcesses(
      temporal,
      rows.leads.map(({ id }) => id),
    ),
    answers: record.answers,
    unexpected: client.unexpected,
    deaths,
    halfLifeMs: playbook.scoring.halfLifeMs,
    points: new Map(playbook.scoring.engagement.map(({ event, points }) => [event, points])),
  };
}

/** Fills in the verdicts and answers with what they were given on. */
async function judge(verdicts: Verdict[], look: () => Promise<Evidence>): Promise<Evidence> {
  for (let time = 1; ; time += 1) {
    const evidence = await look();
    const found = INVARIANTS.map(({ holds, check }) => ({ holds, ...check(evidence) }));
    const held = found.every(({ offenders }) => offenders.length === 0);
    if (!held && time < JUDGED_AT_MOST) {
      await sleep(JUDGED_EVERY_MS);
      continue;
    }
    verdicts.push(...found);
    return evidence;
  }
}

async function main(): Promise<number> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-chaos-'));
  const record = createRecord(path.join(dataDir, 'answers.jsonl'));
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopped.abort(new Error(name)));
  const stack = await startChaosStack(dataDir, {
    progress: createProgress(process.stderr),
    say,
    signal: stopped.signal,
  });
  stopped.signal.addEventListener('abort', () => void stack.stop().finally(() => process.exit(130)));
  const verdicts: Verdict[] = [];
  const { address, namespace } = stack.config.temporal;
  const connection = await Connection.connect({ address });
  try {
    const temporal = new Client({ connection, namespace });
    const client = createClient(stack.apis, stack.config.adminApiKey);
    await run(stack, temporal, client, record);
    const evidence = await judge(verdicts, () => gather(stack, temporal, client, record));
    console.log(`\n${describeRun(evidence, client.statuses)}\n`);
  } finally {
    await connection.close();
    await stack.stop();
  }
  verdicts.push({ holds: 'no process is left behind', checked: 1, offenders: await leftBehind(dataDir, stack.ports) });
  console.log(describeVerdicts(verdicts));
  const held = verdicts.every(({ offenders }) => offenders.length === 0);
  console.log(
    `\nSeed ${plan.seed}, ${leads} leads, ${minutes} min: ${held ? 'every invariant held.' : 'NOT every invariant held.'}`,
  );
  if (options.keep || !held) say(`Logs, record and database: ${dataDir}`);
  else await rm(dataDir, { recursive: true, force: true });
  return held ? 0 : 1;
}

console.log(describePlan(plan));
process.exitCode = options.plan ? 0 : await main();
