import { newId } from '../domain/ids.ts';
import type { SendStatus } from '../store/generated/client.ts';
import { doubtSends, findSend, type NewSend, writeSends } from '../store/process/sends.ts';
import type { Content, EffectTurn, Intent, Prepared } from './channel.ts';
import { CHANNELS, type ChannelName, type DraftOf } from './channels.ts';
import type { Settler } from './settler.ts';

/** An effect whose row is claimed: to be carried out once, right after the transaction that claimed it. */
export interface Claimed<T extends EffectTurn> extends Pick<Prepared, 'act' | 'recipientRefused'> {
  id: string;
  /** Compared and set on every change of the row. */
  attempt: string;
  settler: Settler<T>;
}

/**
 * Makes an effect ready and claims its row in the same transaction: what cannot be made leaves no claim, and nothing leaves
 * without a row that was committed before. `settler`: what the turn that settles it goes on with.
 */
export async function claim<T extends EffectTurn, C extends ChannelName>(
  turn: T,
  intent: Intent,
  { channel, draft, settler }: { channel: C; draft: DraftOf<C>; settler: Settler<T> },
): Promise<Claimed<T>> {
  const id = newId('send');
  const { content, ...effect } = await CHANNELS[channel].prepare(turn, { id, audience: intent.audience }, draft);
  const attempt = newId('command');
  turn.send(writeSends(turn.tx, [{ ...rowOf(turn, intent, channel, content), id, attempt }], 'claimed'));
  return { ...effect, id, attempt, settler };
}

/** Writes that an intent was decided against, and why. */
export function skip(
  turn: EffectTurn,
  intent: Intent,
  { channel, content, reason }: { channel: ChannelName; content: Content; reason: string },
): void {
  const ids = { id: newId('send'), attempt: newId('command') };
  turn.send(writeSends(turn.tx, [{ ...rowOf(turn, intent, channel, content), ...ids, reason }], 'skipped'));
}

/**
 * What became of an intent before, null if it was never meant. A claim that an earlier attempt left behind is put in doubt, and
 * said to be `claimed`.
 */
export async function lookBack(turn: EffectTurn, key: string): Promise<SendStatus | null> {
  const before = await findSend(turn.tx, key);
  if (before?.status === 'claimed') await doubtSends(turn.tx, [before]);
  return before?.status ?? null;
}

function rowOf(
  turn: EffectTurn,
  { key, audience, step, assignmentId }: Intent,
  channel: ChannelName,
  content: Content,
): Omit<NewSend, 'id' | 'attempt'> {
  const about = { leadId: turn.lead.id, occurredAt: turn.at, assignmentId: assignmentId ?? null };
  return { key, channel, audience, ...about, ...step, ...content };
}
