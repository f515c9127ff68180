import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Misbehavior } from '../mail-record.ts';
import type { SmtpTrouble } from '../plan.ts';
import type { ChaosStack } from '../stack.ts';
import type { Strike } from './strike.ts';

/** Makes the mail server misbehave for a while. */
export async function misbehave(
  stack: ChaosStack,
  trouble: SmtpTrouble,
  share: number,
  forMs: number,
): Promise<Strike> {
  tell(stack, { trouble, share });
  await sleep(forMs);
  tell(stack, { trouble: null, share: 0 });
  const what = `smtp: ${trouble} for ${Math.round(share * 100)}% of the messages, ${(forMs / 1000).toFixed(0)} s`;
  return { struck: true, what };
}

/** Replaces the file in one step, because the mail server may read it at any time. */
function tell(stack: ChaosStack, misbehavior: Misbehavior): void {
  const draft = `${stack.misbehavior}.tmp`;
  writeFileSync(draft, `${JSON.stringify(misbehavior)}\n`);
  renameSync(draft, stack.misbehavior);
}
