import { DEFAULT_RATE } from '../domain/bulk-run.ts';
import type { Rescoring } from '../domain/rescoring.ts';
import { createRun } from '../store/bulk/runs.ts';
import type { Tx } from '../store/db.ts';
import { newestRevision } from '../store/rules/read-rules.ts';

export interface RescoreChoice extends Pick<Rescoring, 'crossing' | 'perHour'> {
  rate?: number | undefined;
  by: string;
}

/** Begins the run that makes all scores anew by the newest rules, in the transaction that publishes them. Answers with its id. */
export async function rescoreLeads(
  tx: Tx,
  { crossing, perHour, rate = DEFAULT_RATE, by }: RescoreChoice,
): Promise<string> {
  const [row] = await tx.$queryRaw<{ leads: number }[]>`SELECT count(*)::int AS leads FROM leads`;
  const params = { crossing, perHour, revision: await newestRevision(tx) };
  return createRun(tx, { kind: 'rescore', params, rate, total: row?.leads ?? 0, by });
}
