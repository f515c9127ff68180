/** Leads whose process runs and sleeps until their next step. */
import type { Bench } from './bench.ts';
import { inParallel, until } from './measure.ts';
import { seedLeads, type SeededLead, type SeedOptions } from './seed-leads.ts';
import { leadStartOptions } from '../src/temporal/start-lead.ts';
import { LEAD_WORKFLOW } from '../src/workflows/messages.ts';

const STARTERS = 20;
const PATIENCE_MS = 1_800_000;
const SAY_EVERY_MS = 10_000;

/** The step of the second mail of the cadence `steps`. */
export const beforeStep = (dueAt: Date): NonNullable<SeedOptions['standing']> => ({
  cadence: 'steps',
  stepId: 'second',
  dueAt,
});

export const inThreeDays = (): Date => new Date(Date.now() + 3 * 86_400_000);

/** Writes the leads and starts their processes. Resolves when every process has looked at its lead and sleeps. */
export async function putToSleep(bench: Bench, options: SeedOptions): Promise<SeededLead[]> {
  const leads = await seedLeads(bench.db, options);
  await startProcesses(bench, leads);
  return leads;
}

export async function startProcesses(bench: Bench, leads: readonly SeededLead[]): Promise<void> {
  const { taskQueue } = bench.stack.config.temporal;
  const since = Date.now();
  let started = 0;
  await inParallel(leads.length, STARTERS, async (n) => {
    const leadId = leads[n]?.leadId ?? '';
    await bench.temporal.workflow.start(LEAD_WORKFLOW, leadStartOptions(leadId, taskQueue));
    started += 1;
    if (started % 1000 === 0) bench.say(`  ${started} of ${leads.length} processes started, ${rate(started, since)}`);
  });
  const ids = leads.map(({ leadId }) => leadId);
  let saidAt = Date.now();
  await until('all leads sleep', PATIENCE_MS, async () => {
    const { rows } = await bench.db.query<{ awake: number }>(
      'SELECT count(*)::int AS awake FROM leads WHERE id = ANY($1) AND next_summary IS NULL',
      [ids],
    );
    const awake = rows[0]?.awake ?? 0;
    if (Date.now() - saidAt > SAY_EVERY_MS) {
      bench.say(`  ${leads.length - awake} of ${leads.length} have looked at their lead, and sleep`);
      saidAt = Date.now();
    }
    return awake === 0;
  });
}

function rate(count: number, sinceMs: number): string {
  return `${((count * 1000) / (Date.now() - sinceMs)).toFixed(0)}/s`;
}
