/** Addresses in mails that have values of a lead in them. */

const BEGIN = '\uE000';
const END = '\uE001';
const VALUES = new RegExp(`${BEGIN}([^${END}]*)${END}`, 'u');
const MARKS = new RegExp(`[${BEGIN}${END}]`, 'gu');

/** A value in an address, marked: how it is encoded depends on its place, which is known once the address is whole. */
export function markedValue(value: unknown): string {
  return BEGIN + asText(value).replaceAll(MARKS, '').toWellFormed() + END;
}

/**
 * The address that a template makes for one lead. A value that is the address, or its site, stays one (`https://shop.example/a?b=1`); any
 * other is URL-encoded whole. A site without `https://` gets it. What is no address of a page, a mailbox or a telephone is left out.
 */
export function addressOf(rendered: string): string {
  const [first = '', ...rest] = rendered.trim().split(VALUES);
  let address = first;
  for (const [i, part] of rest.entries()) {
    // Values and what stands between them take turns.
    if (i % 2 === 1) address += part;
    else if (/^(?:https?:\/\/)?$/i.test(address) && /^(?:$|[/?#:])/.test(rest[i + 1] ?? '')) address += asItIs(part);
    else if (!/^https?:\/\/[^/?#]*$/i.test(address)) address += encodeURIComponent(part);
    else if (/^[\p{L}\p{N}-]*$/u.test(part)) address += part;
    // It would be another site than the one that is written there.
    else return '';
  }
  address = address.replace(/^https?:\/\/(?=https?:\/\/)/i, '');
  if (/^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+(?:[/:?#]|$)/u.test(address)) address = `https://${address}`;
  // A value that is not known leaves a hole in the name of a site.
  if (/^https?:\/\/(?:[^/?#]*\.)?\./i.test(address)) return '';
  return /^(?!(?:https?|mailto|tel|sms):)[a-z][a-z0-9+-]*:/i.test(address) ? '' : address;
}

/** Whether it leads to a page, so that clicks on it can be counted. */
export function isPage(address: string): boolean {
  return /^https?:\/\//i.test(address) && URL.canParse(address);
}

/** Only what no address may have is encoded: what is encoded in the value already stays so. */
function asItIs(value: string): string {
  return value.trim().replaceAll(/[\s\p{Cc}"<>\\^`{|}]/gu, (character) => encodeURIComponent(character));
}

export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}
