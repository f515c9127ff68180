import { Parser } from 'htmlparser2';
import { AppError } from '../domain/errors.ts';
import { at, locate, type Mapped } from './source-map.ts';

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
 * are not closed, inline CSS (whose processing moves Liquid tags out of tables), nesting without end.
 * @throws AppError PLAYBOOK_INVALID with the place and what would be right.
 */
export function checkMarkup(body: Mapped): void {
  const open: { name: string; start: number }[] = [];
  const invalid = (offset: number, what: string): AppError => {
    const place = locate(body, offset);
    return new AppError('PLAYBOOK_INVALID', `${at(place)}: ${what}`, { details: { ...place } });
  };
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        open.push({ name, start: parser.startIndex });
        if (open.length > MAX_DEPTH) {
          throw invalid(parser.startIndex, `elements are nested more than ${MAX_DEPTH} deep; close each <${name}>`);
        }
        if (name === 'mj-style' && attributes['inline'] !== undefined) {
          throw invalid(
            parser.startIndex,
            'inline styles are not supported; leave inline="…" out and use attributes, or <mj-attributes>',
          );
        }
      },
      ontext(text) {
        const parent = open.at(-1)?.name;
        if (parent === undefined || !CONTAINERS.has(parent) || text.trim() === '') return;
        const offset = parser.startIndex + (text.length - text.trimStart().length);
        throw invalid(
          offset,
          `text directly in <${parent}> would be lost; put a Liquid tag into <mj-raw>…</mj-raw> and words into <mj-text>`,
        );
      },
      onclosetag(name, implied) {
        const element = open.pop();
        const selfClosed = parser.startIndex === element?.start;
        if (implied && !selfClosed && name.startsWith('mj') && element !== undefined) {
          const taken = LESS_THAN.exec(body.text.slice(element.start, parser.startIndex));
          if (taken !== null)
            throw invalid(element.start + taken.index, 'a tag was read here: write "less than" with spaces around <');
          throw invalid(element.start, `<${name}> is not closed; add </${name}>, or end it with />`);
        }
      },
    },
    { xmlMode: true, decodeEntities: false },
  );
  parser.end(body.text);
}
