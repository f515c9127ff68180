/** Waits until the leads of an engine stand still, for a test that says ‘nothing is changed by this’. */
import { isAtWork } from '../../src/temporal/at-work.ts';
import type { Engine } from './engine.ts';

/** Nothing falls due while such a test looks, however long that takes on a busy machine. */
const QUIET_FOR_MS = 10 * 60_000;
/** Longer than hand-overs are gathered for one mail. */
const PATIENCE_MS = 90_000;

/**
 * Resolves when no bell is unheard, no process of a lead has a task or an activity before it, and none has anything to do within the next
 * minutes. Rows that look the same twice do not say so: a process that was stopped between two of its turns shows nothing.
 */
export async function atRest({ db, client, until }: Engine): Promise<void> {
  const look = async (): Promise<string[]> => {
    const bells = await db.outbox.findMany({ select: { leadId: true } });
    const leads = await db.lead.findMany({ select: { id: true, nextDueAt: true, clockOffsetMs: true } });
    const soon = Date.now() + QUIET_FOR_MS;
    const due = leads.filter(
      ({ nextDueAt, clockOffsetMs }) => nextDueAt !== null && nextDueAt.getTime() - Number(clockOffsetMs) < soon,
    );
    const working = await Promise.all(leads.map(async ({ id }) => ((await isBusy(id)) ? [id] : [])));
    return [...bells.map(({ leadId }) => leadId), ...due.map(({ id }) => id), ...working.flat()];
  };
  const isBusy = async (leadId: string): Promise<boolean> => {
    const described = await client.workflow
      .getHandle(leadId)
      .describe()
      .catch(() => null);
    return described?.status.name === 'RUNNING' && isAtWork(described);
  };
  // A second look: a process that was at work during the first may have rung another that had been looked at.
  for (let looks = 0; looks < 2; looks += 1) await until(look, (busy) => busy.length === 0, PATIENCE_MS);
}
