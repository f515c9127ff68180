/** Resident memory of worker and API while leads sleep, and while a batch of leads takes a step. */
import type { Bench, Measured, Row } from './bench.ts';
import type { MemoryOfBoth } from './resident.ts';
import { runBurst, runStages } from './step.ts';

const MIB = 1024 * 1024;

export async function measureMemory(bench: Bench): Promise<Measured> {
  const stages = await runStages(bench);
  const burst = await runBurst(bench);
  const rowsOf = (what: string, memory: MemoryOfBoth): Row[] =>
    (['worker', 'api'] as const).map((part) => ({
      what: `memory: ${part}, ${what}`,
      engine: memory[part] / MIB,
      unit: 'MiB',
    }));
  const last = stages.at(-1)?.sleeping ?? 0;
  return {
    rows: [
      ...stages.flatMap(({ sleeping, cached }) => [
        ...rowsOf(`${sleeping} leads asleep`, cached.memory.asleep),
        ...rowsOf('most while a batch steps', cached.memory.peak),
      ]),
      ...rowsOf(`most while ${burst.steps} step and ${last} sleep`, burst.batch.memory.peak),
    ],
    details: { stages: stages.map(({ sleeping, cached: { memory } }) => ({ sleeping, memory })), burst },
  };
}
