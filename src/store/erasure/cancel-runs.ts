import type { Condition } from '../../domain/condition.ts';
import { type KnownBy, namesPerson } from '../../domain/names-person.ts';
import { auditAll } from '../audit.ts';
import type { Tx } from '../db.ts';

const BECAUSE =
  'The condition of this run named a person who was erased. It was canceled, and its condition was deleted: what is done stays done. Begin another run for the rest';

/**
 * Cancels the runs whose condition names the person, and deletes the conditions. A condition without the name would hold for other leads,
 * so it cannot stay in part. Returns their ids: their processes are to be told.
 */
export async function cancelRunsThatName(
  tx: Tx,
  person: KnownBy,
  { actor, at }: { actor: string; at: Date },
): Promise<string[]> {
  // A piece of a run with a condition holds the lock of no lead while it holds that of the run: the two cannot wait for each other.
  const runs = await tx.$queryRaw<{ id: string; when: Condition }[]>`
    SELECT id, params->'when' AS "when" FROM bulk_runs
    WHERE status IN ('running', 'paused') AND params->'when' IS NOT NULL ORDER BY id FOR UPDATE`;
  const ids = runs.filter(({ when }) => namesPerson(when, person)).map(({ id }) => id);
  if (ids.length === 0) return [];
  await tx.$executeRaw`
    UPDATE bulk_runs SET status = 'canceled', ended_at = now(), params = params - 'when', error = ${BECAUSE} WHERE id = ANY(${ids})`;
  await auditAll(
    tx,
    ids.map((runId) => ({ leadId: null, actor, at, action: 'bulk.changed', data: { runId, to: 'canceled' } })),
  );
  return ids;
}
