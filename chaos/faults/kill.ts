import type { Target } from '../plan.ts';
import type { ChaosStack } from '../stack.ts';
import type { Strike } from './strike.ts';

/** Kills a process with SIGKILL. The supervisor starts it again. */
export function kill(stack: Pick<ChaosStack, 'pid'>, target: Target): Strike {
  const pid = stack.pid(target);
  if (pid === undefined) return { struck: false, what: `${target} is down already` };
  process.kill(pid, 'SIGKILL');
  return { struck: true, what: `kill -9 ${target}` };
}
