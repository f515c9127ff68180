import type { Cadence } from '../domain/cadence.ts';
import { chooseCadence, type CadenceChoice } from '../domain/enrollment.ts';
import { newId } from '../domain/ids.ts';
import type { Touch } from '../store/generated/client.ts';
import { pinned } from '../store/process/picture.ts';
import { latestRevision, readRevision } from '../store/process/revisions.ts';
import { insertRows, updateRow } from '../store/rows.ts';
import { entryStep } from '../steps/next-step.ts';
import { arrive, positionAt } from './position.ts';
import type { Turn } from './turn.ts';

/** Enrolls the lead in the cadence that fits it best. Returns whether there was one, and why or why not. */
export async function enrollInBest(turn: Turn): Promise<{ enrolled: boolean; because: string }> {
  const choice = await bestCadence(turn);
  if (choice.cadence === null) return { enrolled: false, because: choice.because };
  await enroll(turn, choice.cadence.cadence, 'trigger', choice.because);
  return { enrolled: true, because: choice.because };
}

/**
 * The cadence that fits the lead best, by the touch that began its need (or by `request`, as if it had begun the need). If none fits,
 * by the lead's first touch.
 */
export async function bestCadence(turn: Turn, request?: Touch): Promise<CadenceChoice> {
  const { needTouch, firstTouch } = turn.picture;
  const before = await turn.tx.$queryRaw<{ cadence: string }[]>`
    SELECT DISTINCT cadence FROM enrollments WHERE lead_id = ${turn.lead.id}`;
  const past = { enrolledBefore: before.map((enrollment) => enrollment.cadence) };
  const { cadences } = turn.playbook;
  const conditions = cadences.map(({ enroll }) => enroll?.when);
  const by = async (touch: Touch | null): Promise<CadenceChoice> =>
    chooseCadence(cadences, await turn.facts(conditions, touch), past);
  const touch = request ?? needTouch;
  const choice = await by(touch);
  return choice.cadence !== null || touch?.id === firstTouch?.id ? choice : by(firstTouch);
}

/**
 * Enrolls the lead in the current revision of a cadence; an active enrollment must have been ended before.
 * @throws AppError CADENCE_UNKNOWN
 */
export async function enroll(turn: Turn, key: string, via: string, because: string): Promise<void> {
  const { tx, deps, at } = turn;
  const revisionId = turn.rules.cadences.get(key);
  const revision =
    revisionId === undefined ? await latestRevision(tx, key) : await readRevision(deps.db, tx, revisionId);
  const before = pinned(
    {
      id: newId('enrollment'),
      leadId: turn.lead.id,
      needId: turn.picture.need?.id ?? null,
      cadence: key,
      revisionId: revision.id,
      status: 'active',
      via,
      stepId: null,
      pass: 1,
      dueAt: null,
      steppedAt: at,
      attempts: 0,
      startedAt: at,
      endedAt: null,
      endReason: null,
    },
    revision,
  );
  const enrollment = { ...before, ...positionAt(turn, before, entryStep(before.cadenceAsPinned)) };
  const { revision: _pinnedRevision, cadenceAsPinned, ...row } = enrollment;
  turn.send(insertRows(tx, 'enrollments', [row]));
  turn.picture.enrollment = enrollment;
  turn.note({
    action: 'enrollment.started',
    data: { enrollmentId: enrollment.id, cadence: key, revision: revision.number, via, because },
  });
  if (cadenceAsPinned.purpose === 'nurture') turn.changeStage('nurturing', `enrolled in ${key}: ${because}`);
  await arrive(turn, enrollment);
}

/** Ends the active enrollment, if there is one. */
export function endEnrollment(turn: Turn, reason: string, status: 'completed' | 'ended' = 'ended'): void {
  const { enrollment } = turn.picture;
  if (enrollment === null) return;
  turn.send(
    updateRow(turn.tx, 'enrollments', enrollment.id, {
      status,
      endedAt: turn.at,
      endReason: reason,
      stepId: null,
      dueAt: null,
    }),
  );
  turn.picture.enrollment = null;
  turn.changeLead({ awaiting: [] });
  turn.note({
    action: 'enrollment.ended',
    data: { enrollmentId: enrollment.id, cadence: enrollment.cadence, reason },
  });
}

/** What follows a cadence that has run out of content: another cadence, or `dormant`. */
export async function runOut(turn: Turn, cadence: Cadence): Promise<void> {
  endEnrollment(turn, 'out of content', 'completed');
  if (cadence.whenDone !== 'dormant')
    await enroll(turn, cadence.whenDone.move, 'move', `${cadence.cadence} is out of content`);
  else if (cadence.purpose === 'nurture') turn.changeStage('dormant', `${cadence.cadence} is out of content`);
}
