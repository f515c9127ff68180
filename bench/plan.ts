/** What `plan` takes for a change of the scoring rules, over the rows of `lists`. */
import { loadPlaybook } from '../src/playbook/load.ts';
import { planScoring } from '../src/playbook/plan-scoring.ts';
import { closeDb, createDb } from '../src/store/db.ts';
import type { ScoringModel } from '../src/domain/scoring.ts';
import type { Bench, Measured, Row } from './bench.ts';
import { populate } from './population.ts';

const WANTED_S = 60;

/** By name: the rules as they would become. */
const CHANGES: Readonly<Record<string, (scoring: ScoringModel) => ScoringModel>> = {
  'other thresholds': (scoring) => ({ ...scoring, ready: { ...scoring.ready, A: 20 } }),
  'another fit rule': (scoring) => ({
    ...scoring,
    fit: [...scoring.fit, { rule: 'bench', when: { country: 'DE' }, points: 10 }],
  }),
  'other points': (scoring) => ({
    ...scoring,
    engagement: scoring.engagement.map((rule) => (rule.event === 'email.clicked' ? { ...rule, points: 12 } : rule)),
  }),
};

export async function measurePlan(bench: Bench): Promise<Measured> {
  const size = await populate(bench);
  const { config } = bench.stack;
  const before = loadPlaybook(config.playbookDir);
  const db = createDb(config.databaseUrl, { max: 3, queryTimeoutMs: 120_000 });
  try {
    const rows: Row[] = [];
    const details: unknown[] = [];
    for (const [what, change] of Object.entries(CHANGES)) {
      const since = performance.now();
      const cpu = process.cpuUsage();
      const plan = await planScoring(db, before, { ...before, scoring: change(before.scoring) }, { nowMs: Date.now() });
      const engine = (performance.now() - since) / 1_000;
      const { user, system } = process.cpuUsage(cpu);
      const sample = plan === null || plan.oneIn === 1 ? '' : `, one lead in ${plan.oneIn}`;
      rows.push({ what: `plan: ${what}${sample}`, engine, unit: 's', want: `< ${WANTED_S} s for a million leads` });
      // What other work on the machine does not change much: the time of this process, without that of the database.
      details.push({ what, seconds: engine, cpuSeconds: (user + system) / 1_000_000, plan });
    }
    return { rows, details: { size, plans: details } };
  } finally {
    await closeDb(db);
  }
}
