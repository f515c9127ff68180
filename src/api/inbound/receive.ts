import { createHash } from 'node:crypto';
import type { Tokens } from '../../crypto/tokens.ts';
import { returnDateIn } from '../../domain/absence.ts';
import { asksForRemoval, ownWords } from '../../domain/reply-words.ts';
import { readInboundAddress } from '../../email/inbound/address.ts';
import { classify } from '../../email/inbound/classify.ts';
import { readMail } from '../../email/inbound/read-mail.ts';
import type { StoreContext } from '../../store/context.ts';
import { type Did, keepInbound } from '../../store/inbound/keep-mail.ts';
import { leaveBySend } from '../../store/inbound/leave.ts';

export interface InboundDeps {
  store: StoreContext;
  tokens: Tokens;
  ring(ids: readonly string[]): void;
  domain: string;
}

/** A mail as far as it is read, and the hash of all of it. */
export interface IncomingMail {
  raw: Uint8Array;
  digest: string;
}

const EXCERPT_CHARS = 2_000;

/** The send that an address of ours names, signed. Null: nobody's address, to be refused. */
export function sendOf(
  address: string,
  { tokens, domain }: Pick<InboundDeps, 'tokens' | 'domain'>,
): { sendId: string; purpose: 'bounce' | 'unsubscribe' } | null {
  const read = readInboundAddress(address, domain);
  const send = read === null ? null : tokens.readMailbox(read.token);
  return read === null || send === null ? null : { sendId: send.sendId, purpose: read.purpose };
}

/**
 * Takes a mail that came to an address of a send. When this returns, its row and what follows from it stand; when it throws, the
 * sender must be told to try again, and the mail counts once all the same.
 */
export async function receiveMail(
  deps: InboundDeps,
  to: { sendId: string; purpose: 'bounce' | 'unsubscribe' },
  { raw, digest }: IncomingMail,
): Promise<Did> {
  const mail = await readMail(raw);
  const { recipients, verdict: whole } = classify(mail);
  const [first] = recipients;
  const isAutomatic = whole === 'auto-reply' || whole === 'delivered' || whole === 'report';
  const verdict = to.purpose === 'unsubscribe' && !isAutomatic && !isBounce(whole) ? 'unsubscribe' : whole;
  // Before the row: when this fails the sender tries again, and repeating it changes nothing.
  if (verdict === 'unsubscribe' || verdict === 'complaint')
    deps.ring((await leaveBySend(deps.store, to.sendId, verdict)).ringIds);
  const { did, ringIds } = await keepInbound(deps.store, {
    digest: createHash('sha256').update(`${to.sendId} ${to.purpose} ${digest}`).digest('hex'),
    sendId: to.sendId,
    verdict,
    status: first?.status ?? null,
    recipient: isBounce(verdict) ? (first?.address ?? null) : null,
    ...(verdict === 'reply' && asksForRemoval(`${mail.subject}\n${mail.notice}`) ? { asksRemoval: true } : {}),
    ...(verdict === 'auto-reply'
      ? { awayUntilMs: returnDateIn(`${mail.subject}\n${ownWords(mail.notice)}`, deps.store.realNow()) }
      : {}),
    excerpt: `${mail.subject}\n\n${mail.notice}`.trim().slice(0, EXCERPT_CHARS).replaceAll('\u0000', ''),
  });
  deps.ring(ringIds);
  return did;
}

function isBounce(verdict: string): boolean {
  return verdict === 'hard' || verdict === 'soft' || verdict === 'sender' || verdict === 'unclear';
}
