/** Addresses at the domain for incoming mails: a letter for the purpose, and the token of a send that is signed for it. */
const LETTERS = { bounce: 'b', unsubscribe: 'u' } as const;

export type InboundPurpose = keyof typeof LETTERS;

interface MailboxTokens {
  mailbox(sendId: string): string;
  leaving(sendId: string): string;
}

/** The address of a send for a purpose. */
export function addressFor(
  purpose: InboundPurpose,
  { tokens, sendId, domain }: { tokens: MailboxTokens; sendId: string; domain: string },
): string {
  return inboundAddress(purpose, purpose === 'bounce' ? tokens.mailbox(sendId) : tokens.leaving(sendId), domain);
}

/** At most 58 characters before the @, of the 64 that RFC 5321 allows. */
export function inboundAddress(purpose: InboundPurpose, token: string, domain: string): string {
  return `${LETTERS[purpose]}-${token}@${domain}`;
}

/** Null: no address of this kind. */
export function readInboundAddress(address: string, domain: string): { purpose: InboundPurpose; token: string } | null {
  const [, letter, token, at] = /^([bu])-([0-9a-f]+)@(.+)$/i.exec(address) ?? [];
  if (token === undefined || at?.toLowerCase() !== domain) return null;
  return { purpose: letter?.toLowerCase() === 'u' ? 'unsubscribe' : 'bounce', token: token.toLowerCase() };
}
