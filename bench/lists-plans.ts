/** Collects the plans of slow statements of the engine, as PostgreSQL logs them. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bench } from './bench.ts';

/** A statement that reads one or two indexes takes less than this. */
const SLOW_MS = 10;
const MARK = 'plan:';

/** Makes the server log the plan of each slow statement from now on. `stop` returns the plans, the slowest of each statement. */
export async function collectPlans({ admin, stack }: Bench): Promise<{ stop(): Promise<string[]> }> {
  const set = async (name: string, value: string): Promise<void> => {
    await admin.query(
      `ALTER DATABASE ${(await admin.query<{ name: string }>('SELECT quote_ident(current_database()) AS name')).rows[0]?.name} SET ${name} = ${value}`,
    );
  };
  await set('session_preload_libraries', `'auto_explain'`);
  await set('auto_explain.log_min_duration', String(SLOW_MS));
  await set('auto_explain.log_analyze', 'on');
  await set('auto_explain.log_buffers', 'on');
  await set('auto_explain.log_timing', 'off');
  // A session loads this when it begins, so the engine's sessions are ended and opened again.
  await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'nurture-engine'`);
  return {
    stop: async () => {
      const plans = plansIn(await serverLog(stack.config.dataDir)).toSorted((a, b) => durationOf(a) - durationOf(b));
      return [...new Map(plans.map((plan) => [shapeOf(plan), plan])).values()];
    },
  };
}

async function serverLog(dataDir: string): Promise<string> {
  const files = await readdir(dataDir, { recursive: true });
  const logs = files.filter((file) => /postgres[^/]*\.log$/i.test(file));
  return (await Promise.all(logs.map((file) => readFile(path.join(dataDir, file), 'utf8')))).join('\n');
}

/** An entry of the log ends before the next line that begins with a time. */
function plansIn(log: string): string[] {
  return log.split(/\n(?=\d{4}-\d\d-\d\d )/).filter((entry) => entry.includes(MARK) && entry.includes('duration:'));
}

/** Milliseconds. */
function durationOf(plan: string): number {
  return Number(/duration: ([\d.]+) ms/.exec(plan)?.[1] ?? 0);
}

/** Statements that differ only in their values count as the same. */
function shapeOf(plan: string): string {
  return plan
    .slice(plan.indexOf(MARK))
    .replaceAll(/'[^']*'|\d+(\.\d+)?/g, '?')
    .slice(0, 1500);
}
