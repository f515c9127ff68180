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
import { ACTIVITY } from '../domain/budgets.ts';
import { type BulkProgress, isOver } from '../domain/bulk-run.ts';
import { countOf } from '../domain/count-of.ts';
import type { BulkActivities } from './bulk-activities.ts';
import { type BulkInput, BULK_SIGNAL, PROGRESS_QUERY } from './bulk-messages.ts';
import { orStop } from './or-stop.ts';

const { workOnRun } = proxyActivities<BulkActivities>({
  startToCloseTimeout: ACTIVITY.startToClose,
  heartbeatTimeout: ACTIVITY.heartbeat,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
  summary: 'Work on the next leads',
});
const { stopRun } = proxyActivities<BulkActivities>({
  startToCloseTimeout: ACTIVITY.startToClose,
  heartbeatTimeout: ACTIVITY.heartbeat,
  retry: { initialInterval: '1s', maximumInterval: '1m' },
  summary: 'Stop: the run cannot go on',
});

/** A run with a longer history is continued as new. */
const LONG_HISTORY = 1_000;

/**
 * Carries out one change of many leads. The row of the run says what, how far it is and whether it goes on; this process sees to it that
 * somebody works on it until it is over, and sleeps while it is paused.
 */
export async function bulkRun({ runId }: BulkInput): Promise<void> {
  let isRung = false;
  let progress: BulkProgress | null = null;
  setHandler(defineSignal(BULK_SIGNAL), () => void (isRung = true), {
    description: 'The run was paused, resumed or canceled; its row says which',
  });
  setHandler(defineQuery<BulkProgress | null>(PROGRESS_QUERY), () => progress, { description: 'How far the run is' });
  for (;;) {
    // A bell that comes while it works says that the row may be another than the one that was read.
    isRung = false;
    progress = await orStop(
      () => workOnRun({ runId }),
      (reason) => stopRun({ runId, reason }),
    );
    setCurrentDetails(inWords(progress));
    if (isOver(progress.status)) return;
    if (progress.status === 'paused') await condition(() => isRung);
    else if (progress.restMs !== undefined) await condition(() => isRung, progress.restMs);
    if (workflowInfo().historyLength > LONG_HISTORY || workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof bulkRun>({ runId });
  }
}

function inWords({ kind, status, done, total }: BulkProgress): string {
  return `${kind}: ${done} of ${countOf(total, 'lead')}, ${status}`;
}
