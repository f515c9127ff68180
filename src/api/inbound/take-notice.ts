import { createHash } from 'node:crypto';
import { sendIdOfMessage } from '../../email/inbound/message-id.ts';
import type { Tokens } from '../../crypto/tokens.ts';
import type { StoreContext } from '../../store/context.ts';
import { latestSendTo } from '../../store/inbound/send-of.ts';
import { readInboundAddress } from '../../email/inbound/address.ts';
import { addresseeOf } from './addressee.ts';
import { keepRead, receiveMail, refusalIn } from './receive.ts';
import type { ProviderMail, ProviderNotice } from './providers/provider.ts';

interface NoticeDeps {
  store: StoreContext;
  tokens: Tokens;
  ring(ids: readonly string[]): void;
}

const EXCERPT_CHARS = 2_000;

/**
 * Takes what a provider told. When this returns, its row and what follows from it stand; told again it changes nothing. What belongs to
 * no message of ours is kept for a person.
 */
export async function takeNotice(deps: NoticeDeps, provider: string, notice: ProviderNotice): Promise<void> {
  const { verdict, status, recipient, text, id } = notice;
  await keepRead(deps, {
    digest: createHash('sha256').update(`${provider} ${id}`).digest('hex'),
    sendId: await sendOfNotice(deps, notice),
    verdict,
    status,
    recipient: recipient?.slice(0, 320) ?? null,
    excerpt: `${provider}: ${text}`.slice(0, EXCERPT_CHARS).replaceAll('\u0000', ''),
    ...(verdict === 'sender' ? refusalIn({ text, beside: '', status, phase: null, isRemote: true }) : {}),
  });
}

/** The same of a mail that the provider received: what follows from it follows as if it had come to a mailbox. */
export async function takeMail(deps: NoticeDeps, provider: string, { raw, to }: ProviderMail): Promise<void> {
  const digest = createHash('sha256').update(`${provider} `).update(raw).digest('hex');
  await receiveMail(deps, (read) => addresseeOf(deps, read, to), { raw, digest });
}

/** By our signed return path, by our Message-ID, or the latest message to the address: providers replace the first two as they like. */
async function sendOfNotice({ store, tokens }: NoticeDeps, notice: ProviderNotice): Promise<string | null> {
  const { returnPath, messageId, recipient } = notice;
  const domain = returnPath?.split('@').at(-1)?.toLowerCase() ?? '';
  const address = returnPath === null ? null : readInboundAddress(returnPath, domain);
  const bySign = address?.purpose !== 'bounce' ? null : (tokens.readMailbox(address.token)?.sendId ?? null);
  return bySign ?? sendIdOfMessage(messageId) ?? (recipient === null ? null : latestSendTo(store, recipient));
}
