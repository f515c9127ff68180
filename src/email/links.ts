import { Parser } from 'htmlparser2';

/** Tracked links and the pixel. Addresses are read and replaced with an HTML parser, never by patterns over HTML. */

/** The Liquid variables that carry the tracked addresses of one send. */
const LINKS_VARIABLE = '__links';
const PIXEL_VARIABLE = '__pixel';

/**
 * `html` with every `href` for which `replacement` gives a new address replaced; all other bytes stay. `replacement` gets
 * the address as a browser would (entities decoded) and answers with source for the attribute, already escaped.
 */
export function rewriteLinks(html: string, replacement: (url: string) => string | undefined): string {
  const parts: string[] = [];
  let done = 0;
  const parser = new Parser({
    onattribute(name, value) {
      if (name !== 'href') return;
      const url = replacement(value.trim());
      if (url === undefined) return;
      parts.push(html.slice(done, parser.startIndex), `href="${url}"`);
      done = parser.endIndex;
    },
  });
  parser.end(html);
  parts.push(html.slice(done));
  return parts.join('');
}

/**
 * Whether clicks on this address are counted: web addresses are whose site the template names. mailto:, tel: and anchors have nowhere
 * to redirect to, and an address that begins with Liquid (unsubscribe, view in browser, a rep's decision) could lead anywhere.
 */
function isTracked(url: string): boolean {
  return /^https?:\/\/[^\s/?#{}]+(?:[/?#]|$)/i.test(url);
}

/** Whether an address differs from lead to lead: it has Liquid in it, behind the name of the site. */
export function isVariable(url: string): boolean {
  return /\{\{|\{%/.test(url);
}

/** A compiled template made ready for tracking. */
export interface Instrumented {
  /** Each tracked address is `{{ __links[n] }}`; the pixel stands before `</body>`. Liquid for htmlLiquid. */
  html: string;
  /** The same without the pixel: what the text part is made from. */
  readable: string;
  /** The tracked addresses in the order of their first appearance, each once: n of `__links[n]`. Liquid in them stays. */
  links: string[];
}

export function instrument(html: string): Instrumented {
  const links: string[] = [];
  const readable = rewriteLinks(html, (url) => (isTracked(url) ? linkSlot(links, url) : undefined));
  const pixel = `{% if ${PIXEL_VARIABLE} %}<img src="{{ ${PIXEL_VARIABLE} }}" width="1" height="1" alt="">{% endif %}`;
  const end = readable.lastIndexOf('</body>');
  const withPixel = end === -1 ? readable + pixel : readable.slice(0, end) + pixel + readable.slice(end);
  return { html: withPixel, readable, links };
}

/** A text part written by hand gets the same tracked addresses; ones that only it has are added to `links`. */
export function instrumentText(text: string, links: string[]): string {
  return text.replaceAll(/https?:\/\/(?:\{\{.*?\}\}|[^\s<>"'()[\]])+/gi, (found) => {
    const url = found.replace(/[.,;:!?]+$/, '');
    return isTracked(url) ? linkSlot(links, url) + found.slice(url.length) : found;
  });
}

function linkSlot(links: string[], url: string): string {
  let index = links.indexOf(url);
  if (index === -1) index = links.push(url) - 1;
  return `{{ ${LINKS_VARIABLE}[${index}] }}`;
}

/** What one send is tracked by: an address for each of the template's links, and the pixel's. */
export interface Tracking {
  links: readonly string[];
  pixel: string;
}

/** The tracked addresses of one send; `linkIds[n]` is the stored id of the template's link n. */
export function trackingFor(
  publicUrl: string,
  tokens: { open(sendId: string): string; click(sendId: string, linkId: number): string },
  sendId: string,
  linkIds: readonly number[],
): Tracking {
  const base = publicUrl.replace(/\/+$/, '');
  return {
    links: linkIds.map((linkId) => `${base}/c/${tokens.click(sendId, linkId)}`),
    pixel: `${base}/o/${tokens.open(sendId)}.gif`,
  };
}

/** The Liquid variables for `tracking`; without it every link goes straight to its address and there is no pixel. */
export function trackingVariables(links: readonly string[], tracking: Tracking | undefined): Record<string, unknown> {
  if (tracking === undefined) return { [LINKS_VARIABLE]: links };
  return {
    [LINKS_VARIABLE]: links.map((url, index) => tracking.links[index] ?? url),
    [PIXEL_VARIABLE]: tracking.pixel,
  };
}
