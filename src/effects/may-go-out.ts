import { isInNurturePool, type Stage } from '../domain/stage.ts';
import type { MayReach } from '../domain/consent.ts';
import type { ChannelName } from './channels.ts';

/** The part of a turn that the question needs, under the lead's lock. */
interface MessageTurn {
  readonly stage: Stage;
  mayReach(channel: ChannelName, topic?: string): Promise<MayReach>;
}

/** A message to a lead, whatever carries it. */
export interface Message {
  channel: ChannelName;
  /** Consent to this topic is asked for; to marketing at all if none is named; to nothing if it is null: no message to the lead. */
  topic: string | null | undefined;
  /** Part of a cadence that nurtures: it goes only to leads in the nurture pool. */
  nurtures: boolean;
}

/**
 * Why a message to the lead must not go out now; null if it may. The stage is read under the lead's lock, so nothing that nurtures
 * leaves after a hand-off began. A topic that the lead has left or never asked for is not sent.
 */
export async function reasonNotToSend(turn: MessageTurn, message: Message): Promise<string | null> {
  const { channel, topic, nurtures } = message;
  if (nurtures && !isInNurturePool(turn.stage)) return `stage-${turn.stage}`;
  if (topic === null) return null;
  const answer = await turn.mayReach(channel, topic);
  return answer.may ? null : answer.reason;
}
