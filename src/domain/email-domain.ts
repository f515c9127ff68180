/** What follows the last @ of an address, in lower case; null when there is none. */
export function emailDomainOf(email: string): string | null {
  const at = email.lastIndexOf('@');
  const domain = at < 0 ? '' : email.slice(at + 1).trim();
  return domain === '' ? null : domain.toLowerCase();
}
