import type { Target } from '../plan.ts';
import type { ChaosStack } from '../stack.ts';

/** kill -9. What keeps the stack alive starts it again. Answers what happened, for the log. */
export function kill(stack: ChaosStack, target: Target): string {
  const pid = stack.pid(target);
  if (pid === undefined) return `${target} is down already`;
  process.kill(pid, 'SIGKILL');
  return `kill -9 ${target}`;
}
