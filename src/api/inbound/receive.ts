import { createHash } from 'node:crypto';
import type { Tokens } from '../../crypto/tokens.ts';
import { returnDateIn } from '../../domain/absence.ts';
import { asksForRemoval, ownWords } from '../../domain/reply-words.ts';
import { classify, type InboundRecipient, type InboundVerdict } from '../../email/inbound/classify.ts';
import { type InboundMail, readMail } from '../../email/inbound/read-mail.ts';
import type { ServerWords } from '../../email/inbound/judge.ts';
import { reportedRecipients } from '../../email/inbound/recipients.ts';
import { refusesUs } from '../../email/inbound/refuses-us.ts';
import { plainReason } from '../../email/smtp-answer.ts';
import type { StoreContext } from '../../store/context.ts';
import { type Did, keepInbound, type ReadInbound } from '../../store/inbound/keep-mail.ts';
import { addressOfSend } from '../../store/inbound/send-of.ts';
import { type OwnAddress, ownAddress } from './own-address.ts';

export interface InboundDeps {
  store: StoreContext;
  tokens: Tokens;
  ring(ids: readonly string[]): void;
  /** INBOUND_DOMAIN. Senders may have domains of their own beside it. */
  domain: string;
}

/** A mail as far as it is read, and the hash of all of it. */
export interface IncomingMail {
  raw: Uint8Array;
  digest: string;
}

const EXCERPT_CHARS = 2_000;

/** The send that an address of ours names, signed. Null: nobody's address, to be refused. */
export async function sendOf(
  address: string,
  { store, tokens, domain }: Pick<InboundDeps, 'store' | 'tokens' | 'domain'>,
): Promise<OwnAddress | null> {
  const { senders = [] } = store.rules.current().playbook;
  const at = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  const isOurs = at === domain || senders.some(({ returnDomain }) => returnDomain === at);
  return isOurs ? ownAddress({ store, tokens }, address, at) : null;
}

/** Which message of ours a mail answers. Null: none that is known, unless by its writer. */
export interface MailTo {
  sendId: string | null;
  purpose: 'bounce' | 'unsubscribe';
  /** By a Message-ID that the mail names, and not by an address that we signed: others know it as well. */
  byName?: true;
  /** The message that an answer belongs to by the address of its writer alone. */
  writtenBy?(from: string): Promise<string | null>;
}

/**
 * Takes a mail. When this returns, its row and what follows from it stand; when it throws, it must be brought again, and counts once all
 * the same.
 */
export async function receiveMail(
  deps: Pick<InboundDeps, 'store' | 'ring'>,
  addressee: (mail: InboundMail) => Promise<MailTo>,
  { raw, digest }: IncomingMail,
): Promise<Did> {
  const mail = await readMail(raw);
  const to = await addressee(mail);
  const { recipients, verdict: gravest } = classify(mail, to.purpose === 'unsubscribe');
  const at = isBounce(gravest) ? await whomOf(deps.store, to.sendId, recipients) : 0;
  const told = recipients[at ?? 0];
  const isClear = at !== null && !(to.byName === true && told?.address === null);
  const whole = isBounce(gravest) ? ((isClear ? told?.verdict : undefined) ?? 'unclear') : gravest;
  const isAutomatic = whole === 'auto-reply' || whole === 'delivered' || whole === 'report';
  const verdict = to.purpose === 'unsubscribe' && !isAutomatic && !isBounce(whole) ? 'unsubscribe' : whole;
  const isWritten = verdict === 'reply' || verdict === 'auto-reply';
  const sendId = to.sendId ?? (isWritten && mail.from !== '' ? ((await to.writtenBy?.(mail.from)) ?? null) : null);
  return keepRead(deps, {
    digest: createHash('sha256').update(`${sendId} ${to.purpose} ${digest}`).digest('hex'),
    sendId,
    ...(to.sendId === null && sendId !== null ? { byWriter: true } : {}),
    ...readAs(mail, verdict, told, deps.store.realNow()),
    ...(verdict === 'sender' ? refusalIn(reportedRecipients(mail)[at ?? 0]?.said) : {}),
  });
}

/** Which of the recipients of a notice the message went to: others are told of in the same one. Null: none of several. */
async function whomOf(
  store: StoreContext,
  sendId: string | null,
  recipients: readonly InboundRecipient[],
): Promise<number | null> {
  if (recipients.length < 2) return 0;
  const email = sendId === null ? null : await addressOfSend(store, sendId);
  const mine = recipients.findIndex(({ address }) => email !== null && address?.toLowerCase() === email);
  return mine === -1 ? null : mine;
}

/** What is kept of a mail. */
function readAs(
  mail: InboundMail,
  verdict: InboundVerdict,
  told: InboundRecipient | undefined,
  nowMs: number,
): Omit<ReadInbound, 'digest' | 'sendId'> {
  return {
    verdict,
    status: told?.status ?? null,
    recipient: isBounce(verdict) ? (told?.address ?? null) : null,
    ...(verdict === 'reply' && asksForRemoval(`${mail.subject}\n${mail.notice}`) ? { asksRemoval: true } : {}),
    ...(verdict === 'auto-reply'
      ? { awayUntilMs: returnDateIn(`${mail.subject}\n${ownWords(mail.notice)}`, nowMs) }
      : {}),
    excerpt: `${mail.subject}\n\n${mail.notice}`.trim().slice(0, EXCERPT_CHARS).replaceAll('\u0000', ''),
  };
}

/** What the server said, if it takes nothing of ours for now. */
export function refusalIn(said: ServerWords | undefined): Pick<ReadInbound, 'refusal'> {
  if (said === undefined || !refusesUs(said)) return {};
  const words = said.text.trim() === '' ? said.beside : said.text;
  return { refusal: plainReason(words) || (said.status ?? 'no reason was given') };
}

/** Writes what was read, and what follows from it; again it changes nothing. */
export async function keepRead({ store, ring }: Pick<InboundDeps, 'store' | 'ring'>, read: ReadInbound): Promise<Did> {
  const { did, ringIds } = await keepInbound(store, read);
  ring(ringIds);
  return did;
}

function isBounce(verdict: string): boolean {
  return verdict === 'hard' || verdict === 'soft' || verdict === 'sender' || verdict === 'unclear';
}
