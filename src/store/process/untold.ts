import type { Tx } from '../db.ts';
import type { Touch } from '../generated/client.ts';

/** A request of which a rep is told. */
export type UntoldRequest = Pick<Touch, 'id' | 'how' | 'source' | 'campaign' | 'occurredAt'>;

/** Takes the requests that the rep of an assignment has yet to be told of, the newest first. They count as told from here on. */
export async function takeUntold(tx: Tx, assignmentId: string): Promise<UntoldRequest[]> {
  const taken = await tx.$queryRaw<UntoldRequest[]>`
    UPDATE touches SET untold_to = NULL WHERE untold_to = ${assignmentId}
    RETURNING id, how, source, campaign, occurred_at AS "occurredAt"`;
  return taken.toSorted((a, b) => b.occurredAt.getTime() - a.occurredAt.getTime() || (a.id < b.id ? 1 : -1));
}

/** The rep was not told of these requests after all. */
export async function untellRequests(tx: Tx, assignmentId: string, touchIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`UPDATE touches SET untold_to = ${assignmentId} WHERE id = ANY(${[...touchIds]})`;
}
