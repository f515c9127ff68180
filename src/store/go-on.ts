/** Sending that goes on by a person's word: what is stored of it changes, and then its processes are told. */
import { SENDING } from '../domain/pauses.ts';
import { runningBroadcasts } from './broadcasts/broadcasts.ts';
import type { Db } from './db.ts';
import { liftRefusal } from './lift-refusal.ts';
import { resumeScope } from './pauses.ts';

/** Each is told after the commit. */
interface Processes {
  bulkRuns: { tell(runId: string): void };
  broadcasts: { tell(broadcastId: string): void };
}

interface Who {
  /** Handle of the person. */
  by: string;
  /** Leads in a second, at most. */
  rate: number;
}

/** As `resumeScope`. */
export async function resumeAndTell(
  db: Db,
  { bulkRuns, broadcasts }: Processes,
  scope: string,
  who: Who,
): ReturnType<typeof resumeScope> {
  const resumed = await resumeScope(db, scope, who);
  if (resumed === null) return null;
  bulkRuns.tell(resumed.runId);
  if (scope === SENDING) for (const broadcastId of await runningBroadcasts(db)) broadcasts.tell(broadcastId);
  return resumed;
}

/** As `liftRefusal`. */
export async function liftAndTell(
  db: Db,
  { bulkRuns, broadcasts }: Processes,
  receiver: string,
  who: Who,
): ReturnType<typeof liftRefusal> {
  const lifted = await liftRefusal(db, receiver, who);
  if (lifted === null) return null;
  if (lifted.runId !== null) bulkRuns.tell(lifted.runId);
  for (const broadcastId of lifted.broadcasts) broadcasts.tell(broadcastId);
  return lifted;
}
