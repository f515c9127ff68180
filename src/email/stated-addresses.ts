/**
 * Addresses in a template whose site is what a lead stated. Anybody can fill in a form in somebody else's name, and would put an address of
 * theirs into our mail. What a public key states has no addresses (store/capture/clean-submission.ts); what a server passes on may.
 */
import type { WordedTemplate } from '../domain/template.ts';
import { addressesInText, linksIn } from './check-links.ts';
import { textLiquid } from './liquid.ts';
import type { PlacedMessage } from './template-mistakes.ts';

/** Of a lead, and not in words of its own: a country and a language are codes. */
const CODES = new Set(['country', 'language']);

/** A mailbox, a telephone, a place in the mail: no page of anybody's. */
const NO_PAGE = /^(?:(?:mailto|tel|sms):|#)/i;
/** The site is written out; what follows is a path, a query or a fragment. */
const SITE_ENDS = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+[/?#]/i;

const PIECE = /\{\{-?(?<output>[^}]*)\}\}|\{%-?\s*(?<tag>\w+)[^%]*%\}/g;
const NAMED = /\{%-?\s*(?:assign\s+([\w-]+)\s*=([^%]*?)|for\s+([\w-]+)\s+in\s+([^%]*?))-?%\}/g;
const CAPTURED = /\{%-?\s*capture\s+["']?([\w-]+)["']?\s*-?%\}([^]*?)\{%-?\s*endcapture\s*-?%\}/g;

/** A warning for each such link and picture. A value in the path or in a parameter of a fixed site is none. */
export function statedAddresses(source: WordedTemplate): PlacedMessage[] {
  const { body, text, file } = source;
  const own = statedNames([body, text ?? ''].join('\n'));
  const warned = (url: string, what: string): string | null => {
    const name = statedSite(url, own);
    return name === null
      ? null
      : `${name}, which a lead states, says to which site ${what}: whoever fills in a form in another person's name could choose it; write the site yourself, as in https://shop.example/?from={{ ${name} }}`;
  };
  const found = linksIn(source).flatMap(({ url, place, isPicture }) => {
    const message = warned(url, isPicture ? 'this picture belongs' : 'this link leads');
    return message === null ? [] : [{ place, message, meant: url }];
  });
  const ofText = addressesInText(text ?? '').flatMap((url) => {
    const message = warned(url, 'this link leads');
    return message === null ? [] : [{ place: { file, line: 1, column: 1 }, message, meant: url }];
  });
  return [...found, ...ofText];
}

/** The template's own variables (`assign`, `capture`, `for`) that are an address, or a part of one, as a lead stated it. */
function statedNames(liquid: string): ReadonlySet<string> {
  const own = new Set<string>();
  const all = [
    ...[...liquid.matchAll(NAMED)].map(([, set, value = '', one, list = '']) => ({
      name: set ?? one ?? '',
      value: `{{ ${set === undefined ? list.trim().split(/\s/, 1)[0] : value} }}`,
    })),
    ...[...liquid.matchAll(CAPTURED)].map(([, name = '', value = '']) => ({ name, value: value.trim() })),
  ];
  // One may be made of another that is made further down.
  for (let before = -1; before < own.size;) {
    before = own.size;
    for (const { name, value } of all) if (statedSite(value, own) !== null) own.add(name);
  }
  return own;
}

/** The value that decides on the site of an address; null: none that a lead states. */
function statedSite(url: string, own: ReadonlySet<string>): string | null {
  let address = '';
  let done = 0;
  /** What stands before the branches that are open. */
  const before: string[] = [];
  for (const { 0: piece, index, groups } of url.matchAll(PIECE)) {
    address += url.slice(done, index);
    done = index + piece.length;
    const { output, tag } = groups ?? {};
    if (tag !== undefined) address = afterTag(tag, address, before);
    if (output === undefined || NO_PAGE.test(address) || SITE_ENDS.test(address)) continue;
    const name = statedIn(output, own);
    const fixed = fixedBeginning(output);
    if (name !== null && !SITE_ENDS.test(address + fixed)) return name;
    // A value of ours is a site, or a part of one.
    address += fixed === '' ? `${address === '' ? 'https://' : ''}ours` : fixed;
  }
  return null;
}

/** Each branch goes on from what stands before all of them. */
function afterTag(tag: string, address: string, before: string[]): string {
  if (['if', 'unless', 'case'].includes(tag)) before.push(address);
  else if (['elsif', 'else', 'when'].includes(tag)) return before.at(-1) ?? address;
  else if (['endif', 'endunless', 'endcase'].includes(tag)) before.pop();
  return address;
}

/** What an output begins with for every lead: its text, or what is put before its value. `link` adds a query. */
function fixedBeginning(output: string): string {
  const [, , prepended] = /\|\s*prepend:\s*(["'])(.*?)\1/.exec(output) ?? [];
  const [, , text = ''] = /^\s*(["'])(.*?)\1/.exec(output) ?? [];
  return prepended ?? (/^\s*(["']).*?\1\s*\|\s*link\s*:/.test(output) ? `${text}?` : text);
}

/** The first variable in an output that a lead states. */
function statedIn(output: string, own: ReadonlySet<string>): string | null {
  const { globals } = textLiquid.analyzeSync(textLiquid.parse(`{{ ${output.replace(/-$/, '')} }}`), {
    partials: false,
  });
  for (const { segments } of Object.values(globals).flat()) {
    const [root, second] = segments.map(String);
    if (root === 'lead' ? !CODES.has(second ?? '') : own.has(root ?? ''))
      return segments.filter((one) => typeof one !== 'object').join('.');
  }
  return null;
}
