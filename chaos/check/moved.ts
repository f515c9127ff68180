import type { EnrollmentRow, TaskRow } from './evidence.ts';
import { groupBy, type Invariant } from './invariant.ts';

/** A bulk run works piece by piece: a worker that is killed has done all of a piece, or nothing. */
export const movedOnce: Invariant = {
  holds: 'a migrated enrollment was moved once by each run, and stands in the revision that the last one named',
  check({ audit, enrollments }) {
    const moves = audit.filter(({ action }) => action === 'enrollment.moved');
    const revisionOf = new Map(enrollments.map(({ id, revision }) => [id, revision]));
    const twice = [
      ...groupBy(moves, ({ data }) => `${data['enrollmentId']} by ${data['runId']}, to ${data['revision']}`),
    ].filter(([, group]) => group.length > 1);
    const last = new Map(moves.map(({ data }) => [data['enrollmentId'] ?? '', Number(data['revision'])]));
    return {
      checked: moves.length,
      offenders: [
        ...twice.map(([what, group]) => `${what}: moved ${group.length} times`),
        ...[...last]
          .filter(([id, revision]) => revisionOf.get(id) !== revision)
          .map(([id, revision]) => `${id}: stands in ${revisionOf.get(id)}, moved to ${revision}`),
      ],
    };
  },
};

export const runsEnd: Invariant = {
  holds: 'each bulk run came to its end',
  check: ({ bulkRuns }) => ({
    checked: bulkRuns.length,
    offenders: bulkRuns
      .filter(({ status }) => status !== 'done')
      .map(
        ({ id, kind, status, done, total, error }) => `${kind} ${id}: ${status}, ${done} of ${total}; ${error ?? ''}`,
      ),
  }),
};

/** A row of its own, beside the mail that tells a rep of it and of others: a worker that is killed has written both, or neither. */
export const tasksTold: Invariant = {
  holds: 'each step that gave a task has one, and a mail told the rep of it',
  check({ audit, tasks, sends, enrollments }) {
    const told = new Set(sends.filter(({ status }) => status === 'sent' || status === 'in_doubt').map(({ id }) => id));
    const standing = new Set(enrollments.filter(({ status }) => status === 'active').map(standsAt));
    const placeOf = (task: TaskRow): string => `${task.enrollmentId} at ${task.stepId}`;
    const given = new Set(tasks.map(placeOf));
    const past = audit.filter(
      ({ action, data }) =>
        action === 'step.performed' && data['kind'] === 'task' && (data['result'] ?? '').startsWith('given'),
    );
    return {
      checked: past.length + tasks.length,
      offenders: [
        ...past
          .map(({ data }) => `${data['enrollmentId']} at ${data['stepId']}`)
          .filter((place) => !given.has(place))
          .map((place) => `${place}: no task, though the lead went on`),
        ...tasks
          .filter((task) => task.status === 'open' && !told.has(task.toldBy ?? '') && !standing.has(placeOf(task)))
          .map((task) => `${task.id}, ${placeOf(task)}: nobody was told, and the lead is gone from the step`),
      ],
    };
  },
};

function standsAt({ id, stepId }: EnrollmentRow): string {
  return `${id} at ${stepId}`;
}
