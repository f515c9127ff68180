/** Addresses in a template: which there are, and which of them no mail program can follow or show. */
import { Parser } from 'htmlparser2';
import type { WordedTemplate } from '../domain/template.ts';
import { locate, type Position } from './source-map.ts';
import type { PlacedMessage } from './template-mistakes.ts';

/** Elements that show a picture from `src`. */
const PICTURES = new Set(['img', 'mj-image', 'mj-carousel-image']);

const LIQUID = /\{\{.*?\}\}|\{%.*?%\}/gs;

export interface PlacedLink {
  url: string;
  place: Position;
  isPicture: boolean;
}

/** Links and pictures in the body, in their order, as they are written. */
export function linksIn({ body, spans }: Pick<WordedTemplate, 'body' | 'spans'>): PlacedLink[] {
  const links: PlacedLink[] = [];
  eachElement(body, (name, attributes, offset) => {
    const add = (url: string, isPicture: boolean): void => {
      // An address may have come from elsewhere than the element around it. One with an entity in it is not found, and stands at its element.
      const at = url === '' ? offset : body.indexOf(url, offset);
      const isInElement = at >= 0 && !body.slice(offset, at).includes('>');
      const place = locate({ text: body, spans }, isInElement ? at : offset);
      links.push({ url, place, isPicture });
    };
    const { href, src, 'background-url': background } = attributes;
    if (href !== undefined) add(href.trim(), false);
    if (src !== undefined && PICTURES.has(name)) add(src.trim(), true);
    if (background !== undefined) add(background.trim(), true);
  });
  return links;
}

/** Links and pictures that cannot work, and pictures without words for those who do not see them. */
export function linkMistakes(source: WordedTemplate): PlacedMessage[] {
  const { body, spans, text, file } = source;
  const found: PlacedMessage[] = linksIn(source).flatMap(({ url, place, isPicture }) => {
    const why = isPicture ? whyNoPicture(url) : whyNoLink(url);
    return why === null ? [] : [{ place, message: why, meant: url === '' ? 'href' : url }];
  });
  eachElement(body, (name, attributes, offset) => {
    if (!PICTURES.has(name) || attributes['alt'] !== undefined) return;
    const message = `<${name}> has no alt text: add alt="…" with what it shows, or alt="" if it says nothing`;
    found.push({ place: locate({ text: body, spans }, offset), message });
  });
  for (const url of addressesInText(text ?? '')) {
    const why = whyNoLink(url);
    if (why !== null) found.push({ place: { file, line: 1, column: 1 }, message: why, meant: url });
  }
  return found;
}

/** Those of pages in a text part that is written by hand. */
export function addressesInText(text: string): string[] {
  return [...text.matchAll(/https?:\/\/(?:\{\{.*?\}\}|\{%.*?%\}|[^\s<>"'])*/gi)].map(([url]) => url);
}

function eachElement(
  body: string,
  look: (name: string, attributes: Readonly<Record<string, string>>, offset: number) => void,
): void {
  const parser = new Parser(
    { onopentag: (name, attributes) => look(name.toLowerCase(), attributes, parser.startIndex) },
    { lowerCaseAttributeNames: true, recognizeSelfClosing: true, decodeEntities: true },
  );
  parser.end(body);
}

/** Null: it can be followed, as far as it can be told before its values are known. */
function whyNoLink(url: string): string | null {
  if (url === '') return 'href="" leads nowhere; write an address, or leave the link out';
  if (url.startsWith('#') || startsWithLiquid(url)) return null;
  const sample = url.replaceAll(LIQUID, 'x');
  if (/^mailto:/i.test(url) && url === sample && !/^mailto:(?:[^\s@?]+@[^\s@?]+|\?)/i.test(url))
    return `"${url}" names no mailbox; write mailto:name@shop.example`;
  if (/^(?:mailto|tel|sms):/i.test(sample)) return null;
  return whyNoPage(url, sample);
}

function whyNoPicture(url: string): string | null {
  if (startsWithLiquid(url)) return null;
  if (/^(?:data|cid):/i.test(url))
    return 'mail programs do not show pictures that are part of the mail; give the address of one, as in https://shop.example/picture.png';
  return whyNoPage(url, url.replaceAll(LIQUID, 'x'));
}

function whyNoPage(url: string, sample: string): string | null {
  if (/^https?:\/\//i.test(sample)) {
    if (/\s/.test(sample)) return `"${url}" has a space in it; write %20, or take it out`;
    return /^https?:\/\/[^/?#]/i.test(sample) && URL.canParse(sample)
      ? null
      : `"${url}" is no address; write one such as https://shop.example/page`;
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(sample) && !/^[\w-]+(?:\.[\w-]+)+:\d/.test(sample))
    return `a mail program does not follow "${url}"; write an address that begins with https://, mailto: or tel:`;
  if (
    /^(?:\/\/)?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}(?::\d+)?(?:[/?#]|$)/u.test(sample) &&
    !/\.(?:html?|php|pdf|png|jpe?g|gif)$/i.test(sample)
  )
    return `"${url}" lacks its beginning; write https://${url.replace(/^\/\//, '')}`;
  return `"${url}" is the address of no site: a mail has no page that it could begin from; write it whole, as in https://shop.example${url.startsWith('/') ? url : `/${url}`}`;
}

function startsWithLiquid(url: string): boolean {
  return /^\{[{%]/.test(url);
}
