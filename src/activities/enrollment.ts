import { type Cadence, nurtures } from '../domain/cadence.ts';
import { isOfCanary } from '../domain/canary.ts';
import { CONTROL_GROUP_WORDS, isOfControlGroup } from '../domain/control-group.ts';
import { chooseCadence, type CadenceChoice, type Past } from '../domain/enrollment.ts';
import { newId } from '../domain/ids.ts';
import { OUT_OF_CONTENT } from '../store/bulk/finished.ts';
import type { TouchRead } from '../store/campaign-of-touch.ts';
import { type ActiveEnrollment, pinned } from '../store/process/picture.ts';
import { latestRevision, readRevision } from '../store/process/revisions.ts';
import { namesSegment } from '../store/events/segment-entry.ts';
import { insertRows, updateRow } from '../store/rows.ts';
import { entryStep } from '../steps/next-step.ts';
import { PERFORMERS } from '../steps/performers.ts';
import { arrive, forgetWaits, positionAt } from './position.ts';
import type { Turn } from './turn.ts';

/** Enrolls the lead in the cadence that fits it best. Returns whether there was one, and why or why not. */
export async function enrollInBest(turn: Turn): Promise<{ enrolled: boolean; because: string }> {
  const choice = await bestCadence(turn);
  if (choice.cadence === null) {
    if (choice.heldBack !== undefined) keepOut(turn, choice.heldBack);
    return { enrolled: false, because: choice.because };
  }
  await enroll(turn, choice.cadence.cadence, { via: 'trigger', because: choice.because });
  return { enrolled: true, because: choice.because };
}

/**
 * The cadence that fits the lead best, by the touch that began its need (or by `request`, as if it had begun the need). If none fits,
 * by the lead's first touch.
 */
export async function bestCadence(turn: Turn, request?: TouchRead): Promise<CadenceChoice> {
  const { needTouch, firstTouch } = turn.picture;
  const past = await pastOf(turn);
  const { cadences } = turn.playbook;
  const conditions = cadences.map(({ enroll }) => enroll?.when);
  const by = async (touch: TouchRead | null): Promise<CadenceChoice> =>
    chooseCadence(cadences, await turn.facts(conditions, touch), past);
  const touch = request ?? needTouch;
  const choice = await by(touch);
  const best = choice.cadence !== null || touch?.id === firstTouch?.id ? choice : await by(firstTouch);
  if (best.cadence === null || !isOfControlGroup(turn.lead.id, turn.playbook.controlGroup)) return best;
  return { ...best, cadence: null, heldBack: best.cadence.cadence, because: CONTROL_GROUP_WORDS };
}

/** Records, once, that the lead would have been enrolled and is of the control group. */
function keepOut(turn: Turn, cadence: string): void {
  if (turn.lead.controlSince !== null) return;
  turn.changeLead({ controlSince: turn.at });
  turn.note({ action: 'lead.kept-out', data: { cadence } });
}

/** The cadences that the lead has been in, and when it left them. `key`: of reminders, those about this alone. */
export async function pastOf({ tx, lead, atMs }: Turn, key?: string | null): Promise<Past> {
  const rows = await tx.$queryRaw<{ cadence: string; leftAt: Date | null }[]>`
    SELECT cadence, CASE WHEN bool_and(ended_at IS NOT NULL) THEN max(ended_at) END AS "leftAt"
    FROM enrollments WHERE lead_id = ${lead.id} AND (${key === undefined} OR key IS NOT DISTINCT FROM ${key ?? null})
    GROUP BY cadence`;
  return { leftAt: new Map(rows.map(({ cadence, leftAt }) => [cadence, leftAt?.getTime() ?? null])), atMs };
}

export interface Entry {
  /** How it began: trigger, event, move, recycle, command, won, append. */
  via: string;
  because: string;
  /** What a reminder is about. */
  key?: string | null;
  /** The step that it is put before; without it the first. */
  step?: string | undefined;
  /** The revision of the cadence; without it the one in force, or its canary. */
  revisionId?: string;
}

