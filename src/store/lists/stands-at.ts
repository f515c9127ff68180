import { Prisma } from '../generated/client.ts';

/**
 * Id of the step at which a lead stands in a run: the wait whose time is not over, otherwise the step that comes next. Of several waits
 * in a row it is the one that it was sent to. Over `enrollments run` and its `leads standing`, whose clock may be ahead of ours.
 */
export const STANDS_AT = Prisma.sql`(CASE
  WHEN run.waiting_from IS NULL OR run.waiting_from = run.step_id
    OR run.due_at <= now() + standing.clock_offset_ms * interval '1 millisecond'
    OR run.due_because IS NOT NULL OR run.attempts > 0 OR run.reached_at >= run.waiting_since
    OR coalesce(standing.awaiting, '[]') @> jsonb_build_array(jsonb_build_object('enrollmentId', run.id, 'stepId', run.step_id))
  THEN run.step_id ELSE run.waiting_from END)`;
