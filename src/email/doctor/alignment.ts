/** Whether DMARC (RFC 7489, 3.1, relaxed) finds the domain of From in the signature or in the return path: one of the two is enough. */
import { getDomain } from 'tldts';

export interface Aligning {
  /** Of the address that mails are from. */
  fromDomain: string;
  /** Of the envelope. */
  returnDomain: string;
  /** d= of the signature; null: the engine signs nothing, the mail server may. */
  signer: string | null;
}

/** By the public suffix list: mail.shop.co.uk and shop.co.uk are one organization. */
export function organizationOf(domain: string): string {
  return getDomain(domain) ?? domain;
}

/** Null: it is aligned. Otherwise what is not, and what to change. */
export function whyNotAligned({ fromDomain, returnDomain, signer }: Aligning): { says: string; mend: string } | null {
  const wanted = organizationOf(fromDomain);
  if (organizationOf(returnDomain) === wanted) return null;
  if (signer !== null && organizationOf(signer) === wanted) return null;
  const signed = signer === null ? 'the engine signs nothing' : `${signer} signs`;
  return {
    says: `Mails are from ${fromDomain}, ${signed}, and they come back to ${returnDomain}: DMARC finds ${wanted} in neither.`,
    mend: `Add ${wanted} to DKIM_DOMAIN, with a comma${signer === null ? ', with a key (`npx nurture dkim`)' : ''}, or have mails come back to bounces.${wanted} (returnDomain of the sender in settings.yaml, INBOUND_DOMAIN for MAIL_FROM).`,
  };
}
