/**
 * `npm run bench`: measures what docs/performance.md reports, on its own stack in a temporary folder, with the same durability as in
 * daily use. Figures are compared with a floor that is measured in the same run: absolute figures depend mostly on the machine.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../src/runtime/config.ts';
import { onInterruption } from '../src/stack/interruption.ts';
import { freePortSettings } from '../src/stack/ports.ts';
import { createProgress } from '../src/stack/progress.ts';
import { publishFolders } from '../src/cli/publish.ts';
import { startStack, type Stack } from '../src/stack/supervisor.ts';
import { openBench, type Bench, type Measured, type Row } from './bench.ts';
import { measureBroadcast } from './broadcast.ts';
import { startReporter, type Reporter } from './children.ts';
import { measureCadence } from './cadence.ts';
import { measureCrowd } from './crowd.ts';
import { measureEvents } from './events.ts';
import { measureKeptUp } from './kept-up.ts';
import { measureKinds } from './kinds.ts';
import { measureLists } from './lists.ts';
import { measureReports } from './reports.ts';
import { measureMail } from './mail.ts';
import { measureMemory } from './memory.ts';
import { measurePlan } from './plan.ts';
import { pictureOf } from './picture.ts';
import { measureReaction } from './reaction.ts';
import { tableOf } from './report.ts';
import { measureSimulate } from './simulate.ts';
import { measureStart } from './start.ts';
import { measureStep } from './step.ts';

interface Benchmark {
  about: string;
  measure: (bench: Bench) => Promise<Measured>;
}

/** The benchmarks in their order. The last four work on the rows that `lists` generates, or generate them: the rows stay there. */
const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  start: { about: 'from POST /v1/leads to the first email accepted by SMTP', measure: measureStart },
  events: { about: 'POST /v1/events, scored, with ledger', measure: measureEvents },
  reaction: { about: 'from a click to the salesperson’s email accepted by SMTP', measure: measureReaction },
  'kept-up': { about: 'what comes in, with and without what reports keep up', measure: measureKeptUp },
  mail: { about: 'render, record and send', measure: measureMail },
  broadcast: { about: 'one message to many leads', measure: measureBroadcast },
  crowd: { about: 'a broadcast to very many leads, by the whole stack', measure: measureCrowd },
  step: { about: 'drip steps while leads sleep', measure: measureStep },
  memory: { about: 'worker and API while leads sleep and step', measure: measureMemory },
  kinds: { about: 'a step of each kind', measure: measureKinds },
  simulate: { about: 'sixty days of one persona, from the command to its page', measure: measureSimulate },
  lists: { about: 'pages of a large database', measure: measureLists },
  reports: { about: 'every report, over the same rows', measure: measureReports },
  plan: { about: 'the plan of a change of the scoring rules, over the same rows', measure: measurePlan },
  cadence: { about: 'plan, segments and migration in the same database', measure: measureCadence },
};
const NAMES = Object.keys(BENCHMARKS);

const options = new Command('bench')
  .option('--quick', 'smaller and fewer rounds: a few minutes')
  .option('--only <names>', `some of: ${NAMES.join(', ')}; with commas between`)
  .option('--json <file>', 'writes the figures there')
  .option('--svg <file>', 'draws the shares of the floor there')
  .option('--sleeping <counts>', 'leads asleep at the stages of step, as 1000,10000,50000', risingNumbers)
  .option('--burst <count>', 'leads that step at one instant in memory, as 10000', wholeNumber)
  .option('--leads <count>', 'leads of lists and cadence', wholeNumber)
  .option('--events <count>', 'events of lists and cadence', wholeNumber)
  .option('--mails <count>', 'mails of a round of broadcast, as 5000', wholeNumber)
  .option('--recipients <count>', 'leads of crowd, as 1000000', wholeNumber)
  .parse()
  .opts<{
    quick?: boolean;
    only?: string;
    json?: string;
    svg?: string;
    sleeping?: number[];
    burst?: number;
    leads?: number;
    events?: number;
    mails?: number;
    recipients?: number;
  }>();
