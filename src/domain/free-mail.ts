import emailProviders from 'email-providers';
import { getDomain } from 'tldts';

/** Providers that the list of the library lacks. */
const MISSING = ['fastmail.com', 'gmx.ch', 'tuta.com', 'tutanota.com', 'ziggo.nl'];
/** Domains reserved for documentation (RFC 2606): they are no providers, although the list has them. */
const RESERVED: ReadonlySet<string> = new Set(['example.com', 'example.net', 'example.org']);

/** Domains at which anybody can have an address, so that they do not tell a person's company. */
export const FREE_MAIL_DOMAINS: ReadonlySet<string> = new Set(
  [...emailProviders, ...MISSING].filter((domain) => !RESERVED.has(domain)),
);

/**
 * The domain that a company registered, by the list of public suffixes: `vines.co.uk` for `mail.vines.co.uk`. Null for free
 * mail, which is nobody's company.
 *
 * @param domain what follows the @ of an address, in lower case
 */
export function companyDomainOf(domain: string): string | null {
  // Below a suffix that belongs to a company (github.io) are sites of different companies.
  const registered = getDomain(domain, { allowPrivateDomains: true }) ?? domain;
  return FREE_MAIL_DOMAINS.has(domain) || FREE_MAIL_DOMAINS.has(registered) ? null : registered;
}
