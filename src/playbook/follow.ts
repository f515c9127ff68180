/** What running leads do when a revision is published: they stay where they are (pinned), or a bulk run takes them along. */
import { type BulkKind, spreadOf } from '../domain/bulk-run.ts';
import { AppError } from '../domain/errors.ts';
import { leadsInOtherRevisions } from '../store/bulk/in-cadence.ts';
import { createRun } from '../store/bulk/runs.ts';
import type { Tx } from '../store/db.ts';

export interface Move {
  kind: Extract<BulkKind, 'migrate' | 'restart'>;
  /** Only the leads of this cadence. */
  cadence?: string | undefined;
  /** Processes of leads that are rung in a second. */
  rate: number;
  by: string;
}

/**
 * Begins a run for each cadence with leads in another revision than the one in force.
 * @throws AppError CADENCE_UNKNOWN for a `cadence` that is not in the playbook
 */
export async function moveLeads(
  tx: Tx,
  cadences: ReadonlyMap<string, string>,
  { kind, cadence, rate, by }: Move,
): Promise<string[]> {
  if (cadence !== undefined && !cadences.has(cadence))
    throw new AppError(
      'CADENCE_UNKNOWN',
      `There is no cadence ‘${cadence}’; known: ${[...cadences.keys()].join(', ')}.`,
    );
  const wanted = new Map([...cadences].filter(([key]) => cadence === undefined || key === cadence));
  const runs: string[] = [];
  for (const { cadence: key, to, leads } of await leadsInOtherRevisions(tx, wanted)) {
    const params = { cadence: key, to, spreadMs: spreadOf(leads, rate) };
    runs.push(await createRun(tx, { kind, params, rate, total: leads, by }));
  }
  return runs;
}
