import { Parser } from 'htmlparser2';
import { type Utm, withUtm } from '../domain/utm.ts';
import { baseOf } from '../domain/public-url.ts';
import { ADDRESS_TAG } from './liquid.ts';

/** Tracked links and the pixel. Addresses are read and replaced with an HTML parser, never by patterns over HTML. */

/** The Liquid variables that carry the tracked addresses of one send. */
const LINKS_VARIABLE = '__links';
const PIXEL_VARIABLE = '__pixel';

/** What stands in a comment that Outlook reads: the condition, and what it shows. */
const CONDITIONAL = /^(\s*\[if [^\]]*\]>)([^]*)<!\[endif\]$/i;

/**
 * `html` with every `href` for which `replacement` gives a new address replaced; all other bytes stay. `replacement` gets
 * the address as a browser would (entities decoded) with the words of its `rel`, and answers with source for the attribute, already escaped. What Outlook alone
 * shows stands in conditional comments (`<!--[if mso]>`), and counts; other comments nobody sees.
 */
export function rewriteLinks(html: string, replacement: (url: string, rel: string[]) => string | undefined): string {
  const parts: string[] = [];
  let done = 0;
  let href: { value: string; start: number; end: number } | null = null;
  const parser = new Parser({
    onattribute(name, value) {
      if (name === 'href') href = { value, start: parser.startIndex, end: parser.endIndex };
    },
    // `rel` may stand behind `href`, so that an address is replaced when its whole tag is read.
    onopentag(_name, { rel = '' }) {
      const found = href;
      href = null;
      if (found === null) return;
      const url = replacement(found.value.trim(), rel.toLowerCase().split(/\s+/));
      if (url === undefined) return;
      parts.push(html.slice(done, found.start), `href="${url}"`);
      done = found.end;
    },
    oncomment(comment) {
      const [, condition, shown] = CONDITIONAL.exec(comment) ?? [];
      if (condition === undefined || shown === undefined) return;
      const from = parser.startIndex + '<!--'.length + condition.length;
      parts.push(html.slice(done, from), rewriteLinks(shown, replacement));
      done = from + shown.length;
    },
  });
  parser.end(html);
  parts.push(html.slice(done));
  return parts.join('');
}

