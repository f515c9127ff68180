/** Whether a mail finds room in the limits of sending; what finds none waits for its turn. */
import { emailDomainOf } from '../domain/email-domain.ts';
import type { Playbook } from '../domain/playbook.ts';
import { isLimited, limitsOf, waitsForTurn } from '../domain/sending-limits.ts';
import { senderFor } from '../domain/sender.ts';
import { stableShare } from '../domain/stable-share.ts';
import type { TemplateSource } from '../domain/template.ts';
import type { Asked, Throttle } from '../effects/throttle.ts';
import type { Lead } from '../store/generated/client.ts';

/** A mail that may leave but for the limits. */
export interface ReadyMail extends Pick<Asked, 'lane' | 'isAnswer' | 'hasWaited'> {
  template: Pick<TemplateSource, 'topic' | 'sender'> | null;
  lead: Pick<Lead, 'id' | 'email' | 'clockOffsetMs' | 'clockMovingSince'>;
  /** Epoch milliseconds, on the lead's clock. */
  atMs: number;
}

/**
 * Null: it may leave now, and is counted. Else when it comes again (epoch milliseconds, on the lead's clock), and why, in words. A lead
 * whose clock a person moved is alone with it: it waits for nobody, and is not counted.
 */
export async function waitForTurn(
  { throttle }: { throttle: Throttle },
  playbook: Pick<Playbook, 'sending' | 'senders' | 'defaultTimeZone'>,
  { template, lead, atMs, ...asked }: ReadyMail,
): Promise<{ atMs: number; because: string } | null> {
  if (!isLimited(playbook)) return null;
  if (lead.email === null || lead.clockOffsetMs !== 0n || lead.clockMovingSince !== null) return null;
  const sender = template === null ? undefined : senderFor(playbook.senders, template);
  const limits = limitsOf(playbook, { sender, domain: emailDomainOf(lead.email) ?? '' }, Date.now());
  if (limits.length === 0) return null;
  const wait = await throttle.take(limits, { ...asked, draw: stableShare(lead.id, String(atMs)) });
  return wait === null ? null : { atMs: atMs + wait.afterMs, because: waitsForTurn(wait.limit) };
}
