/** Which message of ours a mail answers that came to a mailbox, or to a provider that received it for us. */
import type { Tokens } from '../../crypto/tokens.ts';
import { AppError } from '../../domain/errors.ts';
import { sendIdsIn } from '../../email/inbound/message-id.ts';
import type { InboundMail } from '../../email/inbound/read-mail.ts';
import type { StoreContext } from '../../store/context.ts';
import { isFlood } from '../../store/inbound/keep-mail.ts';
import { isSendToLead, latestSendTo } from '../../store/inbound/send-of.ts';
import { ownAddress } from './own-address.ts';
import type { MailTo } from './receive.ts';

interface AddresseeDeps {
  store: StoreContext;
  tokens: Tokens;
}

/**
 * By a signed address, or by the Message-ID that an answer or a returned mail names. Only what can do no harm (an answer, an absence) is
 * known by its sender alone: anybody can write there that an address is gone.
 *
 * @param to addresses of the envelope, where they are known
 * @throws AppError RATE_LIMITED: what is too much for this hour is brought again later
 */
export async function addresseeOf(deps: AddresseeDeps, mail: InboundMail, to: readonly string[] = []): Promise<MailTo> {
  const named = await namedBy(deps, mail, to);
  const { writtenBy } = named;
  await requireRoom(deps, named.sendId);
  if (writtenBy === undefined) return named;
  return {
    ...named,
    async writtenBy(from) {
      const sendId = await writtenBy(from);
      await requireRoom(deps, sendId);
      return sendId;
    },
  };
}

/** Two programs that answer one another do not end by themselves. */
async function requireRoom({ store }: AddresseeDeps, sendId: string | null): Promise<void> {
  if (sendId !== null && (await isFlood(store, sendId)))
    throw new AppError('RATE_LIMITED', 'More came for one message within an hour than is taken: send it again later');
}

async function namedBy(deps: AddresseeDeps, mail: InboundMail, to: readonly string[]): Promise<MailTo> {
  const signed = await signedAddress(deps, mail, to);
  if (signed !== null) return signed;
  const { headers, original } = mail;
  const named = sendIdsIn(headers.get('in-reply-to'), headers.get('references'), bracketed(original.get('message-id')));
  for (const sendId of named)
    if (await isSendToLead(deps.store, sendId)) return { sendId, purpose: 'bounce', byName: true };
  return { sendId: null, purpose: 'bounce', writtenBy: (from) => latestSendTo(deps.store, from) };
}

const ADDRESSED = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'to', 'cc'];

/** The signature proves that we wrote the address, whatever its domain was then. */
async function signedAddress(
  deps: AddresseeDeps,
  { headers }: InboundMail,
  to: readonly string[],
): Promise<MailTo | null> {
  const fields = [...to, ...ADDRESSED.map((name) => headers.get(name) ?? '')].join(' ').slice(0, 10_000);
  for (const [address, domain = ''] of fields.matchAll(/[bu]-[0-9a-f]+@([\w.-]+)/gi)) {
    const named = await ownAddress(deps, address, domain.toLowerCase());
    if (named !== null) return named;
  }
  return null;
}

function bracketed(messageId: string | undefined): string | undefined {
  return messageId === undefined || messageId.includes('<') ? messageId : `<${messageId.trim()}>`;
}
