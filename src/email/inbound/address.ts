/** Addresses at the domain for incoming mails: a letter for the purpose, and the signed token of a send. */
const LETTERS = { bounce: 'b', unsubscribe: 'u' } as const;

export type InboundPurpose = keyof typeof LETTERS;

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
