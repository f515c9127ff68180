import { setTimeout as sleep } from 'node:timers/promises';
import { inspectProcess, isRunning } from '../../src/stack/process-identity.ts';
import { type Target, WORKERS } from '../plan.ts';
import type { ChaosStack } from '../stack.ts';
import type { Strike } from './strike.ts';

/**
 * Stops a process for a while (SIGSTOP). Others take over its work; then it continues where it was. If the chosen worker is down
 * at the time, the other worker is stopped.
 */
export async function freeze(stack: ChaosStack, target: Target, forMs: number): Promise<Strike> {
  const chosen = [target, ...WORKERS].find((one) => stack.pid(one) !== undefined) ?? target;
  const found = await inspectProcess(stack.pid(chosen) ?? 0);
  if (found === undefined) return { struck: false, what: `${chosen} is down already` };
  process.kill(found.pid, 'SIGSTOP');
  try {
    await sleep(forMs);
  } finally {
    if (await isRunning(found)) process.kill(found.pid, 'SIGCONT');
  }
  return { struck: true, what: `${chosen} was frozen for ${forMs / 1000} s` };
}
