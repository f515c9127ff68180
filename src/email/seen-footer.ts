import { Parser } from 'htmlparser2';
import type { WordedTemplate } from '../domain/template.ts';
import type { RenderContext } from './render-context.ts';
import { locate, type Position } from './source-map.ts';
import type { PlacedMessage } from './template-mistakes.ts';

type Lacking = 'leave' | 'postalAddress';

const SHOWN = {
  leave: '{{ links.unsubscribe }} or {{ links.preferences }}',
  postalAddress: '{{ sender.postalAddress }}',
} as const;

/** Where the footer of a mail would stand, in whichever file that is: it has been put together with its layout and its parts. */
export function footerPlace({ body, spans }: Pick<WordedTemplate, 'body' | 'spans'>): Position {
  return locate({ text: body, spans }, Math.max(0, body.lastIndexOf('</mj-body')));
}

/**
 * What of the footer a reader does not see, though the source names it: it stands in a hidden element, or behind a condition.
 * @param html As rendered for `context`
 */
export function unseenFooter(source: WordedTemplate, html: string, { sender, links }: RenderContext): PlacedMessage[] {
  if (source.kind === 'transactional') return [];
  const { text, links: shown } = seenIn(html);
  const leave = [links.unsubscribe, links.preferences].filter((address) => address !== undefined);
  const lacking: Lacking[] = [];
  if (!leave.some((address) => text.includes(address) || shown.some((link) => link.includes(address))))
    lacking.push('leave');
  if (!letters(text).includes(letters(sender.postalAddress ?? ''))) lacking.push('postalAddress');
  return lacking.map((what) => ({
    place: footerPlace(source),
    message: `a reader of whom nothing is known does not see ${SHOWN[what]}: it stands in a hidden element, or behind a condition`,
  }));
}

/** Elements that never close. */
const VOID = new Set(['area', 'base', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr']);
const HIDES = /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)/i;
const NEVER_SHOWN = new Set(['head', 'style', 'title', 'script']);

/** However it is put in lines and written in capitals. */
function letters(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function seenIn(html: string): { text: string; links: string[] } {
  const links: string[] = [];
  let text = '';
  /** Of each open element whether it is hidden. */
  const open: boolean[] = [];
  const isHidden = (): boolean => open.at(-1) === true;
  const parser = new Parser({
    onopentag(name, { style = '', href, hidden }) {
      const isOut = isHidden() || hidden !== undefined || NEVER_SHOWN.has(name) || HIDES.test(style);
      if (name === 'a' && href !== undefined && !isOut) links.push(href);
      if (!VOID.has(name)) open.push(isOut);
    },
    ontext(part) {
      if (!isHidden()) text += part;
    },
    onclosetag(name) {
      if (!VOID.has(name)) open.pop();
    },
  });
  parser.end(html);
  return { text, links };
}
