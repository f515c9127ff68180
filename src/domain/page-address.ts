import { parse } from 'tldts';

/**
 * Addresses of pages in what a person stated. Mail programs make links of them by themselves, so that a stranger's form could send a
 * third person to a page of the stranger's.
 */

/** Dots that browsers take for one. */
const DOT = '[.\\u3002\\uFF0E\\uFF61]';

const ADDRESSES = [
  /:[/\\]{2}/u,
  /\b(?:mailto|tel|sms|javascript|data|file|ftp):/iu,
  new RegExp(`(?<![\\p{L}\\p{N}])www\\d*${DOT}`, 'iu'),
  // A domain with a port, a path or a query.
  new RegExp(`[\\p{L}\\p{N}-]${DOT}\\p{L}[\\p{L}\\p{N}-]+(?::\\d|[/\\\\?#])`, 'u'),
  /\d+\.\d+\.\d+\.\d+(?::\d|[/?#])/u,
  new RegExp(`@[\\p{L}\\p{N}-]+${DOT}\\p{L}`, 'u'),
];

/** Whether a text holds the address of a page, or of a mailbox. A domain alone (`Booking.com`) is none: companies are named so. */
export function holdsAddress(text: string): boolean {
  const plain = text.normalize('NFKC');
  return ADDRESSES.some((pattern) => pattern.test(plain));
}

/** The same, and a domain alone counts: for what no honest person writes one into, such as a first name. */
export function holdsAddressOrDomain(text: string): boolean {
  return holdsAddress(text) || text.normalize('NFKC').split(/\s+/).some(isDomain);
}

/** The text as it may be shown to others: its addresses can be read, and no mail program makes a link of them. */
export function withoutLinks(text: string): string {
  return text.replaceAll(/\S+/gu, (word) => (holdsAddressOrDomain(word) ? unlinked(word) : word));
}

function unlinked(word: string): string {
  return word
    .normalize('NFKC')
    .replaceAll(/[.\u3002\uFF61](?=[\p{L}\p{N}])/gu, '[.]')
    .replaceAll(/:(?=\S)/g, '[:]')
    .replaceAll('@', '[at]');
}

function isDomain(word: string): boolean {
  const bare = word.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '').replaceAll(/[\u3002\uFF61]/gu, '.');
  if (!/^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+$/u.test(bare)) return false;
  const { domain, isIcann } = parse(bare);
  return domain !== null && isIcann === true;
}
