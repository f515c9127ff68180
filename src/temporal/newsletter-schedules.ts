/** The Temporal Schedules of newsletters: made, changed and deleted as their rows say. */
import { type Client, type ScheduleHandle, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { WantedSchedule } from '../domain/newsletter.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { NEWSLETTER_WORKFLOW, type NewsletterInput } from '../workflows/newsletter-messages.ts';

/** What the schedule of a newsletter is to be; `schedule` null: there is to be none. */
export interface ScheduleOf {
  newsletter: string;
  schedule: WantedSchedule | null;
  isPaused: boolean;
}

type Started = (input: NewsletterInput) => Promise<void>;

/** Of the installation: several may share a namespace. */
export function scheduleId(taskQueue: string, newsletter: string): string {
  return `${taskQueue}-newsletter-${newsletter}`;
}

/**
 * Makes it so. A schedule that is so already is left alone: a change would make Temporal forget the times that it has still to catch up
 * with.
 */
export async function syncSchedule(client: Client, taskQueue: string, wanted: ScheduleOf): Promise<void> {
  const { newsletter, schedule, isPaused } = wanted;
  const id = scheduleId(taskQueue, newsletter);
  const handle = client.schedule.getHandle(id);
  const found = await describe(handle);
  if (schedule === null) {
    if (found !== null) await handle.delete().catch(unlessGone);
    return;
  }
  const note = `As newsletters.yaml says: ${canonicalJson({ ...schedule, isPaused })}`;
  if (found?.state.note === note && found.state.paused === isPaused) return;
  const options = {
    spec: { cronExpressions: [schedule.cron], timezone: schedule.timeZone },
    action: {
      type: 'startWorkflow' as const,
      workflowType: NEWSLETTER_WORKFLOW,
      workflowId: id,
      taskQueue,
      args: [{ newsletter }] as Parameters<Started>,
      staticSummary: `An issue of ‘${newsletter}’`,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: schedule.catchUpMs },
    state: { note, paused: isPaused },
  };
  if (found === null) await client.schedule.create<Started>({ scheduleId: id, ...options });
  else await handle.update<Started>(() => options);
}

/** The next times of a schedule, as Temporal has them; empty without one, or while it is paused. */
export async function nextTimes(client: Client, taskQueue: string, newsletter: string): Promise<Date[]> {
  const found = await describe(client.schedule.getHandle(scheduleId(taskQueue, newsletter)));
  return found === null || found.state.paused ? [] : found.info.nextActionTimes;
}

async function describe(handle: ScheduleHandle): Promise<Awaited<ReturnType<ScheduleHandle['describe']>> | null> {
  try {
    return await handle.describe();
  } catch (error) {
    unlessGone(error);
    return null;
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}
