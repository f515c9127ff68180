import { endOf, momentAt } from '../../domain/moment.ts';
import type { StepPerformer, StepWork } from '../performer.ts';
import { dateInWords, type DatedWait, isDated, type WaitStep } from './position.ts';

/**
 * No lead stays at a wait that is a span or until a time of day; one that is there in spite of this goes on. At a wait until a date it
 * stays, and the date is read at every wake: it may have moved.
 */
export const performWait: StepPerformer<WaitStep> = {
  async perform(work) {
    const { step } = work;
    if (isDated(step)) return performDated({ ...work, step });
    await work.goOn();
    return true;
  },
  revisits: isDated,
};

async function performDated(work: StepWork<DatedWait>): Promise<boolean> {
  const { step, turn, enrollment } = work;
  const { date, campaign } = await work.dateOf(step.date);
  if (date === null) return passOver(work, step.ifMissing, `the date is not known: ${dateInWords(step)}`);
  const { zone, times } = work.timetable;
  const momentMs = momentAt(date, step, zone, times.isHoliday);
  if (momentMs > turn.atMs) {
    work.stayUntil(momentMs, campaign);
    return false;
  }
  // The lead came too late if the moment had passed when it came. One that stood here goes on, however late it is woken.
  const hasPassed = momentMs < (enrollment.reachedAt?.getTime() ?? turn.atMs);
  if (hasPassed && step.ifPassed !== 'continue')
    return passOver(work, step.ifPassed, `${work.words(momentMs)} has passed: ${dateInWords(step)}`);
  // What was to come before the date is of no use after it.
  work.bind(step.offset?.direction === 'before' ? endOf(date, zone) : null);
  work.performed(hasPassed ? 'the moment has passed, and it goes on at once' : dateInWords(step));
  await work.goOn();
  return true;
}

async function passOver(work: StepWork<DatedWait>, how: 'skip' | 'exit', because: string): Promise<boolean> {
  if (how === 'exit') work.exit(because);
  else await work.skipGroup(because);
  return true;
}
