import { Parser } from 'htmlparser2';
import { locate, type Mapped } from './source-map.ts';
import type { PlacedMessage } from './template-mistakes.ts';

/** Elements that hold elements only: MJML drops text in them without a word, a Liquid tag included. */
const CONTAINERS = new Set([
  'mjml',
  'mj-head',
  'mj-attributes',
  'mj-body',
  'mj-wrapper',
  'mj-section',
  'mj-group',
  'mj-column',
  'mj-hero',
  'mj-accordion',
  'mj-accordion-element',
  'mj-carousel',
  'mj-navbar',
  'mj-social',
]);

/** A comparison in Liquid that an XML parser takes for the beginning of an element. */
const LESS_THAN = /\{%[^%]*?<(?![\s=])[^%]*%\}/;

/** The code that makes the text part is recursive, so the nesting of a template is limited. */
const MAX_DEPTH = 500;

/**
 * Finds what MJML's own validator lets pass and then leaves out or puts elsewhere: text between components, elements that
 * are not closed, inline CSS (whose processing moves Liquid tags out of tables), nesting without end. `isWhole`: each element has its end,
 * so that what MJML says of them is no consequence of this.
 */
export function markupMistakes(body: Mapped): { found: PlacedMessage[]; isWhole: boolean } {
  const open: { name: string; start: number }[] = [];
  const found: PlacedMessage[] = [];
  let isWhole = true;
  const tell = (offset: number, message: string): void => void found.push({ place: locate(body, offset), message });
  const isBroken = (offset: number, message: string): void => {
    // What else is not closed seems so because of the first.
    if (isWhole) tell(offset, message);
    isWhole = false;
  };
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        open.push({ name, start: parser.startIndex });
        if (open.length > MAX_DEPTH)
          isBroken(parser.startIndex, `elements are nested more than ${MAX_DEPTH} deep; close each <${name}>`);
        if (name === 'mj-style' && attributes['inline'] !== undefined)
          tell(
            parser.startIndex,
            'inline styles are not supported; leave inline="…" out and use attributes, or <mj-attributes>',
          );
      },
      ontext(text) {
        const parent = open.at(-1)?.name;
        if (!isWhole || parent === undefined || !CONTAINERS.has(parent) || text.trim() === '') return;
        const offset = parser.startIndex + (text.length - text.trimStart().length);
        tell(
          offset,
          `text directly in <${parent}> would be lost; put a Liquid tag into <mj-raw>…</mj-raw> and words into <mj-text>`,
        );
      },
      onclosetag(name, implied) {
        const element = open.pop();
        const selfClosed = parser.startIndex === element?.start;
        if (!implied || selfClosed || !name.startsWith('mj') || element === undefined) return;
        const taken = LESS_THAN.exec(body.text.slice(element.start, parser.startIndex));
        if (taken === null) isBroken(element.start, `<${name}> is not closed; add </${name}>, or end it with />`);
        else isBroken(element.start + taken.index, 'a tag was read here: write "less than" with spaces around <');
      },
    },
    { xmlMode: true, decodeEntities: false },
  );
  parser.end(body.text);
  return { found, isWhole };
}
