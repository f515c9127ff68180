/** Tasks of reps, as the processes of leads give and tell them. */
import type { Tx } from '../db.ts';
import type { Lead, Task } from '../generated/client.ts';
import { columnsOf, insertRow } from '../rows.ts';

/** The task of an intent; null: it was not given yet. */
export async function taskOf(tx: Tx, key: string): Promise<Task | null> {
  const [task] = await tx.$queryRaw<Task[]>`SELECT ${columnsOf('tasks')} FROM tasks WHERE key = ${key}`;
  return task ?? null;
}

export function insertTask(tx: Tx, task: Partial<Task>): Promise<Task> {
  return insertRow(tx, 'tasks', task);
}

/** A task that a rep is told of, with what the rep must know of its lead. */
export type ToldTask = Pick<Task, 'id' | 'kind' | 'body' | 'dueAt'> &
  Pick<Lead, 'firstName' | 'lastName' | 'company' | 'jobTitle' | 'email' | 'phone'>;

/**
 * Takes the open tasks that a rep was not told of yet; they count as told by this send. The rep must be locked. Soonest due first. A next
 * step is told when it is time: `at` is now on the clock of the lead whose process asks.
 */
export async function takeUntold(
  tx: Tx,
  repId: string,
  sendId: string,
  { leadId, at }: { leadId: string; at: Date },
): Promise<ToldTask[]> {
  const taken = await tx.$queryRaw<ToldTask[]>`
    UPDATE tasks t SET told_by = ${sendId} FROM leads l
    WHERE t.rep_id = ${repId} AND t.status = 'open' AND t.told_by IS NULL AND l.id = t.lead_id
      AND (t.kind <> 'next-step' OR t.tell_at <= CASE WHEN l.id = ${leadId} THEN ${at}::timestamptz
           ELSE now() + l.clock_offset_ms * interval '1 millisecond' END)
    RETURNING t.id, t.kind, t.body, t.due_at AS "dueAt", l.first_name AS "firstName", l.last_name AS "lastName",
      l.company, l.job_title AS "jobTitle", l.email, l.phone`;
  return taken.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || (a.id < b.id ? -1 : 1));
}

/** The rep was not told by this send after all. */
export async function untellTasks(tx: Tx, sendId: string): Promise<void> {
  await tx.$executeRaw`UPDATE tasks SET told_by = NULL WHERE told_by = ${sendId}`;
}

/** The tasks that were told together with this one are to be told again. */
export async function untellTasksToldWith(tx: Tx, taskId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE tasks SET told_by = NULL WHERE told_by = (SELECT told_by FROM tasks WHERE id = ${taskId})`;
}

/** The next step of a lead that its rep was not told of; null: there is none. */
export async function untoldStep(tx: Tx, leadId: string): Promise<string | null> {
  const [task] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM tasks WHERE lead_id = ${leadId} AND kind = 'next-step' AND status = 'open' AND told_by IS NULL
    ORDER BY due_at LIMIT 1`;
  return task?.id ?? null;
}

/** From now on further tasks of the rep are gathered. `at`: now on the clock of the lead whose process tells. */
export async function toldOfTasks(tx: Tx, repId: string, at: Date): Promise<void> {
  await tx.$executeRaw`UPDATE reps SET tasks_told_at = ${at} WHERE id = ${repId}`;
}

/** Nobody is to do any more what a cadence asked for that the lead has left. */
export async function cancelTasksOf(tx: Tx, enrollmentId: string, at: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE tasks SET status = 'cancelled', closed_at = ${at}, closed_by = 'system'
    WHERE enrollment_id = ${enrollmentId} AND status = 'open'`;
}

/**
 * The turn of the lead with its rep is over: what the rep planned, and what ended cadences asked for, is to be done by nobody any more. Tasks of
 * cadences that still run stay.
 */
export async function endTasksOfTurn(tx: Tx, leadId: string, at: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE tasks t SET status = 'cancelled', closed_at = ${at}, closed_by = 'system'
    WHERE t.lead_id = ${leadId} AND t.status = 'open'
      AND NOT EXISTS (SELECT FROM enrollments e WHERE e.id = t.enrollment_id AND e.ended_at IS NULL)`;
}

/** The open tasks that a rep had with a lead go along to the rep who has it now, who was not told of them. */
export async function moveTasks(
  tx: Tx,
  leadId: string,
  { from, to, team }: { from: string; to: string; team: string },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE tasks SET rep_id = ${to}, team = ${team}, told_by = NULL
    WHERE lead_id = ${leadId} AND rep_id = ${from} AND status = 'open'`;
}
