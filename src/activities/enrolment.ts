import type { Cadence } from '../domain/cadence.ts';
import { chooseCadence } from '../domain/enrolment.ts';
import { AppError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { entryStep } from '../domain/next-step.ts';
import { pinned } from '../store/process/picture.ts';
import { goTo } from './position.ts';
import type { Turn } from './turn.ts';

/** Enrolls the lead in the cadence that fits it best. Answers whether one did, and why or why not. */
export async function enrolInBest(turn: Turn): Promise<{ enrolled: boolean; because: string }> {
  const choice = await bestCadence(turn);
  if (choice.cadence === null) return { enrolled: false, because: choice.because };
  await enrol(turn, choice.cadence.cadence, 'trigger', choice.because);
  return { enrolled: true, because: choice.because };
}

/** The cadence that fits the lead best as things stand. */
export async function bestCadence(turn: Turn) {
  const before = await turn.tx.enrollment.findMany({
    where: { leadId: turn.lead.id },
    select: { cadence: true },
    distinct: ['cadence'],
  });
  return chooseCadence(turn.deps.playbook.cadences, await turn.facts(), {
    enrolledBefore: before.map((enrollment) => enrollment.cadence),
  });
}

/**
 * Enrolls the lead in the current revision of a cadence; an active enrollment must have been ended before.
 * @throws AppError CADENCE_UNKNOWN
 */
export async function enrol(turn: Turn, key: string, via: string, because: string): Promise<void> {
  const revisionId = turn.deps.revisions.get(key);
  if (revisionId === undefined) throw new AppError('CADENCE_UNKNOWN', `There is no cadence ‘${key}’ in the playbook.`);
  const created = await turn.tx.enrollment.create({
    data: {
      id: newId('enrollment'),
      leadId: turn.lead.id,
      needId: turn.picture.need?.id ?? null,
      cadence: key,
      revisionId,
      via,
      steppedAt: turn.at,
      startedAt: turn.at,
    },
    include: { revision: true },
  });
  const enrollment = pinned(created);
  turn.picture.enrollment = enrollment;
  const { revision } = enrollment;
  turn.note({
    action: 'enrollment.started',
    data: { enrollmentId: enrollment.id, cadence: key, revision: revision.number, via, because },
  });
  if (enrollment.cadenceAsPinned.purpose === 'nurture') turn.changeStage('nurturing', `enrolled in ${key}: ${because}`);
  await goTo(turn, enrollment, entryStep(enrollment.cadenceAsPinned));
}

/** Ends the active enrollment, if there is one. */
export async function endEnrollment(turn: Turn, reason: string, status: 'completed' | 'ended' = 'ended'): Promise<void> {
  const { enrollment } = turn.picture;
  if (enrollment === null) return;
  await turn.tx.enrollment.update({
    where: { id: enrollment.id },
    data: { status, endedAt: turn.at, endReason: reason, stepId: null, dueAt: null },
  });
  turn.picture.enrollment = null;
  turn.changeLead({ awaiting: [] });
  turn.note({
    action: 'enrollment.ended',
    data: { enrollmentId: enrollment.id, cadence: enrollment.cadence, reason },
  });
}

/** What a cadence without content left says: another cadence, or nothing but to listen. */
export async function runOut(turn: Turn, cadence: Cadence): Promise<void> {
  await endEnrollment(turn, 'out of content', 'completed');
  if (cadence.whenDone !== 'dormant') await enrol(turn, cadence.whenDone.move, 'move', `${cadence.cadence} is out of content`);
  else if (cadence.purpose === 'nurture') turn.changeStage('dormant', `${cadence.cadence} is out of content`);
}