/**
 * Enrolls the lead in the current revision of a cadence; an active enrollment of its kind (a reminder: of its key) must have been ended
 * or suspended before.
 * @throws AppError CADENCE_UNKNOWN; NOT_FOUND when the cadence has no such step
 */
export async function enroll(
  turn: Turn,
  cadence: string,
  { via, because, key = null, step, revisionId: given }: Entry,
): Promise<void> {
  const { tx, deps, at } = turn;
  const revisionId = given ?? revisionFor(turn, cadence, step);
  const revision =
    revisionId === undefined ? await latestRevision(tx, cadence) : await readRevision(deps.db, tx, revisionId);
  const before = pinned(
    {
      id: newId('enrollment'),
      leadId: turn.lead.id,
      needId: turn.picture.need?.id ?? null,
      cadence,
      revisionId: revision.id,
      status: 'active',
      kind: revision.definition.kind ?? 'main',
      key,
      suspendedAt: null,
      via,
      stepId: null,
      pass: 1,
      firstPass: 1,
      dueAt: null,
      waitingFrom: null,
      waitingSince: null,
      dueBecause: null,
      reachedAt: null,
      waitsOn: null,
      expiresAt: null,
      steppedAt: at,
      attempts: 0,
      startedAt: at,
      endedAt: null,
      endReason: null,
      goal: null,
    },
    revision,
  );
  const enrollment = { ...before, ...positionAt(turn, before, step ?? entryStep(before.cadenceAsPinned)) };
  const { revision: _pinnedRevision, cadenceAsPinned, ...row } = enrollment;
  turn.send(insertRows(tx, 'enrollments', [row]));
  turn.note({
    action: 'enrollment.started',
    data: {
      enrollmentId: enrollment.id,
      cadence,
      revision: revision.number,
      via,
      because,
      ...(key === null ? {} : { key }),
    },
  });
  if (isReminder(enrollment)) turn.picture.reminders.push(enrollment);
  else {
    turn.picture.enrollment = enrollment;
    // It enters the segment of this cadence anew only after it was found out of it.
    if (namesSegment(cadenceAsPinned) && !turn.lead.entered.includes(cadence))
      turn.changeLead({ entered: [...turn.lead.entered, cadence] });
    if (nurtures(cadenceAsPinned)) turn.changeStage('nurturing', `enrolled in ${cadence}: ${because}`);
  }
  await arrive(turn, enrollment);
}

/** The revision in force, or its canary for a lead of its share; the canary may not have the step that the lead is put before. */
function revisionFor({ rules, lead }: Turn, cadence: string, step: string | undefined): string | undefined {
  const canary = rules.canaries.get(cadence);
  const isTried =
    canary !== undefined &&
    isOfCanary(cadence, lead.id, canary.percent) &&
    (step === undefined || canary.definition.steps.some(({ id }) => id === step));
  return isTried ? canary.revisionId : rules.cadences.get(cadence);
}

export function isReminder({ kind }: Pick<ActiveEnrollment, 'kind'>): boolean {
  return kind === 'reminder';
}

/** Ends an enrollment, by default the cadence that runs, if there is one. */
export function endEnrollment(
  turn: Turn,
  reason: string,
  status: 'completed' | 'ended' = 'ended',
  enrollment: ActiveEnrollment | null = turn.picture.enrollment,
  goal?: string,
): void {
  if (enrollment === null) return;
  turn.send(
    updateRow(turn.tx, 'enrollments', enrollment.id, {
      status,
      endedAt: turn.at,
      endReason: reason,
      ...(goal === undefined ? {} : { goal }),
      stepId: null,
      dueAt: null,
      waitsOn: null,
    }),
  );
  if (status === 'ended') for (const performer of Object.values(PERFORMERS)) performer.takenOut?.(turn, enrollment.id);
  leave(turn, enrollment);
  turn.note({
    action: 'enrollment.ended',
    data: { enrollmentId: enrollment.id, cadence: enrollment.cadence, reason },
  });
}

