import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { type BroadcastProgress, isBroadcastOver } from '../domain/broadcast.ts';
import { ACTIVITY } from '../domain/budgets.ts';
import { countOf } from '../domain/count-of.ts';
import type { BroadcastActivities } from './broadcast-activities.ts';
import { BROADCAST_QUERY, BROADCAST_SIGNAL, type BroadcastInput, CLOCK_QUERY } from './broadcast-messages.ts';
import { orStop } from './or-stop.ts';

const retry = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' } as const;
const { workOnBroadcast } = proxyActivities<BroadcastActivities>({
  startToCloseTimeout: ACTIVITY.startToClose,
  heartbeatTimeout: ACTIVITY.heartbeat,
  retry,
  summary: 'Send to the next leads',
});
const { stopBroadcast } = proxyActivities<BroadcastActivities>({
  startToCloseTimeout: ACTIVITY.startToClose,
  heartbeatTimeout: ACTIVITY.heartbeat,
  retry,
  summary: 'Stop: the broadcast cannot go on',
});

/** A broadcast with a longer history is continued as new. */
const LONG_HISTORY = 1_000;

/**
 * Sends one message to many leads. Its row and its recipients say what is still to be done; this process sees to it that somebody works on
 * it, sleeps until the next is due, and sleeps while it is paused. It carries nothing but the id.
 */
export async function broadcast({ broadcastId }: BroadcastInput): Promise<void> {
  let isRung = false;
  let progress: BroadcastProgress | null = null;
  setHandler(defineSignal(BROADCAST_SIGNAL), () => void (isRung = true), {
    description: 'The broadcast was paused, resumed or canceled, or sending goes on; its row says which',
  });
  setHandler(defineQuery<BroadcastProgress | null>(BROADCAST_QUERY), () => progress, {
    description: 'How far the broadcast is',
  });
  setHandler(defineQuery<number>(CLOCK_QUERY), () => Date.now(), { description: 'Its time: epoch milliseconds' });
  for (;;) {
    // A bell that comes while it works says that the row may be another than the one that was read.
    isRung = false;
    progress = await orStop(
      () => workOnBroadcast({ broadcastId, nowMs: Date.now() }),
      (reason) => stopBroadcast({ broadcastId, reason }),
    );
    setCurrentDetails(inWords(progress));
    if (isBroadcastOver(progress.status)) return;
    if (progress.status !== 'running' || progress.waitsForBell) await condition(() => isRung);
    else if (progress.nextAtMs !== null) await condition(() => isRung, Math.max(1, progress.nextAtMs - Date.now()));
    if (workflowInfo().historyLength > LONG_HISTORY || workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof broadcast>({ broadcastId });
  }
}

function inWords({ status, total, left }: BroadcastProgress): string {
  const of = total === null ? 'the leads are being gathered' : `${total - left} of ${countOf(total, 'lead')}`;
  return `${of}, ${status}`;
}
