/** Whether DMARC (RFC 7489, 3.1, relaxed) finds the domain of From in the signature or in the return path: one of the two is enough. */
import { getDomain } from 'tldts';
import type { Sender } from '../../domain/playbook.ts';
import { domainOf } from '../message.ts';
import { type DkimOptions, signerFor } from '../transport.ts';

export interface Aligning {
  /** Of the address that mails are from. */
  fromDomain: string;
  /** Of the envelope. */
  returnDomain: string;
  /** d= of the signature; null: the engine signs nothing, the mail server may. */
  signer: string | null;
}

/** What holds for all senders. */
export interface MailDomains {
  /** Of MAIL_FROM. */
  fromDomain: string;
  /** INBOUND_DOMAIN; null: mails come back to the address that they are from. */
  inboundDomain: string | null;
  /** Null: no key is set. */
  dkim: Pick<DkimOptions, 'domainName' | 'others'> | null;
}

/** What receivers compare of the mails of a sender of settings.yaml, or without one, of the others. */
export function alignmentOf(sender: Pick<Sender, 'from' | 'returnDomain'>, mail: MailDomains): Aligning {
  const fromDomain = (sender.from === undefined ? mail.fromDomain : domainOf(sender.from)).toLowerCase();
  return {
    fromDomain,
    returnDomain: mail.inboundDomain === null ? fromDomain : (sender.returnDomain ?? mail.inboundDomain),
    signer: mail.dkim && signerFor(mail.dkim, fromDomain),
  };
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

/**
 * The same where the record of DMARC wants the very domain of From in the signature (adkim=s) or in the return path (aspf=s), not only one of the
 * same organization. Null: it is aligned so, or would not be in any case.
 */
export function whyNotStrict(mail: Aligning, record: string): { says: string; mend: string } | null {
  const { fromDomain, returnDomain, signer } = mail;
  const isStrict = (tag: string): boolean => new RegExp(String.raw`;\s*${tag}\s*=\s*s\s*(?:;|$)`, 'i').test(record);
  const fits = (domain: string, strict: boolean): boolean =>
    strict ? domain.toLowerCase() === fromDomain.toLowerCase() : organizationOf(domain) === organizationOf(fromDomain);
  const [bySignature, byReturn] = [isStrict('adkim'), isStrict('aspf')];
  if (whyNotAligned(mail) !== null || fits(returnDomain, byReturn)) return null;
  if (signer !== null && fits(signer, bySignature)) return null;
  const signed = signer === null ? 'the engine signs nothing' : `${signer} signs`;
  const tags = [...(bySignature ? ['adkim=s'] : []), ...(byReturn ? ['aspf=s'] : [])];
  return {
    says: `The record wants ${fromDomain} itself (${tags.join(', ')}): ${signed}, and mails come back to ${returnDomain}.`,
    mend: `Add ${fromDomain} to DKIM_DOMAIN, with a comma${signer === null ? ', with a key (`npx nurture dkim`)' : ''}, or take ${tags.join(' and ')} out of the record.`,
  };
}
