/** Words that may stand in a process's history and search attributes, where nothing can be taken out again. */

/** Seven digits, however they are set apart, may be a phone number. */
const LIKE_PHONE = /(?:\d-*){7}/;

/**
 * Whether a word is a key, not a text of a person: small letters, digits and dashes, at most 40, with no number in it that could be
 * called. A text in any other form stays in the database.
 */
export function isKey(word: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,39}$/.test(word) && !LIKE_PHONE.test(word);
}

/**
 * A reason without what a mail server or a program said, which may name people: what we say stands before the first colon. The code of
 * an SMTP reply stays.
 */
export function ourPartOf(reason: string): string {
  const [ours = '', ...said] = reason.split(': ');
  const [code] = /\b[245]\d\d(?: [245]\.\d{1,3}\.\d{1,3})?(?![\d.])/.exec(said.join(': ')) ?? [];
  return code === undefined ? ours : `${ours}: ${code}`;
}
