/** Keeps addresses of people out of reasons, logs and workflow histories. */

/** The replacement for an address. */
const ADDRESS_REMOVED = '<address>';

// With the look-alikes of a dot, and what is not seen at all (\p{Cf}).
const LOCAL_CHARACTER = /[\p{L}\p{N}\p{M}\p{Cf}.．。｡!#$%&'*+/=?^_`{|}~-]/u;
const DOMAIN_CHARACTER = /[\p{L}\p{N}\p{M}\p{Cf}.．。｡:[\]-]/u;
/** What Unicode holds for the same as `@` (NFKC): each as long as that is. */
const LIKE_AT = /[＠﹫]/g;

/** In a stack trace an `@` after this begins the scope of a package, not a domain. */
const SCOPE_FOLLOWS = '/node_modules/';

/**
 * The text with every email address replaced by `<address>`, also quoted local parts (`"a b"@example.com`), address
 * literals (`me@[10.0.0.1]`) and a mail server's bracketed form (`<me@example.com>`). Time grows with the length of the
 * text only, whatever a server wrote into it. Text without an `@`, or what looks like one, comes back as it is.
 */
export function stripAddresses(stated: string): string {
  const text = stated.replaceAll(LIKE_AT, '@');
  let result = '';
  let done = 0;
  let at = text.indexOf('@');
  while (at !== -1) {
    const start = localPartStart(text, at, done);
    const end = domainEnd(text, at);
    if (start < at && end > at + 1 && !text.endsWith(SCOPE_FOLLOWS, at)) {
      const bracketed = start > done && text[start - 1] === '<' && text[end] === '>';
      result += text.slice(done, bracketed ? start - 1 : start) + ADDRESS_REMOVED;
      done = bracketed ? end + 1 : end;
    }
    at = text.indexOf('@', Math.max(at + 1, done));
  }
  return result + text.slice(done);
}

/** Where the local part that ends at `at` begins, not before `from`. */
function localPartStart(text: string, at: number, from: number): number {
  if (text[at - 1] === '"' && at - 2 >= from) {
    const quote = text.lastIndexOf('"', at - 2);
    if (quote >= from) return quote;
  }
  let start = at;
  while (start > from && LOCAL_CHARACTER.test(text[start - 1] ?? '')) start -= 1;
  return start;
}

/** The end (exclusive) of the domain that begins after `at`; punctuation that closes a sentence is not part of it. */
function domainEnd(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && DOMAIN_CHARACTER.test(text[end] ?? '')) end += 1;
  while (end > at + 1 && /[.:-]/.test(text[end - 1] ?? '')) end -= 1;
  return end;
}
