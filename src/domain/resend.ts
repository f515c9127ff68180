import { mayAnswer, mayReach, type MailWord } from './consent.ts';
import { isInNurturePool, type Stage } from './stage.ts';

/** A message in doubt that a person wants to have sent once more. */
export interface Resendable {
  /** It answered a request of the lead, which needs no consent to marketing. */
  isAnswer: boolean;
  /** It belonged to a cadence for the nurture pool. */
  nurtures: boolean;
  /** Null for a row from before topics were stored. */
  topic: string | null;
}

/** Why the message must not go out once more, by the rules that it went out by; null: it may. */
export function reasonNotToResend(
  { isAnswer, nurtures, topic }: Resendable,
  lead: { stage: Stage; email: string | null },
  word: MailWord,
): string | null {
  const { stage, email: address } = lead;
  if (stage === 'disqualified' || (nurtures && !isInNurturePool(stage))) return `stage-${stage}`;
  const channel = { channel: 'email', address };
  const may = isAnswer ? mayAnswer(channel, word) : mayReach(channel, word, topic ?? undefined);
  return may.may ? null : may.reason;
}