/** It performs no more steps: it is not in the picture, and waits for nothing. */
function leave(turn: Turn, enrollment: ActiveEnrollment): void {
  const { picture } = turn;
  if (picture.enrollment?.id === enrollment.id) picture.enrollment = null;
  picture.reminders = picture.reminders.filter(({ id }) => id !== enrollment.id);
  picture.suspended = picture.suspended.filter(({ id }) => id !== enrollment.id);
  forgetWaits(turn, enrollment);
}

/** Ends the cadence that runs and the suspended ones: the lead leaves the pool, or its need. Reminders go on. */
export function leaveCadences(turn: Turn, reason: string): void {
  endEnrollment(turn, reason);
  for (const one of turn.picture.suspended) endEnrollment(turn, reason, 'ended', one);
}

/** Ends every cadence and every reminder of the lead: nothing is sent to it any more. */
export function leaveAll(turn: Turn, reason: string): void {
  leaveCadences(turn, reason);
  for (const one of turn.picture.reminders) endEnrollment(turn, reason, 'ended', one);
}

/** The cadence that runs gives way to a better one: it ends, or it is suspended until the better one has ended. */
export function giveWay(turn: Turn, enrollment: ActiveEnrollment, better: Cadence): void {
  if (better.preempt !== 'suspend') return endEnrollment(turn, `preempted by ${better.cadence}`);
  const patch = { status: 'suspended', suspendedAt: turn.at } as const;
  turn.send(updateRow(turn.tx, 'enrollments', enrollment.id, patch));
  leave(turn, enrollment);
  turn.picture.suspended.unshift(Object.assign(enrollment, patch));
  const { id: enrollmentId, cadence } = enrollment;
  turn.note({ action: 'enrollment.suspended', data: { enrollmentId, cadence, by: better.cadence } });
}

/** The cadence that was suspended last goes on where it stood, with what was left of its wait. Returns whether there is one. */
export async function resumeSuspended(turn: Turn): Promise<boolean> {
  const enrollment = turn.picture.suspended.shift();
  if (enrollment === undefined) return false;
  const { dueAt, suspendedAt, waitingSince, id: enrollmentId, cadence } = enrollment;
  const leftMs = dueAt === null || suspendedAt === null ? 0 : Math.max(0, dueAt.getTime() - suspendedAt.getTime());
  const stoodMs = suspendedAt === null ? 0 : turn.atMs - suspendedAt.getTime();
  const patch = {
    status: 'active',
    suspendedAt: null,
    dueAt: new Date(turn.atMs + leftMs),
    ...(waitingSince === null ? {} : { waitingSince: new Date(waitingSince.getTime() + stoodMs) }),
  } as const;
  turn.send(updateRow(turn.tx, 'enrollments', enrollmentId, patch));
  turn.picture.enrollment = Object.assign(enrollment, patch);
  turn.note({ action: 'enrollment.resumed', data: { enrollmentId, cadence } });
  turn.changeStage('nurturing', `${cadence} goes on`);
  await arrive(turn, enrollment);
  return true;
}

/** The lead's cadence has ended and names no other. A suspended cadence goes on at the next look; without one the lead is dormant. */
export function rest(turn: Turn, because: string): void {
  if (turn.picture.suspended.length === 0) turn.changeStage('dormant', because);
}

/** What follows a cadence that has run out of content: another cadence, or `dormant`. */
export async function runOut(turn: Turn, enrollment: ActiveEnrollment): Promise<void> {
  const { cadenceAsPinned: cadence, key } = enrollment;
  endEnrollment(turn, OUT_OF_CONTENT, 'completed', enrollment);
  const because = `${cadence.cadence} is out of content`;
  if (cadence.whenDone !== 'dormant') await enroll(turn, cadence.whenDone.move, { via: 'move', because, key });
  else if (nurtures(cadence)) rest(turn, because);
}
