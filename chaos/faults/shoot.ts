/** Carries the plan out: each fault at its time, whatever became of the ones before. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Fault, PlannedFault } from '../plan.ts';
import type { ChaosStack } from '../stack.ts';
import { takeConnections } from './connections.ts';
import { cutConnections } from './cut.ts';
import { deploy, type Deployments } from './deploy.ts';
import { freeze } from './freeze.ts';
import { kill } from './kill.ts';
import { misbehave } from './smtp.ts';
import type { Strike } from './strike.ts';
import { terminate } from './terminate.ts';

export interface Range {
  stack: ChaosStack;
  temporal: Client;
  /** Written to: what was deployed, and what it did. */
  deployments: Deployments;
  say: (text: string) => void;
}

/** What is down when it is to be struck comes back in less, with all that else is shot at meanwhile. */
const AGAIN_FOR_MS = 60_000;
const AGAIN_EVERY_MS = 1_000;

/** Resolves when the last fault is over, with those that struck. */
export async function shoot(range: Range, faults: readonly PlannedFault[], startedAt: number): Promise<Fault[]> {
  const struck = await Promise.all(
    faults.map(async ({ atMs, fault }) => {
      await sleep(Math.max(0, startedAt + atMs - Date.now()));
      return (await strikeUntilItStruck(range, fault)) ? [fault] : [];
    }),
  );
  return struck.flat();
}

/** What it was meant for may have been struck by another a moment before: then once more, a moment later. */
async function strikeUntilItStruck(range: Range, fault: Fault): Promise<boolean> {
  const deadline = Date.now() + AGAIN_FOR_MS;
  for (let told = ''; ; await sleep(AGAIN_EVERY_MS)) {
    const { struck, what } = await tryToStrike(range, fault);
    if (what !== told) range.say(what);
    told = what;
    if (struck || Date.now() > deadline) return struck;
  }
}

/** Temporal may be down when processes are to be terminated, and the like. */
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
    case 'deploy':
      return deploy(stack, temporal, deployments, fault.version);
    case 'terminate':
      return temporal.withDeadline(Date.now() + 20_000, () => terminate(temporal, fault.count, fault.draw));
  }
}
