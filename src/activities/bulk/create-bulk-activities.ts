import { Context } from '@temporalio/activity';
import { type BulkProgress, UNRUNG_PER_RUNG } from '../../domain/bulk-run.ts';
import { pause } from '../../runtime/pause.ts';
import { reached } from '../../runtime/race-points.ts';
import { finishRun, lockRun, progressOf, recordPiece, type Run, stopRunFor } from '../../store/bulk/runs.ts';
import { inTransaction } from '../../store/process/picture.ts';
import type { BulkActivities } from '../../workflows/bulk-activities.ts';
import type { ActivityDeps } from '../deps.ts';
import { amendPiece } from './amend.ts';
import { appendPiece } from './append.ts';
import { commandPiece } from './command.ts';
import { letGoPiece } from './let-go.ts';
import { migratePiece, restartPiece } from './move.ts';
import type { Piece, PieceKinds } from './piece.ts';
import { rescorePiece } from './rescore.ts';

/** An activity works about so long before it answers, in milliseconds: each is one entry in the history of the run. */
const WORKS_FOR = 10_000;
/** Leads that are locked together, at most: their processes wait meanwhile. */
const MOST_AT_ONCE = 50;

/** A longer rest is a timer of the process, not a pause of its activity. In milliseconds. */
const LONG_REST = 5_000;

const PIECES: PieceKinds = {
  migrate: migratePiece,
  restart: restartPiece,
  amend: amendPiece,
  append: appendPiece,
  resume: letGoPiece,
  rescore: rescorePiece,
};

/** The activities of bulk runs. */
export function createBulkActivities(deps: ActivityDeps): BulkActivities {
  return {
    async workOnRun({ runId }) {
      const until = Date.now() + WORKS_FOR;
      const { cancellationSignal } = Context.current();
      for (;;) {
        const begun = performance.now();
        const { progress, restMs } = await workOnPiece(deps, runId);
        if (progress.status !== 'running') return progress;
        if (restMs > LONG_REST) return { ...progress, restMs };
        await pause(restMs - (performance.now() - begun), cancellationSignal);
        if (Date.now() >= until || cancellationSignal.aborted) return progress;
      }
    },
    stopRun: ({ runId, reason }) => stopRunFor(deps.db, runId, reason),
  };
}

/** `restMs`: how long the run takes over the piece at its rate. */
interface Worked {
  progress: BulkProgress;
  restMs: number;
}

async function workOnPiece(deps: ActivityDeps, runId: string): Promise<Worked> {
  await reached('bulk.next', runId);
  const rules = deps.rules.current();
  const work = await inTransaction(deps.db, async (tx): Promise<Worked | Run> => {
    const run = await lockRun(tx, runId);
    if (run.status !== 'running') return { progress: progressOf(run), restMs: 0 };
    if (run.kind === 'command') return run;
    const limit = Math.min(MOST_AT_ONCE, run.rate);
    const piece = await PIECES[run.kind]({ db: deps.db, tx, run, rules, limit, nowMs: Date.now() });
    if (piece === null) return { progress: await finishRun(tx, run), restMs: 0 };
    const progress = await recordPiece(tx, run, piece);
    await reached('bulk.recorded', runId);
    return { progress, restMs: restOf(run, piece) };
  });
  return 'progress' in work ? work : carryOut(deps, work);
}

/** Commands go to processes, outside of any transaction. Each is known by its id, so that one that is given again is not done again. */
async function carryOut(deps: ActivityDeps, run: Run): Promise<Worked> {
  const piece = await commandPiece(deps, run, Math.min(MOST_AT_ONCE, run.rate));
  return inTransaction(deps.db, async (tx) => {
    const now = await lockRun(tx, run.id);
    if (piece === null && now.status === 'canceled') return { progress: progressOf(now), restMs: 0 };
    if (piece === null) return { progress: await finishRun(tx, now), restMs: 0 };
    // Another attempt of the activity, still alive, has come further.
    if (now.after !== run.after) return { progress: progressOf(now), restMs: 0 };
    const progress = { ...(await recordPiece(tx, now, piece)), status: now.status };
    return { progress, restMs: restOf(run, piece) };
  });
}

function restOf({ rate, kind }: Run, { became, rung, restMs }: Piece): number {
  if (restMs !== undefined) return restMs;
  if (kind === 'amend') return 0;
  return ((rung + (became.length - rung) / UNRUNG_PER_RUNG) / rate) * 1_000;
}
