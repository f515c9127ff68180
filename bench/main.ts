/**
 * `npm run bench`: what docs/performance.md reports. A stack of its own in a temporary folder, durable as in daily use; figures
 * are compared with a floor measured in the same run, as absolute ones say more of the machine than of the engine.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { loadConfig } from '../src/config.ts';
import { findFreePorts } from '../src/stack/ports.ts';
import { createProgress } from '../src/stack/progress.ts';
import { startStack } from '../src/stack/supervisor.ts';
import { startReporter } from './children.ts';
import { median } from './measure.ts';
import { measureStart } from './start.ts';

const BENCHMARKS = ['start'] as const;

const options = new Command('bench')
  .option('--quick', 'fewer leads and rounds: under two minutes')
  .option('--only <name>', `one of: ${BENCHMARKS.join(', ')}`)
  .option('--json <file>', 'writes the figures there')
  .parse()
  .opts<{ quick?: boolean; only?: string; json?: string }>();
if (options.only !== undefined && !BENCHMARKS.some((name) => name === options.only)) {
  console.error(`There is no benchmark ‘${options.only}’; there is: ${BENCHMARKS.join(', ')}.`);
  process.exit(2);
}

const say = (line: string): void => console.error(line);
const dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-bench-'));
const sink = startReporter('./sink.ts', {});
await sink.reaches('port', 1, 10_000);
const [api, postgres, temporal, ui, metrics] = await findFreePorts(5);
const config = loadConfig({
  DATA_DIR: dataDir,
  SMTP_URL: `smtp://127.0.0.1:${sink.value('port')}`,
  PORT: String(api),
  POSTGRES_PORT: String(postgres),
  TEMPORAL_PORT: String(temporal),
  TEMPORAL_UI_PORT: String(ui),
  WORKER_METRICS_PORT: String(metrics),
  PLAYBOOK_DIR: path.join(import.meta.dirname, 'playbook'),
  LOG_LEVEL: 'warn',
});
const stack = await startStack(config, { progress: createProgress(process.stderr) });
try {
  say('start: from POST /v1/leads to the first email accepted by SMTP');
  const start = await measureStart(stack, sink, {
    ...(options.quick ? { leads: 200, rounds: 3 } : { leads: 500, rounds: 5 }),
    say,
  });
  const table = new Table({ head: ['benchmark', 'floor', 'engine', 'engine / floor'] });
  table.push([
    'start (leads/s, median)',
    median(start.floor).toFixed(1),
    median(start.engine).toFixed(1),
    start.ratio.toFixed(2),
  ]);
  console.log(table.toString());
  const report = { at: new Date().toISOString(), node: process.version, cpus: cpus().length, start };
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  await stack.stop();
  sink.stop();
  await rm(dataDir, { recursive: true, force: true });
}
