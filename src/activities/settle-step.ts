import type { SendOutcome } from '../email/transport.ts';
import { performerOf } from '../steps/performers.ts';
import type { ActiveEnrollment } from '../store/process/picture.ts';
import { settle } from './deliver.ts';
import type { Delivery, Purpose } from './delivery.ts';
import { runOut } from './enrollment.ts';
import { placeOf } from './position.ts';
import { workOn } from './step-work.ts';
import type { Turn } from './turn.ts';

/** After the hand-over of what a step claimed: writes the outcome, and lets the step say how the lead goes on. */
export async function settleStep(turn: Turn, delivery: Delivery, outcome: SendOutcome): Promise<void> {
  const settled = await settle(turn, delivery, outcome);
  const { enrollment } = turn.picture;
  if (settled === 'gone' || enrollment === null || !standsBefore(enrollment, delivery.purpose)) return;
  const place = placeOf(turn, enrollment);
  if (place === null) return;
  await performerOf(place.step).settle?.(workOn(turn, enrollment, place.step), { settled, outcome });
  if (enrollment.stepId === null) await runOut(turn, enrollment.cadenceAsPinned);
}

function standsBefore(enrollment: ActiveEnrollment, purpose: Purpose): boolean {
  return (
    purpose.kind === 'step' &&
    purpose.enrollmentId === enrollment.id &&
    purpose.stepId === enrollment.stepId &&
    purpose.pass === enrollment.pass
  );
}
