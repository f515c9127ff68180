import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';
import { createActivities } from './create-activities.ts';
import type { ActivityDeps } from './deps.ts';
import { HeartbeatInterceptor } from './heartbeat.ts';
import { FailureInterceptor } from './interceptor.ts';

const WORKFLOWS = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
/** Processes kept in memory, at ½ to ¾ MiB each (measured): the others are replayed when they wake. */
export const CACHED_PROCESSES = 1_000;
/** Steps that one worker performs at once; the pool has a connection for each, so that none waits for another. */
export const CONCURRENT_ACTIVITIES = 20;

/** What every worker of this product that does everything has in common, the tests' ones too. */
export function workerOptions(
  deps: ActivityDeps,
): ReturnType<typeof workflowOptions> & ReturnType<typeof activityOptions> {
  return { ...workflowOptions(), ...activityOptions(deps) };
}

/** Of a worker that runs the leads' processes. */
export function workflowOptions(): Required<
  Pick<WorkerOptions, 'workflowsPath' | 'bundlerOptions' | 'maxCachedWorkflows'>
> {
  return {
    workflowsPath: WORKFLOWS,
    // Evaluated once a worker instead of once a process of a lead: they keep no state.
    bundlerOptions: { preloadModules: [WORKFLOWS] },
    maxCachedWorkflows: CACHED_PROCESSES,
  };
}

/** Of a worker that does what the processes ask for. */
export function activityOptions(
  deps: ActivityDeps,
): Required<Pick<WorkerOptions, 'activities' | 'interceptors' | 'maxConcurrentActivityTaskExecutions'>> {
  return {
    activities: createActivities(deps),
    interceptors: {
      activity: [
        (context) => ({ inbound: new HeartbeatInterceptor(context) }),
        (context) => ({ inbound: new FailureInterceptor(context, deps.log) }),
      ],
    },
    maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
  };
}
