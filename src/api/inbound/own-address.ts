/** What an address of ours names that a mail came to. */
import type { Tokens } from '../../crypto/tokens.ts';
import { readInboundAddress } from '../../email/inbound/address.ts';
import type { StoreContext } from '../../store/context.ts';
import { hasOwnLeaveAddress } from '../../store/inbound/send-of.ts';

export interface OwnAddress {
  sendId: string;
  purpose: 'bounce' | 'unsubscribe';
}

/**
 * The send that an address names, signed for this purpose. Null: nobody's address. Who has seen a return path cannot make the address to
 * unsubscribe of it. Only mails of an older version have one signature for both.
 */
export async function ownAddress(
  { store, tokens }: { store: StoreContext; tokens: Tokens },
  address: string,
  domain: string,
): Promise<OwnAddress | null> {
  const read = readInboundAddress(address, domain);
  if (read === null) return null;
  const { purpose, token } = read;
  const signed = purpose === 'bounce' ? tokens.readMailbox(token) : tokens.readLeaving(token);
  if (signed !== null) return { ...signed, purpose };
  const old = purpose === 'unsubscribe' ? tokens.readMailbox(token) : null;
  return old !== null && (await hasOwnLeaveAddress(store, old.sendId)) === false ? { ...old, purpose } : null;
}
