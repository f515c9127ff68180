/** Characters that an address may have (RFC 5321). */
export const LONGEST_EMAIL = 254;

/** An address of one mailbox, in ASCII: no comma, no two dots in a row, a domain with a dot. Only for a text of at most `LONGEST_EMAIL` characters. */
export const EMAIL_PATTERN =
  /^(?:[A-Za-z0-9_'+-]+\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$/;

export function isEmailAddress(text: string): boolean {
  return text.length <= LONGEST_EMAIL && EMAIL_PATTERN.test(text);
}
