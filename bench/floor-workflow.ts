import { proxyActivities, sleep } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing(): Promise<void> }>({ startToCloseTimeout: '45s' });

/** The least that is durable: one activity that does nothing, and one timer. */
export async function floor(): Promise<void> {
  await nothing();
  await sleep('3 days');
}
