import { Context } from '@temporalio/activity';
import pLimit from 'p-limit';
import type { BroadcastProgress } from '../../domain/broadcast.ts';
import { SENDING } from '../../domain/pauses.ts';
import {
  type Broadcast,
  findBroadcast,
  lockBroadcast,
  progressOf,
  stopBroadcast,
} from '../../store/broadcasts/broadcasts.ts';
import { nextDueOf } from '../../store/broadcasts/recipients.ts';
import type { Tx } from '../../store/db.ts';
import { inTransaction } from '../../store/process/picture.ts';
import { doubtClaimsOfBroadcast } from '../../store/process/sends.ts';
import type { BroadcastActivities } from '../../workflows/broadcast-activities.ts';
import type { ActivityDeps } from '../deps.ts';
import { gatherNext } from './gather.ts';
import { runLane } from './lane.ts';

/** An activity works about so long before it answers, in milliseconds: each is one entry in the history of the process. */
const WORKS_FOR = 10_000;
/** While the messages of one lane are with the mail server, another one claims. */
const LANES = 2;
/**
 * Messages of a broadcast that are with the connections of a worker at once. Few wait there for a connection: a mail of a cadence that
 * comes is not behind many of them.
 */
const HANDED_OVER = 20;
/** Recipients whose leads somebody holds are looked for again after so long, in milliseconds. */
const LOOK_AGAIN = 500;
/** Claims that another attempt left are its own until they are in doubt. In milliseconds. */
const WAIT_FOR_CLAIMS = 30_000;

/** The activities of broadcasts. */
export function createBroadcastActivities(deps: ActivityDeps): BroadcastActivities {
  return {
    async workOnBroadcast({ broadcastId, nowMs }) {
      const { cancellationSignal: signal, info } = Context.current();
      if (info.attempt > 1) await inTransaction(deps.db, (tx) => doubtClaimsOfBroadcast(tx, broadcastId));
      const begun = performance.now();
      const clock = (): number => nowMs + Math.round(performance.now() - begun);
      const untilMs = nowMs + WORKS_FOR;
      for (;;) {
        const step = await gatherNext(deps, broadcastId, clock());
        if (typeof step === 'object') return rest(deps, broadcastId, step.untilMs);
        if (step === 'stopped') return answer(deps, broadcastId);
        if (step === 'gathered') break;
        if (signal.aborted || clock() > untilMs) return answer(deps, broadcastId);
      }
      const work = { deps, broadcastId, clock, untilMs, signal, handOver: pLimit(HANDED_OVER) };
      const lanes = await Promise.allSettled(Array.from({ length: LANES }, () => runLane(work)));
      // What one lane has handed over is settled before the failure of another is told.
      for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
      const isCutShort = signal.aborted || clock() >= untilMs;
      return endPiece(deps, broadcastId, { nowMs: clock(), isCutShort });
    },
    stopBroadcast: ({ broadcastId, reason }) => stopBroadcast(deps.db, broadcastId, reason),
  };
}

async function answer({ db }: ActivityDeps, broadcastId: string): Promise<BroadcastProgress> {
  return progressOf(db, await findBroadcast(db, broadcastId));
}

function rest(deps: ActivityDeps, broadcastId: string, untilMs: number): Promise<BroadcastProgress> {
  return inTransaction(deps.db, async (tx) => goOnAt(tx, await lockBroadcast(tx, broadcastId), untilMs));
}

async function goOnAt(tx: Tx, { id }: Broadcast, atMs: number | null): Promise<BroadcastProgress> {
  const nextAt = atMs === null ? null : new Date(atMs);
  await tx.broadcast.update({ where: { id }, data: { nextAt, workedAt: new Date() } });
  return progressOf(tx, await findBroadcast(tx, id));
}

/** Finds out whether the broadcast is done, else when there is something to do again. */
function endPiece(
  deps: ActivityDeps,
  broadcastId: string,
  { nowMs, isCutShort }: { nowMs: number; isCutShort: boolean },
): Promise<BroadcastProgress> {
  return inTransaction(deps.db, async (tx) => {
    const broadcast = await lockBroadcast(tx, broadcastId);
    const progress = await progressOf(tx, broadcast);
    if (broadcast.status !== 'running') return progress;
    if ((await tx.pause.count({ where: { scope: SENDING } })) > 0) return { ...progress, waitsForBell: true };
    const dueAt = await nextDueOf(tx, broadcastId, 0);
    if (dueAt === null) return endOrWait(tx, broadcast, nowMs);
    if (isCutShort && dueAt.getTime() <= nowMs) return goOnAt(tx, broadcast, null);
    const paced = broadcast.pacedUntil?.getTime() ?? 0;
    return goOnAt(tx, broadcast, Math.max(nowMs + LOOK_AGAIN, dueAt.getTime(), paced));
  });
}

async function endOrWait(tx: Tx, broadcast: Broadcast, nowMs: number): Promise<BroadcastProgress> {
  const { id } = broadcast;
  const claimed = await tx.send.count({ where: { broadcastId: id, status: 'claimed' } });
  if (claimed > 0) return goOnAt(tx, broadcast, nowMs + WAIT_FOR_CLAIMS);
  const now = new Date();
  await tx.broadcast.update({ where: { id }, data: { status: 'done', endedAt: now, workedAt: now, nextAt: null } });
  return progressOf(tx, await findBroadcast(tx, id));
}
