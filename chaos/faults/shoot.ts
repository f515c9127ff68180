/** Carries out the plan: each fault at its time, whatever happened to the earlier ones. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Fault, PlannedFault } from '../plan.ts';
import type { ChaosStack } from '../stack.ts';
import { takeConnections } from './connections.ts';
import { cutConnections } from './cut.ts';
import { deploy } from './deploy.ts';
import type { Deployments } from './deployments.ts';
import { freeze } from './freeze.ts';
import { kill } from './kill.ts';
import { misbehave } from './smtp.ts';
import { amendWords, publishAnew } from './publish.ts';
import type { Strike } from './strike.ts';
import { terminate } from './terminate.ts';

export interface Range {
  stack: ChaosStack;
  temporal: Client;
  /** Filled in with the deployments and their effects. */
  deployments: Deployments;
  say: (text: string) => void;
}

/** A target that is down at its time comes back within this, also when other faults strike meanwhile. */
const AGAIN_FOR_MS = 180_000;
const AGAIN_EVERY_MS = 1_000;

/** Resolves when the last fault is over, with the faults that hit their target. */
export async function shoot(range: Range, faults: readonly PlannedFault[], startedAt: number): Promise<Fault[]> {
  const struck = await Promise.all(
    faults.map(async ({ atMs, fault }) => {
      await sleep(Math.max(0, startedAt + atMs - Date.now()));
      return (await strikeUntilItStruck(range, fault)) ? [fault] : [];
    }),
  );
  return struck.flat();
}

/** The target may be down because of another fault. Then the fault is tried once more a moment later. */
async function strikeUntilItStruck(range: Range, fault: Fault): Promise<boolean> {
  const deadline = Date.now() + AGAIN_FOR_MS;
  for (let told = ''; ; await sleep(AGAIN_EVERY_MS)) {
    const { struck, what } = await tryToStrike(range, fault);
    if (what !== told) range.say(what);
    told = what;
    if (struck || Date.now() > deadline) return struck;
  }
}

/** The fault itself may fail, for example because Temporal is down when processes are to be terminated. */
async function tryToStrike(range: Range, fault: Fault): Promise<Strike> {
  try {
    return await strike(range, fault);
  } catch (error) {
    return { struck: false, what: `${fault.kind} failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function strike({ stack, temporal, deployments }: Range, fault: Fault): Promise<Strike> {
  switch (fault.kind) {
    case 'kill':
      return kill(stack, fault.target);
    case 'freeze':
      return freeze(stack, fault.target, fault.forMs);
    case 'smtp':
      return misbehave(stack, fault.trouble, fault.share, fault.forMs);
    case 'connections':
      return takeConnections(stack, fault.forMs);
    case 'cut':
      return cutConnections(stack, fault.forMs);
    case 'publish':
      return publishAnew(stack, fault.wait);
    case 'amend':
      return amendWords(stack, fault.subject);
    case 'deploy':
      return deploy(stack, temporal, deployments, fault.version);
    case 'terminate':
      return temporal.withDeadline(Date.now() + 20_000, () => terminate(temporal, fault.count, fault.draw));
  }
}
