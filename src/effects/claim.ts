import { newId } from '../domain/ids.ts';
import type { Send, SendStatus } from '../store/generated/client.ts';
import {
  doubtSends,
  findSend,
  findSendAndOther,
  type NewSend,
  releaseSends,
  type SentContent,
  writeSends,
} from '../store/process/sends.ts';
import type { Channel, Content, EffectTurn, Intent, Prepared } from './channel.ts';
import { CHANNELS, type ChannelName, type DraftOf, type TurnOf } from './channels.ts';
import type { Settler } from './settler.ts';

/** An effect with a claimed row. It is carried out once, right after the transaction that claimed it. */
export interface Claimed<T extends EffectTurn> extends Pick<
  Prepared,
  'act' | 'recipientRefused' | 'bounced' | 'countsForBrakes' | 'heard'
> {
  id: string;
  /** Compared and set with every change of the row. */
  attempt: string;
  settler: Settler<T>;
}

/**
 * Prepares an effect and claims its row in the same transaction. An effect that cannot be prepared leaves no claim, and nothing is sent
 * without a committed row. `settler`: what the settling turn continues with.
 */
export async function claim<T extends EffectTurn, C extends ChannelName>(
  turn: T & TurnOf<C>,
  intent: Intent,
  { channel, draft, settler }: { channel: C; draft: DraftOf<C>; settler: Settler<T> },
): Promise<Claimed<T>> {
  const id = newId('send');
  // TypeScript does not follow that draft and turn are those of the channel that the key names.
  const { prepare } = CHANNELS[channel] as unknown as Channel<DraftOf<C>, T & TurnOf<C>>;
  const { content, ...effect } = await prepare(turn, { id, audience: intent.audience }, draft);
  const attempt = newId('command');
  turn.send(writeSends(turn.tx, [{ ...rowOf(turn, intent, channel, content), id, attempt }], 'claimed'));
  return { ...effect, id, attempt, settler };
}

/** Records that an intent is not carried out, and why. */
export function skip(
  turn: EffectTurn,
  intent: Intent,
  { channel, content, reason }: { channel: ChannelName; content: Content; reason: string },
): void {
  const ids = { id: newId('send'), attempt: newId('command') };
  turn.send(writeSends(turn.tx, [{ ...rowOf(turn, intent, channel, content), ...ids, reason }], 'skipped'));
}

/**
 * The status of an earlier attempt of this intent; null if there was none. A claim that an earlier attempt left behind is put in doubt,
 * and returned as `claimed`.
 */
export async function lookBack(turn: EffectTurn, key: string): Promise<SendStatus | null> {
  return takenUp(turn, await findSend(turn.tx, key));
}

/** The same, and whether the lead has got the content otherwise: by another enrollment, before this one began again, or as an answer. */
export async function lookBackOnContent(
  turn: EffectTurn,
  key: string,
  content: SentContent,
): Promise<{ before: SendStatus | null; hasGot: boolean }> {
  const { send, hasGot } = await findSendAndOther(turn.tx, key, { leadId: turn.lead.id, ...content });
  return { before: await takenUp(turn, send), hasGot };
}

async function takenUp(turn: EffectTurn, before: Send | null): Promise<SendStatus | null> {
  if (before?.status === 'claimed') await doubtSends(turn.tx, [before]);
  return before?.status ?? null;
}

/**
 * Deletes the row of an effect in doubt. The attempt that left it may still be alive: it finds its row gone, and leaves the lead alone.
 */
export async function takeBack(turn: EffectTurn, key: string): Promise<void> {
  const before = await findSend(turn.tx, key);
  if (before !== null) await releaseSends(turn.tx, [before], { alsoInDoubt: true });
}

function rowOf(
  turn: EffectTurn,
  { key, audience, step, assignmentId, resendOf }: Intent,
  channel: ChannelName,
  content: Content,
): Omit<NewSend, 'id' | 'attempt'> {
  const about = { leadId: turn.lead.id, occurredAt: turn.at, assignmentId: assignmentId ?? null };
  const repeats = resendOf === undefined ? {} : { resendOf };
  return {
    key,
    channel,
    audience,
    ...about,
    ...step,
    ...repeats,
    ...content,
    templateKey: content.templateKey ?? channel,
  };
}
