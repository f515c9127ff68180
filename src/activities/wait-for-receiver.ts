import { emailDomainOf } from '../domain/email-domain.ts';
import { comesAgainMs } from '../domain/refusals.ts';
import { stableShare } from '../domain/stable-share.ts';
import type { Rep } from '../store/generated/client.ts';
import { beginTry, longestRefusal, stillRefuses } from '../store/mail-refusals.ts';
import type { Turn } from './turn.ts';
import { isClockMoved } from './wait-for-turn.ts';

/** How long a mail to a rep waits as the rep's mail server takes nothing of ours, in milliseconds; null: it may leave now. */
export async function waitForReceiver(turn: Turn, rep: Pick<Rep, 'email'>): Promise<number | null> {
  const domain = emailDomainOf(rep.email);
  if (domain === null || isClockMoved(turn.lead)) return null;
  const refusedForMs = await longestRefusal(turn.tx, [domain]);
  if (refusedForMs === null || !(await stillRefuses(turn.tx, domain))) return null;
  turn.triesReceiver = refusedForMs <= 0 && (await beginTry(turn.tx, domain));
  return turn.triesReceiver ? null : comesAgainMs(refusedForMs, stableShare(turn.lead.id, String(turn.atMs)));
}
