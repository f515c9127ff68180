import { MAIL_SERVER } from '../../domain/effect.ts';
import { newId } from '../../domain/ids.ts';
import { addSpan, addWorkingTime, holidaysOf, spanToMs } from '../../domain/schedule.ts';
import type { Task } from '../../store/generated/client.ts';
import { cancelTasksOf, insertTask, taskOf, untellTasks } from '../../store/process/tasks.ts';
import { lockRep } from '../../store/process/reps.ts';
import { afterMessage } from '../after-outcome.ts';
import { listen, metOf } from '../awaiting.ts';
import { renderText } from '../liquid-text.ts';
import { orHold } from '../or-hold.ts';
import type { StepPerformer, StepWork } from '../performer.ts';
import { TASK_TEMPLATE } from './language.ts';
import type { TaskStep } from './position.ts';
import { type Receiver, receiverOf } from './rep.ts';

type Work = StepWork<TaskStep>;

const WORDS = { who: MAIL_SERVER, what: 'mail to the rep' };
/** Codes of what holds the lead until a person has mended it. */
const MENDED: ReadonlySet<string> = new Set(['TEMPLATE_BROKEN', 'UNAVAILABLE', 'PLAYBOOK_INVALID']);

/**
 * The task is a row first; then the rep is told by mail, in one mail of all that came since the last (`notices.gather`). The lead is at
 * the step until its task was told, by its own process or by that of another lead, and with `wait` until the task is closed.
 */
export const performTask: StepPerformer<TaskStep> = {
  async perform(work) {
    const task = await taskOf(work.turn.tx, work.intentKey);
    if (task === null) return give(work);
    if (task.status !== 'open') return conclude(work, task);
    if (task.toldBy === null) return tell(work, task);
    return standBy(work, task);
  },
  met: metOf,
  isUsable: async (work) => (await reasonNotToGive(work)) === null,
  async afterOutcome(work, result) {
    const task = await taskOf(work.turn.tx, work.intentKey);
    if (result.status === 'released' && task !== null && task.toldBy !== null)
      await untellTasks(work.turn.tx, task.toldBy);
    if (result.status === 'released') return afterMessage(work, result, WORDS, () => Promise.resolve());
    if (task !== null) await (task.status === 'open' ? standBy(work, task) : conclude(work, task));
  },
  takenOut: (turn, enrollmentId) => turn.send(cancelTasksOf(turn.tx, enrollmentId, turn.at)),
};

async function give(work: Work): Promise<boolean> {
  const { turn, step } = work;
  const timing = await work.timing(undefined);
  if (timing.kind === 'later') {
    work.wait(timing);
    return false;
  }
  const reason = timing.kind === 'skip' ? timing.reason : await reasonNotToGive(work);
  if (reason !== null) {
    work.skip('task', { templateKey: step.id }, reason);
    work.performed(`skipped: ${reason}`);
    await work.goOn();
    return true;
  }
  const found = await orHold(
    work,
    async () => ({
      ...(await receiverOf(turn, step.to)),
      body: renderText(turn, step.id, step.text),
    }),
    MENDED,
  );
  if (found === null) return false;
  const task = await insertTask(turn.tx, taskRow(work, found, found.body));
  turn.note({
    action: 'task.given',
    data: { taskId: task.id, repId: task.repId, by: step.by, dueAt: task.dueAt.toISOString() },
  });
  if (task.tellAt <= turn.at) return tell(work, task);
  work.putOff(task.tellAt.getTime(), 0);
  return false;
}

/** A person calls or writes: that needs no consent to mail, but no lead that refused is bothered. */
async function reasonNotToGive({ turn, step, ...work }: Work): Promise<string | null> {
  if (step.by === 'call' && turn.lead.phone === null) return 'no-phone';
  const reason = await work.reasonNotToSend('task');
  return reason === 'no-consent' ? null : reason;
}

function taskRow({ turn, step, enrollment, intentKey }: Work, { rep, team }: Receiver, body: string): Partial<Task> {
  const isHoliday = holidaysOf(turn.playbook.calendars, team.calendar);
  return {
    id: newId('task'),
    key: intentKey,
    leadId: turn.lead.id,
    needId: enrollment.needId,
    enrollmentId: enrollment.id,
    cadence: enrollment.cadence,
    stepId: step.id,
    repId: rep.id,
    team: team.team,
    kind: step.by,
    body,
    dueAt: new Date(addWorkingTime(turn.atMs, step.due, team.workingHours, team.timeZone, isHoliday)),
    tellAt: nextMailAt(rep, { at: turn.at, gatherMs: spanToMs(turn.playbook.notices.gather) }),
    occurredAt: turn.at,
  };
}

/**
 * When the rep may get a mail about tasks again: at once, unless the last one left around this instant. The clock of its lead may be ahead of
 * this lead's, or far from it.
 */
function nextMailAt({ tasksToldAt }: Receiver['rep'], { at, gatherMs }: { at: Date; gatherMs: number }): Date {
  const sinceMs = tasksToldAt === null ? gatherMs : at.getTime() - tasksToldAt.getTime();
  if (Math.abs(sinceMs) >= gatherMs) return at;
  return new Date(at.getTime() + gatherMs - Math.max(0, sinceMs));
}

/** Claims the mail that tells the rep of this task, and of all others that are untold. */
async function tell(work: Work, task: Task): Promise<boolean> {
  const { turn } = work;
  const rep = await lockRep(turn.tx, task.repId);
  const again = await taskOf(turn.tx, work.intentKey);
  // The process of another lead, which had the rep's lock before, has told of it.
  if (again !== null && again.toldBy !== null) return standBy(work, again);
  const before = await work.lookBack();
  // An earlier mail about it is in doubt, or the rep's address refused it. It stays on the list.
  if (before !== null || rep === null) return standBy(work, task);
  const template = turn.rules.templates.get(TASK_TEMPLATE);
  if (template === undefined) {
    work.hold(`TEMPLATE_BROKEN: the templates folder has no ‘${TASK_TEMPLATE}.mjml’, which tells reps of tasks.`);
    return false;
  }
  const zone = rep.timeZone ?? turn.playbook.defaultTimeZone;
  const claimed = await orHold(work, () => work.claim('task', { template, rep, zone }, 'rep').then(() => true), MENDED);
  return claimed ?? false;
}

/** The rep knows of the task: the lead goes on, or waits until it is closed. */
async function standBy(work: Work, task: Task): Promise<boolean> {
  const { turn, step } = work;
  if (step.wait === undefined) {
    work.performed(`given to ${task.repId}`);
    await work.goOn();
    return true;
  }
  const untilMs = addSpan(task.occurredAt.getTime(), step.wait.within, turn.zone);
  if (untilMs <= turn.atMs) return conclude(work, task);
  listen(work, { task: task.id, since: turn.at.toISOString() });
  work.putOff(untilMs, 0);
  return false;
}

/** The task is closed, or its time is over. */
async function conclude(work: Work, task: Task): Promise<boolean> {
  const { wait } = work.step;
  work.performed(task.status === 'open' ? `given to ${task.repId}, and not done in time` : inWords(task));
  const to = task.status === 'done' ? wait?.then : wait?.otherwise;
  await (to === undefined ? work.goOn() : work.goTo(to));
  return true;
}

function inWords({ status, result, repId }: Task): string {
  return status === 'done' ? `done by ${repId}${result === null ? '' : `: ${result}`}` : 'cancelled';
}
