/** Whether a mail finds room in the limits of sending, and its receiver takes mails of ours; what does not waits for its turn. */
import { emailDomainOf } from '../domain/email-domain.ts';
import type { Playbook } from '../domain/playbook.ts';
import { comesAgainMs, RECEIVER_REFUSES } from '../domain/refusals.ts';
import { isLimited, limitsOf, waitsForTurn } from '../domain/sending-limits.ts';
import { senderFor } from '../domain/sender.ts';
import { stableShare } from '../domain/stable-share.ts';
import type { TemplateSource } from '../domain/template.ts';
import type { Asked, Throttle } from '../effects/throttle.ts';
import { reached } from '../runtime/race-points.ts';
import type { Tx } from '../store/db.ts';
import { beginTry, stillRefuses } from '../store/mail-refusals.ts';
import type { Lead } from '../store/generated/client.ts';

/** A mail that may leave but for the limits. */
export interface ReadyMail extends Pick<Asked, 'lane' | 'isAnswer' | 'hasWaited' | 'isAgain'> {
  template: Pick<TemplateSource, 'topic' | 'sender'> | null;
  lead: Pick<Lead, 'id' | 'email' | 'clockOffsetMs' | 'clockMovingSince'>;
  /** Epoch milliseconds, on the lead's clock. */
  atMs: number;
  /** See `MessageFacts`. */
  refusedForMs: number | null;
}

export type MayLeave =
  /** It is counted. `tries`: its receiving domain refused us, and this is the one mail that finds out whether it still does. */
  | { kind: 'now'; tries: boolean }
  /** When it comes again (epoch milliseconds, on the lead's clock), and why, in words. */
  | { kind: 'later'; atMs: number; because: string };

const NOW: MayLeave = { kind: 'now', tries: false };

/** Whether a mail may leave now. A lead whose clock a person moved is alone with it: it waits for nobody, and is not counted. */
export async function waitForTurn(
  { throttle }: { throttle: Throttle },
  tx: Tx,
  playbook: Pick<Playbook, 'sending' | 'senders' | 'defaultTimeZone'>,
  { template, lead, atMs, refusedForMs: wasRefusedForMs, ...asked }: ReadyMail,
): Promise<MayLeave> {
  if (lead.email === null || isClockMoved(lead)) return NOW;
  const domain = emailDomainOf(lead.email) ?? '';
  const isRefused = wasRefusedForMs !== null && (await stillRefuses(tx, domain));
  const refusedForMs = isRefused ? wasRefusedForMs : null;
  if (isRefused) await reached('mail.refused', lead.id);
  if (refusedForMs === null && !isLimited(playbook)) return NOW;
  const draw = stableShare(lead.id, String(atMs));
  const refused = (forMs: number): MayLeave => ({
    kind: 'later',
    atMs: atMs + comesAgainMs(forMs, draw),
    because: RECEIVER_REFUSES,
  });
  if (refusedForMs !== null && refusedForMs > 0) return refused(refusedForMs);
  const sender = template === null ? undefined : senderFor(playbook.senders, template);
  const limits = limitsOf(playbook, { sender, domain }, Date.now());
  const wait = limits.length === 0 ? null : await throttle.take(limits, { ...asked, draw });
  if (wait !== null)
    return { kind: 'later', atMs: atMs + wait.afterMs, because: waitsForTurn(wait.limit, wait.isAgain) };
  if (refusedForMs === null) return NOW;
  return (await beginTry(tx, domain)) ? { kind: 'now', tries: true } : refused(0);
}

/** Real time, by which receivers and limits are counted, is not this lead's. */
export function isClockMoved({ clockOffsetMs, clockMovingSince }: ReadyMail['lead']): boolean {
  return clockOffsetMs !== 0n || clockMovingSince !== null;
}
