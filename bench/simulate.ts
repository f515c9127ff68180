/** `nurture simulate` as a marketer runs it on a running stack: sixty days of one persona, from the command to the page with every mail. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { toEnvironment } from '../src/runtime/config-environment.ts';
import type { Bench, Measured } from './bench.ts';
import { quantile } from './measure.ts';

const run = promisify(execFile);
const ROOT = path.join(import.meta.dirname, '..');
const PERSONA = path.join(ROOT, 'playbook', 'personas', 'keen-reader.yaml');
const DAYS = '60';

export async function measureSimulate(bench: Bench): Promise<Measured> {
  const rounds = bench.quick ? 2 : 5;
  // The first makes the template of databases and bundles the process: both are kept.
  const firstMs = await once(bench);
  const laterMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) laterMs.push(await once(bench));
  const p50 = quantile(laterMs, 0.5);
  bench.say(`  sixty days of one persona: ${seconds(p50)} s, the very first time ${seconds(firstMs)} s`);
  return {
    rows: [
      { what: 'simulate: 60 days of one persona, p50', engine: seconds(p50), unit: 's', want: 'under 10 s' },
      { what: 'simulate: the first time on a machine', engine: seconds(firstMs), unit: 's' },
    ],
    details: { firstMs, laterMs },
  };
}

/** The process, its imports and its end are part of what a person waits for. */
async function once({ stack }: Bench): Promise<number> {
  const ofSample = { PLAYBOOK_DIR: path.join(ROOT, 'playbook'), TEMPLATES_DIR: path.join(ROOT, 'templates') };
  const env: NodeJS.ProcessEnv = { ...process.env, ...toEnvironment(stack.config), ...ofSample };
  // The servers of this stack are found by DATA_DIR, as a marketer's command finds them.
  delete env['DATABASE_URL'];
  delete env['TEMPORAL_ADDRESS'];
  const main = path.join(ROOT, 'src', 'cli', 'main.ts');
  const since = performance.now();
  await run(process.execPath, [main, 'simulate', 'ebook-resources', '--persona', PERSONA, '--days', DAYS], {
    env,
    cwd: ROOT,
  });
  return performance.now() - since;
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
