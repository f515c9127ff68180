import { isOfMailbox, notAccepted, type Outcome, refusalOf } from '../domain/effect.ts';
import { RECEIVER_REFUSES } from '../domain/refusals.ts';
import type { EffectResult } from '../effects/settler.ts';
import type { StepWork } from './performer.ts';

/** Minutes between the attempts of a message that the other side refused temporarily. After the last attempt the lead is held. */
export const TRY_AGAIN_AFTER = [1, 5, 15, 60, 240, 480, 960] as const;

/** How a lead goes on whose message did not leave. */
interface NextAttempt {
  afterMinutes: number;
  /** Attempts that failed by then. */
  attempts: number;
}

/**
 * When a message is tried again; null: never, that was the last attempt. A receiver that takes nothing of ours is no fault of the lead: the
 * longest pause is repeated until it does, or a person says that it does.
 * @param pauses Between the attempts, in minutes
 */
export function nextAttempt(
  { outcome, isOutdated }: Pick<EffectResult, 'outcome' | 'isOutdated'>,
  attempts: number,
  pauses: readonly number[] = TRY_AGAIN_AFTER,
): NextAttempt | null {
  if (isOutdated === true) return { afterMinutes: 0, attempts };
  const minutes = pauses[attempts];
  if (minutes !== undefined) return { afterMinutes: minutes, attempts: attempts + 1 };
  return refusalOf(outcome) === null ? null : { afterMinutes: Math.max(...pauses), attempts };
}

/** How a channel is called in sentences. */
export interface ChannelWords {
  /** "The mail server". */
  who: string;
  /** "mail". */
  what: string;
}

/**
 * What a step does once its message has an outcome: `done` when the message has left or never will; otherwise it is tried again later,
 * or the lead is held.
 */
export async function afterMessage(
  work: StepWork,
  result: EffectResult,
  words: ChannelWords,
  done: () => Promise<void>,
): Promise<void> {
  const { status, outcome } = result;
  if (status !== 'released') {
    work.performed(resultOf(status, outcome));
    return done();
  }
  // Refused because of the message, or of how we send at all: the lead stays at the step, and resuming it sends the same message. A
  // receiver that takes nothing of ours for now, or a full mailbox, may take it later.
  if (outcome.kind === 'refused' && outcome.refusesUs !== true && !isOfMailbox(outcome))
    return work.hold(`${words.who} refuses our ${words.what}: ${outcome.reason}`);
  tryAgainLater(work, result, words);
}

function resultOf(status: string, outcome: Outcome): string {
  if (status === 'sent' || outcome.kind === 'accepted') return 'sent';
  return `${status.replace('_', ' ')}: ${'reason' in outcome ? outcome.reason : ''}`;
}

function tryAgainLater(work: StepWork, result: EffectResult, { who, what }: ChannelWords): void {
  const { turn, enrollment } = work;
  const { outcome } = result;
  const reason = 'reason' in outcome ? outcome.reason : `the ${what} was not handed over`;
  const next = nextAttempt(result, enrollment.attempts);
  if (next === null) {
    work.hold(`${notAccepted(who)} the ${what} after ${TRY_AGAIN_AFTER.length} attempts: ${reason}`);
    work.putOff(turn.atMs, 0);
    return;
  }
  work.performed(
    next.afterMinutes === 0 ? `tried again at once: ${reason}` : `put off by ${next.afterMinutes} min: ${reason}`,
  );
  // Whoever lifts the refusal finds it by these words.
  const because = refusalOf(outcome) === null ? undefined : RECEIVER_REFUSES;
  work.putOff(turn.atMs + next.afterMinutes * 60_000, next.attempts, because);
}
