import { Context } from '@temporalio/activity';
import pLimit from 'p-limit';
import type { BroadcastProgress } from '../../domain/broadcast.ts';
import { findBroadcast, progressOf, stopBroadcast } from '../../store/broadcasts/broadcasts.ts';
import { inTransaction } from '../../store/process/picture.ts';
import { doubtClaimsOfBroadcast } from '../../store/process/sends.ts';
import type { BroadcastActivities } from '../../workflows/broadcast-activities.ts';
import type { ActivityDeps } from '../deps.ts';
import { endPiece, rest } from './end-piece.ts';
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
