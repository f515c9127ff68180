/** The command `enroll`. */
import { actorHandle } from '../domain/actor.ts';
import { nurtures } from '../domain/cadence.ts';
import type { LeadCommand, Verdict } from '../domain/commands.ts';
import { isClosed } from '../domain/stage.ts';
import { noSuchStep } from '../steps/next-step.ts';
import { type ActiveEnrollment, runningOf } from '../store/process/picture.ts';
import { endEnrollment, enroll } from './enrollment.ts';
import { openNeed } from './need.ts';
import type { Turn } from './turn.ts';
import { done, invalid } from './verdict.ts';

/**
 * Enrolls the lead in a cadence; the cadence that ran ends. A lead that is in it already stays, unless it is to begin again or is put
 * before a step. Then it is a new enrollment, which passes over the mail that the lead got.
 */
export async function enrollByCommand(turn: Turn, command: Extract<LeadCommand, { kind: 'enroll' }>): Promise<Verdict> {
  const cadence = turn.playbook.cadences.find((one) => one.cadence === command.cadence);
  if (cadence === undefined)
    return { ok: false, code: 'CADENCE_UNKNOWN', message: `There is no cadence ‘${command.cadence}’.` };
  const { picture } = turn;
  const running = [...runningOf(picture), ...picture.suspended].filter((one) => one.cadence === command.cadence);
  const [already] = running;
  const { step } = command;
  if (step === undefined && already !== undefined && command.restart !== true) return inItAlready(turn, already);
  if (step !== undefined && !cadence.steps.some(({ id }) => id === step)) return invalid(noSuchStep(cadence, step));
  const because = `enrolled in ${command.cadence} by command`;
  for (const one of running) endEnrollment(turn, because, 'ended', one);
  if (cadence.kind !== 'reminder') endEnrollment(turn, because);
  if (nurtures(cadence) && (picture.need === null || isClosed(turn.stage))) await openNeed(turn, null, because);
  // A reminder stays about what it is about. The main cadence has no key, and is in none or one place.
  const keys = cadence.kind === 'reminder' && already !== undefined ? running.map(({ key }) => key) : [null];
  for (const key of keys)
    await enroll(turn, command.cadence, { via: 'command', because: `by ${actorHandle(command.actor)}`, key, step });
  return done(turn, `Enrolled in ${command.cadence}${step === undefined ? '' : `, before step ‘${step}’`}.`);
}

/** The answer to a command that enrolls a lead in the cadence that it is in already: nothing is mailed twice without `restart`. */
function inItAlready(turn: Turn, { cadence, stepId, status }: ActiveEnrollment): Verdict {
  const where = status === 'suspended' ? 'and stands still behind another cadence' : `at step ‘${stepId ?? 'the end'}’`;
  return done(
    turn,
    `It is in ${cadence} already, ${where}: nothing was changed. To begin again, send "restart": true.`,
  );
}
