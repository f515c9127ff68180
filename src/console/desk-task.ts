/** A task that a cadence asks of a rep, on the rep's desk: what is to be done, and the form that says what came of it. */
import type { Request } from 'express';
import { html } from 'hono/html';
import { actorHandle } from '../domain/actor.ts';
import { AppError, isAppError } from '../domain/errors.ts';
import { tiesOfTask } from '../domain/policy.ts';
import type { DeskTask } from '../store/lists/desk.ts';
import { readTask } from '../store/lists/tasks.ts';
import { closeTask } from '../store/sales/close-task.ts';
import type { ConsoleDeps } from './deps.ts';
import { bounded, chosen, field, LONGEST_TEXT } from './fields.ts';
import { fieldsOfForm, type Refused } from './form-fields.ts';
import { csrfField, type Html } from './layout.ts';
import { CAME_OF_IT } from './lead-forms.ts';
import { actorFor, type Visitor } from './session.ts';
import { wrongField } from './wrong.ts';

/** @param page Of the desk as it is shown: where the form leads back to, in an address */
export function taskPart(task: DeskTask, csrf: string, page: string, refused: Refused | null): Html {
  const fields = fieldsOfForm(task.id, refused, `${task.id}-`);
  return html`<p>
      ${task.email === null ? '' : html`<a class="button" href="mailto:${task.email}">Write to ${task.email}</a>`}
    </p>
    <form method="post" action="/console/tasks/${task.id}${page}">
      ${csrfField(csrf)} ${fields.problem} ${fields.select('came', 'What came of it?', { '': 'Choose', ...CAME_OF_IT })}
      ${fields.input('note', 'Note (optional)', { longest: 1000 })}
      <button name="do" value="done">Done</button> <button name="do" value="cancel">Not to be done</button>
    </form>`;
}

/**
 * Closes the task of the form. Sent twice, it closes it once.
 * @returns The key of what was done
 * @throws AppError VALIDATION_FAILED, TASK_UNKNOWN, TASK_CLOSED, or the refusal of the policy
 */
export async function closeAsked(
  { store, ring }: ConsoleDeps,
  visitor: Visitor,
  request: Request,
): Promise<'task-done' | 'task-cancelled'> {
  const status = field(request, 'do') === 'cancel' ? 'cancelled' : 'done';
  const done = `task-${status}` as const;
  const task = await readTask(store.db, String(request.params['id']));
  if (task === null) throw new AppError('TASK_UNKNOWN', 'There is no such task.');
  const actor = actorFor(visitor, 'close-task', tiesOfTask(task));
  if (task.status === status && task.closedBy === actorHandle(actor)) return done;
  if (status === 'done' && field(request, 'came') === '') throw wrongField('came', 'Say what came of it.');
  const result = status === 'done' ? { result: chosen(request, 'came', CAME_OF_IT, 'Say what came of it.') } : {};
  const note = bounded(field(request, 'note', LONGEST_TEXT));
  try {
    const { ringIds } = await closeTask(store, actor, task.id, { status, ...result, ...(note !== '' && { note }) });
    ring(ringIds);
  } catch (error) {
    // Two presses at once: the other one has just closed it.
    const now = isAppError(error) && error.code === 'TASK_CLOSED' ? await readTask(store.db, task.id) : null;
    if (now?.status !== status || now.closedBy !== actorHandle(actor)) throw error;
  }
  return done;
}
