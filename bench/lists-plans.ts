/** How the database carried out what was slow: the plans of the engine's own statements, as PostgreSQL itself logs them. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bench } from './bench.ts';

/** Below it lies what reads an index or two. */
const SLOW_MS = 10;
const MARK = 'plan:';

/** Makes the server log the plan of whatever takes long from now on; `stop` answers with those plans, the slowest of each statement. */
export async function collectPlans({ db, stack }: Bench): Promise<{ stop(): Promise<string[]> }> {
  const set = async (name: string, value: string): Promise<void> => {
    await db.query(
      `ALTER DATABASE ${(await db.query<{ name: string }>('SELECT quote_ident(current_database()) AS name')).rows[0]?.name} SET ${name} = ${value}`,
    );
  };
  await set('session_preload_libraries', `'auto_explain'`);
  await set('auto_explain.log_min_duration', String(SLOW_MS));
  await set('auto_explain.log_analyze', 'on');
  await set('auto_explain.log_buffers', 'on');
  await set('auto_explain.log_timing', 'off');
  // Sessions load it when they begin: those of the engine's pools begin anew.
  await db.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'nurture-engine'`);
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

/** An entry goes on until a line that begins with a time. */
function plansIn(log: string): string[] {
  return log.split(/\n(?=\d{4}-\d\d-\d\d )/).filter((entry) => entry.includes(MARK) && entry.includes('duration:'));
}

/** Milliseconds. */
function durationOf(plan: string): number {
  return Number(/duration: ([\d.]+) ms/.exec(plan)?.[1] ?? 0);
}

/** The same statement with other values is the same. */
function shapeOf(plan: string): string {
  return plan
    .slice(plan.indexOf(MARK))
    .replaceAll(/'[^']*'|\d+(\.\d+)?/g, '?')
    .slice(0, 1500);
}
