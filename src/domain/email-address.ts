/** Characters that an address may have (RFC 5321). */
export const LONGEST_EMAIL = 254;

/**
 * An address of one mailbox, in ASCII: before the @ what RFC 5322 calls a dot-atom (no comma, no quotes, no two dots in a row), behind it a
 * domain with a dot. Only for a text of at most `LONGEST_EMAIL` characters.
 */
export const EMAIL_PATTERN =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+(?:[A-Za-z]{2,}|xn--[A-Za-z0-9-]+)$/;

/** The address with its domain as mail servers know it: `mia@räucherei.example` is `mia@xn--rucherei-0za.example`. */
export function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  if (at === -1 || domain.length > LONGEST_EMAIL || !/^(?=.*\P{ASCII})[^\s/\\:?#@[\]%]+$/u.test(domain)) return address;
  const url = `http://${domain}`;
  return URL.canParse(url) ? address.slice(0, at + 1) + new URL(url).hostname : address;
}

/** Of an address whose part before the @ is not ASCII: few mail servers take such a one. */
export const LOCAL_PART_WORDS =
  'must be ASCII before the @: letters a to z without accents, digits and signs, as in jorg.m@example.com';

export function hasAsciiLocalPart(address: string): boolean {
  return !/\P{ASCII}/u.test(address.slice(0, Math.max(0, address.lastIndexOf('@'))));
}

export function isEmailAddress(text: string): boolean {
  return text.length <= LONGEST_EMAIL && EMAIL_PATTERN.test(text);
}
