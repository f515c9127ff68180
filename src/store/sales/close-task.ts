import { type Actor, actorHandle } from '../../domain/actor.ts';
import { AppError } from '../../domain/errors.ts';
import { newId } from '../../domain/ids.ts';
import { denialOf, tiesOfTask } from '../../domain/policy.ts';
import { auditAll } from '../audit.ts';
import { leadNow } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Tx } from '../db.ts';
import { awaitedOf } from '../events/awaited.ts';
import type { Lead, Prisma, Task } from '../generated/client.ts';
import { lockLead } from '../lock.ts';
import { announce } from '../outbox.ts';
import { updateRow } from '../rows.ts';
import { countActivity } from './count-activity.ts';

export interface Closing {
  status: 'done' | 'cancelled';
  /** What came of it. */
  result?: string;
  note?: string;
}

/**
 * Closes a task. One that is done counts as a contact attempt: it is logged as what a person did for the lead. A lead that waits for it
 * goes on: its process is rung.
 * @throws AppError TASK_UNKNOWN, TASK_CLOSED, or the refusal of the policy
 */
export async function closeTask(
  ctx: StoreContext,
  actor: Actor,
  taskId: string,
  closing: Closing,
): Promise<{ ringIds: string[] }> {
  return transact(ctx.db, async (tx) => {
    const found = await tx.task.findUnique({ where: { id: taskId } });
    if (found === null) throw new AppError('TASK_UNKNOWN', 'There is no task with this id');
    const lead = await lockLead(tx, found.leadId);
    const task = await tx.task.findUniqueOrThrow({ where: { id: taskId } });
    const denial = denialOf(actor, 'close-task', tiesOfTask(task));
    if (denial !== null) throw new AppError(denial.code, denial.message);
    if (task.status !== 'open') throw new AppError('TASK_CLOSED', `The task is ${task.status} already`);
    const at = new Date(leadNow(lead, ctx.realNow()));
    const rung = await write(tx, { actor, task, closing, at, lead });
    return { ringIds: [...rung, ...(await wake(tx, lead, task, at))] };
  });
}

interface Closed {
  actor: Actor;
  task: Task;
  closing: Closing;
  at: Date;
  lead: Lead;
}

/** Returns ids of bells to ring. */
async function write(tx: Tx, { actor, task, closing, at, lead }: Closed): Promise<string[]> {
  const { status, result = null, note = null } = closing;
  const by = actorHandle(actor);
  await updateRow(tx, 'tasks', task.id, { status, result, note, closedAt: at, closedBy: by });
  await auditAll(tx, [
    {
      leadId: task.leadId,
      actor: by,
      at,
      action: 'task.closed',
      data: { taskId: task.id, repId: task.repId, status, ...(result === null ? {} : { result }) },
    },
  ]);
  if (status === 'cancelled') return [];
  // A next step that is done was a contact of some kind.
  const kind = task.kind === 'next-step' ? 'call' : task.kind;
  const id = newId('activity');
  await tx.repActivity.create({
    data: {
      id,
      leadId: task.leadId,
      needId: task.needId,
      repId: actor.kind === 'rep' ? actor.repId : task.repId,
      actor: by,
      kind,
      result,
      body: [result, note].filter((part) => part !== null).join(': ') || null,
      occurredAt: at,
    },
  });
  return countActivity(tx, lead, { id, kind, body: note, result, dueAt: null, at, by });
}

/** Under the lead's lock: its process either has written that it waits for the task, or reads that the task is closed. */
async function wake(tx: Tx, lead: Lead, task: Task, at: Date): Promise<string[]> {
  const awaiting = awaitedOf(lead);
  const waits = awaiting.find((entry) => entry.task === task.id && entry.metBy === undefined);
  if (waits === undefined) return [];
  const met = awaiting.map((entry) =>
    entry === waits ? { ...entry, metBy: task.id, metAt: at.toISOString() } : entry,
  );
  await updateRow(tx, 'leads', lead.id, { awaiting: met as unknown as Prisma.JsonValue });
  const { enrollmentId, stepId } = waits;
  return announce(tx, [{ leadId: lead.id, reason: 'awaited', refs: { enrollmentId, stepId, taskId: task.id } }]);
}