function wholeNumber(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError('It has to be a whole number.');
  return Number(value);
}

function risingNumbers(value: string): number[] {
  const numbers = value.split(',').map(wholeNumber);
  if (numbers.some((number, index) => number <= (numbers[index - 1] ?? 0)))
    throw new InvalidArgumentError('Each stage has to have more than the one before, as 1000,10000.');
  return numbers;
}

const chosen = options.only?.split(',') ?? NAMES;
const unknown = chosen.find((name) => !(name in BENCHMARKS));
if (unknown !== undefined) {
  console.error(`There is no benchmark ‘${unknown}’; there is: ${NAMES.join(', ')}.`);
  process.exit(2);
}

// Checked first, so that an hour of measuring is not lost because the file cannot be written.
for (const file of [options.json, options.svg]) if (file !== undefined) await (await open(file, 'a')).close();

const say = (line: string): void => console.error(line);
// The servers are separate processes, so they are stopped however the run ends. Errors that follow from this are not reported.
const interruption = onInterruption(() => say('Stopping …'));
let stack: Stack | undefined;
let ending: Promise<void> | undefined;
const clear = (): Promise<void> => (ending ??= clearAll());
interruption.addEventListener('abort', () => {
  process.exitCode = 130;
  // While it comes up, the stack stops itself. What a benchmark waits for will not come any more.
  if (stack !== undefined) void clear().finally(() => process.exit());
});
process.on('uncaughtException', (cause) => {
  if (interruption.aborted) return;
  console.error(cause);
  process.exitCode = 1;
  void clear().finally(() => process.exit());
});
const dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-bench-'));
const sink = startReporter('./sink.ts', {});
try {
  await sink.reaches('port', 1, 10_000);
  const config = loadConfig({
    DATA_DIR: dataDir,
    SMTP_URL: `smtp://127.0.0.1:${sink.value('port')}`,
    ...(await freePortSettings()),
    PLAYBOOK_DIR: path.join(import.meta.dirname, 'playbook'),
    LOG_LEVEL: 'warn',
    WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    WEBHOOK_ALLOW: '127.0.0.1',
  });
  stack = await startStack(config, {
    progress: createProgress(process.stderr),
    signal: interruption,
    beforeEntries: async (ready) => void (await publishFolders(ready, { author: 'bench' })),
  });
  await measureAll(stack, sink);
} catch (error) {
  if (!interruption.aborted) console.error(error);
  process.exitCode ??= 1;
} finally {
  await clear();
}

async function clearAll(): Promise<void> {
  try {
    await stack?.stop();
  } finally {
    sink.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function measureAll(on: Stack, sink: Reporter): Promise<void> {
  const { quick = false, sleeping, burst, leads, events, mails, recipients } = options;
  const bench = await openBench({
    stack: on,
    sink,
    quick,
    sizes: { sleeping, burst, leads, events, mails, recipients },
    say,
  });
  const rows: Row[] = [];
  const figures: Record<string, Measured> = {};
  for (const [name, { about, measure }] of Object.entries(BENCHMARKS)) {
    if (!chosen.includes(name) || interruption.aborted) continue;
    const since = Date.now();
    say(`${name}: ${about}`);
    try {
      figures[name] = await measure(bench);
      rows.push(...figures[name].rows);
      say(`  took ${((Date.now() - since) / 1000).toFixed(0)} s`);
    } catch (error) {
      // The others are worth having all the same.
      if (!interruption.aborted) console.error(error);
      process.exitCode ??= 1;
    }
  }
  const { server } = bench;
  console.log(tableOf(rows));
  console.log(`On ${cpus().length} cores, Node ${process.version}, Temporal ${server.version} with ${server.store}.`);
  const at = new Date().toISOString();
  const report = { at, node: process.version, temporal: server, cpus: cpus().length, load: loadavg(), quick, figures };
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.svg !== undefined) await writeFile(options.svg, pictureOf(rows));
  await bench.close().catch(() => {});
}
