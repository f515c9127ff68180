import type { BroadcastProgress } from '../../domain/broadcast.ts';
import { type BroadcastTrial, winnerOf } from '../../domain/broadcast-trial.ts';
import { SENDING } from '../../domain/pauses.ts';
import { type Broadcast, findBroadcast, lockBroadcast, progressOf } from '../../store/broadcasts/broadcasts.ts';
import { nextDueOf } from '../../store/broadcasts/recipients.ts';
import { trialResults } from '../../store/broadcasts/trial.ts';
import type { Tx } from '../../store/db.ts';
import { inTransaction } from '../../store/process/picture.ts';
import type { ActivityDeps } from '../deps.ts';

/** Recipients whose leads somebody holds are looked for again after so long, in milliseconds. */
const LOOK_AGAIN = 500;
/** Claims that another attempt left are its own until they are in doubt. In milliseconds. */
const WAIT_FOR_CLAIMS = 30_000;

export function rest(deps: ActivityDeps, broadcastId: string, untilMs: number): Promise<BroadcastProgress> {
  return inTransaction(deps.db, async (tx) => goOnAt(tx, await lockBroadcast(tx, broadcastId), untilMs));
}

async function goOnAt(tx: Tx, { id }: Broadcast, atMs: number | null): Promise<BroadcastProgress> {
  const nextAt = atMs === null ? null : new Date(atMs);
  await tx.broadcast.update({ where: { id }, data: { nextAt, workedAt: new Date() } });
  return progressOf(tx, await findBroadcast(tx, id));
}

/** Finds out whether the broadcast is done, else when there is something to do again. */
export function endPiece(
  deps: ActivityDeps,
  broadcastId: string,
  { nowMs, isCutShort }: { nowMs: number; isCutShort: boolean },
): Promise<BroadcastProgress> {
  return inTransaction(deps.db, async (tx) => {
    const broadcast = await lockBroadcast(tx, broadcastId);
    if (broadcast.status !== 'running') return progressOf(tx, broadcast);
    if ((await tx.pause.count({ where: { scope: SENDING } })) > 0)
      return { ...(await progressOf(tx, broadcast)), waitsForBell: true };
    const dueAt = await nextDue(tx, broadcast);
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
  if (broadcast.trial !== null && broadcast.winner === null) return endTrial(tx, broadcast, broadcast.trial, nowMs);
  const now = new Date();
  await tx.broadcast.update({ where: { id }, data: { status: 'done', endedAt: now, workedAt: now, nextAt: null } });
  return progressOf(tx, await findBroadcast(tx, id));
}

/** The next of the trial, else of those that wait for its result, once that is known. */
async function nextDue(tx: Tx, { id, winner }: Broadcast): Promise<Date | null> {
  const first = await nextDueOf(tx, id, 0);
  if (winner === null) return first;
  const rest = await nextDueOf(tx, id, 1);
  return first === null || (rest !== null && rest < first) ? rest : first;
}

/** All messages of the trial have left, or cannot: its time begins, or is over. */
async function endTrial(
  tx: Tx,
  broadcast: Broadcast,
  trial: BroadcastTrial,
  nowMs: number,
): Promise<BroadcastProgress> {
  const { id, triedAt, winnerBecause } = broadcast;
  // A person decides.
  if (winnerBecause !== null) return { ...(await goOnAt(tx, broadcast, null)), waitsForBell: true };
  if (triedAt === null) await tx.broadcast.update({ where: { id }, data: { triedAt: new Date(nowMs) } });
  const untilMs = (triedAt?.getTime() ?? nowMs) + trial.forMs;
  if (untilMs > nowMs) return goOnAt(tx, broadcast, untilMs);
  const { winner, because } = winnerOf(await trialResults(tx, broadcast, trial.by), trial);
  await tx.broadcast.update({ where: { id }, data: { winner, winnerBecause: because } });
  const progress = await goOnAt(tx, broadcast, null);
  // The next look finds whom the rest is due for, or that there is nobody.
  return { ...progress, waitsForBell: winner === null };
}
