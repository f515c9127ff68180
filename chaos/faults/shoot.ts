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
import { terminate } from './terminate.ts';

export interface Range {
  stack: ChaosStack;
  temporal: Client;
  /** Written to: what was deployed, and what it did. */
  deployments: Deployments;
  say: (text: string) => void;
}

/** Resolves when the last fault is over. */
export async function shoot(range: Range, faults: readonly PlannedFault[], startedAt: number): Promise<void> {
  await Promise.all(
    faults.map(async ({ atMs, fault }) => {
      await sleep(Math.max(0, startedAt + atMs - Date.now()));
      try {
        range.say(await strike(range, fault));
      } catch (error) {
        // Temporal may be down when processes are to be terminated, and the like.
        range.say(`${fault.kind} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }),
  );
}

async function strike({ stack, temporal, deployments }: Range, fault: Fault): Promise<string> {
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
