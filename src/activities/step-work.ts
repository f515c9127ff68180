import { nurtures, type Step } from '../domain/cadence.ts';
import type { Intent } from '../effects/channel.ts';
import { claim, lookBack, lookBackOnContent, skip, takeBack } from '../effects/claim.ts';
import { reasonNotToSend } from '../effects/may-go-out.ts';
import type { Settler } from '../effects/settler.ts';
import { PREFERENCES_CHANGED } from '../domain/preferences.ts';
import { isAmongTheNext, isWaitingForTurn } from '../domain/sending-limits.ts';
import { opening } from '../domain/timetable.ts';
import { TRY_AGAIN_AFTER } from '../steps/after-outcome.ts';
import { listen } from '../steps/awaiting.ts';
import { kindOf } from '../steps/kinds.ts';
import { following } from '../steps/next-step.ts';
import type { StepWork } from '../steps/performer.ts';
import { performerOf } from '../steps/performers.ts';
import { type ActiveEnrollment, type Picture, runningOf } from '../store/process/picture.ts';
import { endEnrollment, enroll, rest, runOut } from './enrollment.ts';
import { reasonToPassOver } from './content.ts';
import { regrade } from './grade.ts';
import { holdFor } from './hold.ts';
import { comeBack, goTo, inWindow, performed, placeOf, putOff } from './position.ts';
import { bind, dateOf, skipGroup, stayUntil } from './dated.ts';
import { timetable, timingOf } from './timing.ts';
import type { Turn } from './turn.ts';
import { waitForTurn } from './wait-for-turn.ts';

type StepOfIntent = NonNullable<Intent['step']>;

/** The operations that a step may call on its lead in this turn. */
export function workOn(turn: Turn, enrollment: ActiveEnrollment, step: Step): StepWork {
  const { cadence, cadenceAsPinned } = enrollment;
  const place = { enrollmentId: enrollment.id, stepId: step.id, pass: enrollment.pass };
  const key = `${turn.lead.id}:${place.enrollmentId}:${place.pass}:${place.stepId}`;
  const intent: Intent = { key, audience: 'lead', step: place };
  return {
    turn,
    enrollment,
    step,
    inWindow: () => inWindow(turn, enrollment),
    get timetable() {
      return timetable(turn, enrollment);
    },
    words: (atMs) => turn.words(atMs),
    dateOf: (ref) => dateOf(turn, enrollment, ref),
    stayUntil: (momentMs, campaign) => stayUntil(turn, enrollment, momentMs, campaign),
    bind: (expiresAtMs) => bind(turn, enrollment, expiresAtMs),
    skipGroup: (because) => skipGroup(turn, enrollment, because),
    timing: (topic) => timingOf(turn, enrollment, topic),
    async room(template) {
      const { dueBecause, attempts } = enrollment;
      // What had its turn and was not taken does not go behind all others.
      const hasWaited = isWaitingForTurn(dueBecause) || attempts > 0;
      const wait = await waitForTurn(turn.deps, turn.tx, turn.playbook, {
        template,
        lead: turn.lead,
        atMs: turn.atMs,
        lane: `cadence:${cadence}`,
        hasWaited,
        isAgain: isAmongTheNext(dueBecause),
        refusedForMs: await turn.refusedForMs(),
      });
      if (wait.kind === 'later') return { ...wait, atMs: opening(timetable(turn, enrollment), wait.atMs, step.id) };
      turn.triesReceiver = wait.tries;
      return null;
    },
    performed: (result) => performed(turn, enrollment, step.kind, result),
    goOn: () => goTo(turn, enrollment, following(cadenceAsPinned, step.id)),
    goTo: (stepId) => goTo(turn, enrollment, stepId),
    putOff: (dueAtMs, attempts, because) => putOff(turn, enrollment, { dueAtMs, attempts, because: because ?? null }),
    wait({ atMs, because, cap, person }) {
      putOff(turn, enrollment, { dueAtMs: atMs, attempts: enrollment.attempts, because });
      if (person === true)
        listen(
          { turn, enrollment, step },
          { event: PREFERENCES_CHANGED, pause: true, since: new Date(0).toISOString() },
        );
      if (cap === undefined) return;
      const until = new Date(atMs).toISOString();
      turn.note({ action: 'step.capped', data: { enrollmentId: enrollment.id, cadence, stepId: step.id, cap, until } });
    },
    async moveTo(to) {
      endEnrollment(turn, `moved to ${to}`, 'completed', enrollment);
      await enroll(turn, to, { via: 'move', because: `${cadence} moves on to ${to}`, key: enrollment.key });
    },
    exit(reason) {
      endEnrollment(turn, reason, 'completed', enrollment);
      if (nurtures(cadenceAsPinned)) rest(turn, `exit of ${cadence}: ${reason}`);
    },
    hold: (reason) => holdFor(turn, reason),
    serves: (other, channel) => kindOf(other).position.serves?.(other, channel) === true,
    isUsable: async (other) => (await performerOf(other).isUsable?.(workOn(turn, enrollment, other))) ?? false,
    regrade: () => regrade(turn),
    intentKey: key,
    lookBack: () => lookBack(turn, key),
    reasonToPassOver: (template) => reasonToPassOver(turn, template),
    takeBack: () => takeBack(turn, key),
    lookBackOn: (template) =>
      lookBackOnContent(turn, key, { ...template, enrollmentId: enrollment.id, firstPass: enrollment.firstPass }),
    reasonNotToSend: (channel, topic) => reasonNotToSend(turn, { channel, topic, nurtures: nurtures(cadenceAsPinned) }),
    async claim(channel, draft, audience = 'lead') {
      turn.claimed = await claim(turn, { ...intent, audience }, { channel, draft, settler: stepSettler(place) });
    },
    skip: (channel, content, reason) => skip(turn, intent, { channel, content, reason }),
  };
}

/** The settler of a step's effect: the step decides how the lead goes on, if the lead is still at this step. */
function stepSettler(place: StepOfIntent): Settler<Turn> {
  return {
    // Effects of later steps in the same pass are found by their keys, and are not repeated.
    // A step that the revision, to which it was moved meanwhile, does not have is not repeated.
    canRepeat: ({ picture }) => {
      const enrollment = underWay(picture, place);
      return enrollment !== undefined && hasStep(enrollment, place.stepId);
    },
    isLastTry: (turn) => {
      const enrollment = underWay(turn.picture, place);
      const isThere = enrollment?.stepId === place.stepId && placeOf(turn, enrollment)?.step.kind === 'email';
      return isThere && TRY_AGAIN_AFTER[enrollment.attempts] === undefined;
    },
    settled: async (turn, result) => {
      const enrollment = underWay(turn.picture, place);
      if (enrollment === undefined) return;
      if (result.isLate) await comeBack(turn, enrollment, place.stepId);
      const before = enrollment.stepId === place.stepId ? placeOf(turn, enrollment) : null;
      if (before === null) return;
      await performerOf(before.step).afterOutcome?.(workOn(turn, enrollment, before.step), result);
      if (enrollment.stepId === null) await runOut(turn, enrollment);
    },
  };
}

/** The enrollment, if the lead is in the same pass of it, wherever it stands. */
function underWay(picture: Picture, place: StepOfIntent): ActiveEnrollment | undefined {
  return runningOf(picture).find(({ id, pass }) => id === place.enrollmentId && pass === place.pass);
}

function hasStep({ cadenceAsPinned }: ActiveEnrollment, stepId: string): boolean {
  return cadenceAsPinned.steps.some(({ id }) => id === stepId);
}
