/** The row of a recipient who gets nothing, with the reason. */
import { type BroadcastVariant, broadcastSendKey } from '../../domain/broadcast.ts';
import { newId } from '../../domain/ids.ts';
import type { Broadcast } from '../../store/broadcasts/broadcasts.ts';
import type { Recipient } from '../../store/broadcasts/recipients.ts';
import type { NewSend } from '../../store/process/sends.ts';

/** The recipient's own, or the one that did best. */
export function variantFor(
  { variants, winner, id }: Pick<Broadcast, 'variants' | 'winner' | 'id'>,
  recipient: Pick<Recipient, 'variant'>,
): BroadcastVariant {
  const key = recipient.variant ?? winner;
  const variant = variants.find((one) => one.key === key) ?? variants[0];
  if (variant === undefined) throw new Error(`Broadcast ${id} has no variant`);
  return variant;
}

/** `at`: on the lead's clock. */
export function skipRow(
  broadcast: Broadcast,
  variant: BroadcastVariant,
  { leadId, at, reason }: { leadId: string; at: Date; reason: string },
): NewSend {
  return {
    id: newId('send'),
    key: broadcastSendKey(broadcast.id, leadId),
    leadId,
    channel: 'email',
    audience: 'lead',
    templateKey: variant.template,
    topic: broadcast.topic,
    attempt: newId('command'),
    occurredAt: at,
    broadcastId: broadcast.id,
    variant: variant.key,
    reason,
  };
}
