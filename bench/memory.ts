/** Resident memory of worker and API while leads sleep and while a batch of them takes its step. */
import type { Bench, Measured, Row } from './bench.ts';
import { runStages } from './step.ts';

const MIB = 1024 * 1024;

export async function measureMemory(bench: Bench): Promise<Measured> {
  const stages = await runStages(bench);
  const rows = stages.flatMap(({ sleeping, memory }): Row[] =>
    (['worker', 'api'] as const).flatMap((part) => [
      { what: `memory: ${part}, ${sleeping} leads asleep`, engine: memory.asleep[part] / MIB, unit: 'MiB' },
      { what: `memory: ${part}, most while a batch steps`, engine: memory.peak[part] / MIB, unit: 'MiB' },
    ]),
  );
  return { rows, details: stages.map(({ sleeping, memory }) => ({ sleeping, memory })) };
}
