import type { Outcome } from '../../domain/effect.ts';
import type { EffectResult } from '../../effects/settler.ts';
import type { StepWork } from '../performer.ts';
import type { EmailStep } from './position.ts';

type Work = StepWork<EmailStep>;

/** Minutes between the attempts of a mail that the mail server refused temporarily. After the last attempt the lead is held. */
export const TRY_AGAIN_AFTER = [1, 5, 15, 60, 240, 480, 960] as const;

/** After SMTP has answered: goes on in the cadence, tries again later, or holds the lead. */
export async function afterOutcome(work: Work, { status, outcome }: EffectResult): Promise<void> {
  if (status !== 'released') {
    work.performed(resultOf(status, outcome));
    return work.goOn();
  }
  // Refused because of the sender or the message: the lead stays at the step, and resuming it sends the same mail.
  if (outcome.kind === 'refused') return work.hold(`The mail server refuses our mail: ${outcome.reason}`);
  tryAgainLater(work, outcome);
}

function resultOf(status: string, outcome: Outcome): string {
  if (status === 'sent' || outcome.kind === 'accepted') return 'sent';
  return `${status.replace('_', ' ')}: ${'reason' in outcome ? outcome.reason : ''}`;
}

function tryAgainLater(work: Work, outcome: Outcome): void {
  const { turn, enrollment } = work;
  const reason = outcome.kind === 'released' ? outcome.reason : 'the message was not given to the mail server';
  const minutes = TRY_AGAIN_AFTER[enrollment.attempts];
  if (minutes === undefined) {
    work.hold(`The mail server did not accept the mail after ${TRY_AGAIN_AFTER.length} attempts: ${reason}`);
    work.putOff(turn.atMs, 0);
    return;
  }
  work.performed(`put off by ${minutes} min: ${reason}`);
  work.putOff(turn.atMs + minutes * 60_000, enrollment.attempts + 1);
}
