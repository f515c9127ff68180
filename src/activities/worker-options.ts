import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { LeadActivities } from '../workflows/activities.ts';
import { createActivities } from './create-activities.ts';
import type { ActivityDeps } from './deps.ts';
import { HeartbeatInterceptor } from './heartbeat.ts';
import { FailureInterceptor } from './interceptor.ts';

const WORKFLOWS = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
/** The number of processes kept in memory, at ½ to ¾ MiB each (measured). Other processes are replayed when they wake. */
export const CACHED_PROCESSES = 1_000;
/** The number of steps that one worker performs at once. The pool has a connection for each, so that none waits. */
export const CONCURRENT_ACTIVITIES = 20;

type ActivityOptions = Required<
  Pick<WorkerOptions, 'activities' | 'interceptors' | 'maxConcurrentActivityTaskExecutions'>
>;

/** The options of a worker that does everything, in tests too. */
export function workerOptions(
  deps: ActivityDeps,
): ReturnType<typeof workflowOptions> & ReturnType<typeof activityOptions> {
  return { ...workflowOptions(), ...activityOptions(deps) };
}

/** The options of a worker that runs the leads' processes. */
export function workflowOptions(): Required<
  Pick<WorkerOptions, 'workflowsPath' | 'bundlerOptions' | 'maxCachedWorkflows'>
> {
  return {
    workflowsPath: WORKFLOWS,
    // These modules keep no state, so they are evaluated once for a worker and not for each process of a lead.
    bundlerOptions: { preloadModules: [WORKFLOWS] },
    maxCachedWorkflows: CACHED_PROCESSES,
  };
}

/** The options of a worker that runs activities. */
export function activityOptions(deps: ActivityDeps): ActivityOptions {
  return activityOptionsOf(createActivities(deps), deps.log);
}

/** The same for activities that were made already. */
export function activityOptionsOf(activities: LeadActivities, log: Logger): ActivityOptions {
  return {
    activities,
    interceptors: {
      activity: [
        (context) => ({ inbound: new HeartbeatInterceptor(context) }),
        (context) => ({ inbound: new FailureInterceptor(context, log) }),
      ],
    },
    maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
  };
}