/** A web address without values: the same for every lead. */
function isFixed(url: string): boolean {
  return /^https?:\/\/[^\s/?#{}]+(?:[/?#]|$)/i.test(url) && !hasLiquid(url);
}

/**
 * A web address with values of the lead in it, or that is one. Not those of `links`, which lead to pages of ours; mailto:, tel: and anchors
 * have nowhere to redirect to.
 */
function isVariable(url: string): boolean {
  return /^(?:https?:\/\/|\{\{|\{%)/i.test(url) && hasLiquid(url) && !/\{[{%][^}]*(?<![\w.-])links\s*[.[]/.test(url);
}

function hasLiquid(url: string): boolean {
  return /\{\{|\{%/.test(url);
}

/**
 * An address. `bare`: it gets no UTM parameters, as its `rel="noutm"` says. `untracked`: it leads straight to its page, as `rel="notrack"` says,
 * and has values in it, which are written as in any other.
 */
export interface Link {
  url: string;
  bare: boolean;
  untracked?: true;
}

/** The addresses of a template that are tracked, in the order of their first appearance, each once. */
export interface Links {
  /** n of `__links[n]`. */
  fixed: Link[];
  /** n of the tag that fills them in; their Liquid is in them. */
  variable: Link[];
  /** Those without values that lead straight to their page: they stay as they are written, in a text part by hand as well. */
  straight: string[];
}

/** The fixed addresses as they are in one mail, in their order. */
export function addressesOf(links: readonly Link[], utm: Utm | undefined): string[] {
  return links.map(({ url, bare }) => (bare ? url : withUtm(url, utm)));
}

/** A compiled template made ready for tracking. */
export interface Instrumented {
  /** Each tracked address is `{{ __links[n] }}` or an address tag; the pixel stands before `</body>`. Liquid for htmlLiquid. */
  html: string;
  /** The same without the pixel: what the text part is made from. */
  readable: string;
  links: Links;
}

export function instrument(html: string): Instrumented {
  const links: Links = { fixed: [], variable: [], straight: [] };
  const readable = rewriteLinks(html, (url, rel) => {
    if (!rel.includes('notrack')) return slotFor(links, { url, bare: rel.includes('noutm') });
    // One without values stays as it is written, `rel` included.
    if (isVariable(url)) return slotFor(links, { url, bare: true, untracked: true });
    links.straight.push(url);
    return undefined;
  });
  const pixel = `{% if ${PIXEL_VARIABLE} %}<img src="{{ ${PIXEL_VARIABLE} }}" width="1" height="1" alt="">{% endif %}`;
  const end = readable.lastIndexOf('</body>');
  const withPixel = end === -1 ? readable + pixel : readable.slice(0, end) + pixel + readable.slice(end);
  return { html: withPixel, readable, links };
}

/**
 * A text part written by hand gets the same tracked addresses; ones that only it has are added to `links`. A variable is known to be an
 * address where the HTML links to it.
 */
export function instrumentText(text: string, links: Links): string {
  const whole = links.variable.filter(({ url }) => url.startsWith('{'));
  const withVariables = whole.reduce((all, link) => all.replaceAll(link.url, slotFor(links, link) ?? link.url), text);
  return withVariables.replaceAll(/https?:\/\/(?:\{\{.*?\}\}|\{%.*?%\}|[^\s<>"'])+/gi, (found) => {
    const url = withoutTrailing(found);
    const slot = links.straight.includes(url) ? undefined : slotFor(links, known(links, url));
    return (slot ?? url) + found.slice(url.length);
  });
}

/** An address in running text, without the punctuation of the sentence; brackets belong to it in pairs. */
function withoutTrailing(found: string): string {
  const last = found.at(-1) ?? '';
  const opening = { ')': '(', ']': '[' }[last];
  const isSentence = /[.,;:!?]/.test(last) || (opening !== undefined && count(found, last) > count(found, opening));
  return isSentence ? withoutTrailing(found.slice(0, -1)) : found;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

/** A link of the text part is that of the HTML with the same address, if there is one. */
function known({ fixed, variable }: Links, url: string): Link {
  return [...fixed, ...variable].find((one) => one.url === url) ?? { url, bare: false };
}

function slotFor(links: Links, link: Link): string | undefined {
  if (isFixed(link.url)) return `{{ ${LINKS_VARIABLE}[${indexIn(links.fixed, link)}] }}`;
  return isVariable(link.url) ? `{% ${ADDRESS_TAG} ${indexIn(links.variable, link)} %}` : undefined;
}

function indexIn(links: Link[], link: Link): number {
  const index = links.findIndex(
    ({ url, bare, untracked }) => url === link.url && bare === link.bare && untracked === link.untracked,
  );
  return index === -1 ? links.push(link) - 1 : index;
}

/** What one send is tracked by. */
export interface Tracking {
  /** An address for each of the template's fixed links. */
  links: readonly string[];
  /** Addresses of this lead, as the template makes them, to those that stand in the mail. */
  own?: ReadonlyMap<string, string>;
  /** Without it the mail has no pixel. */
  pixel?: string;
}

/** The tracked addresses of one send. `linkIds[n]`: the stored id of the template's fixed link n; `own`: of each address of the lead. */
export function trackingFor(
  publicUrl: string,
  tokens: { open(sendId: string): string; click(sendId: string, linkId: number): string },
  sendId: string,
  { linkIds, own }: { linkIds: readonly number[]; own?: ReadonlyMap<string, number> },
): Tracking {
  const base = baseOf(publicUrl);
  const click = (linkId: number): string => `${base}/c/${tokens.click(sendId, linkId)}`;
  return {
    links: linkIds.map(click),
    own: new Map([...(own ?? [])].map(([url, linkId]) => [url, click(linkId)])),
    pixel: `${base}/o/${tokens.open(sendId)}.gif`,
  };
}

/** The Liquid variables for `tracking`; without it every link goes straight to its address and there is no pixel. */
export function trackingVariables(links: readonly string[], tracking: Tracking | undefined): Record<string, unknown> {
  if (tracking === undefined) return { [LINKS_VARIABLE]: links };
  return {
    [LINKS_VARIABLE]: links.map((url, index) => tracking.links[index] ?? url),
    ...(tracking.pixel === undefined ? {} : { [PIXEL_VARIABLE]: tracking.pixel }),
  };
}
