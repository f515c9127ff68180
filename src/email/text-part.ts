import { convert, type FormatCallback } from 'html-to-text';
import { LiquidError, TokenKind, Tokenizer } from 'liquidjs';
import { NO_ADDRESS, textLiquid } from './liquid.ts';

/** The plain-text part. It is made once a template, from compiled HTML whose Liquid stays in, and rendered per lead. */

/** The cells of a row on one line, rows on lines of their own. */
const row: FormatCallback = (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 1 });
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1 });
};
const cell: FormatCallback = (element, walk, builder) => {
  const cells = element.parent?.children.filter(({ name }) => name === 'td' || name === 'th') ?? [];
  if (cells.indexOf(element) > 0) builder.addLiteral('  ');
  walk(element.children, builder);
};
const labelOnly: FormatCallback = (element, walk, builder) => walk(element.children, builder);

/** HTML (with Liquid) to text (with the same Liquid, character for character). A link becomes `label <address>`. */
export function textTemplateOf(html: string): string {
  const { text: standing, putBack } = withoutLiquid(html);
  const heading = { options: { uppercase: false, leadingLineBreaks: 2, trailingLineBreaks: 1 } };
  const text = convert(standing, {
    wordwrap: false,
    formatters: { row, cell, labelOnly },
    selectors: [
      { selector: 'tr', format: 'row' },
      { selector: 'td', format: 'cell' },
      { selector: 'th', format: 'cell' },
      { selector: 'a[href^="mailto:"]', format: 'labelOnly' },
      { selector: 'a[href^="tel:"]', format: 'labelOnly' },
      // MJML's preheader, which is the first thing in the body.
      { selector: 'div[style^="display:none"]', format: 'skip' },
      { selector: 'img', format: 'skip' },
      { selector: 'a', options: { linkBrackets: ['<', '>'], hideLinkHrefIfSameAsText: true } },
      { selector: 'h1', ...heading },
      { selector: 'h2', ...heading },
      { selector: 'h3', ...heading },
    ],
  });
  // A line of nothing but Liquid tags would leave a blank line in every email.
  return putBack(text.replaceAll(TAGS_ALONE, '$1'));
}

const [TAG, OUTPUT, END] = ['\uE010', '\uE011', '\uE012'];
const MARKS = new RegExp(`[${TAG}${OUTPUT}${END}]`, 'gu');
const TAGS_ALONE = new RegExp(`^[ \\t]*((?:${TAG}\\d+${END}[ \\t]*)+)\\n`, 'gmu');
const MARKED = new RegExp(`[${TAG}${OUTPUT}](\\d+)${END}`, 'gu');

/** Liquid is no HTML: `{{ "<b>" }}` has no tag in it. A mark stands in its place, the same for the same words. */
function withoutLiquid(html: string): { text: string; putBack(text: string): string } {
  const kept = new Map<string, number>();
  const marked = (mark: string, liquid: string): string => {
    const index = kept.get(liquid) ?? kept.size;
    kept.set(liquid, index);
    return `${mark}${index}${END}`;
  };
  const text = piecesOf(html.replaceAll(MARKS, ''))
    .map(({ kind, words }) => (kind === 'html' ? words : marked(kind === 'tag' ? TAG : OUTPUT, words)))
    .join('');
  const liquids = [...kept.keys()];
  return { text, putBack: (words) => words.replaceAll(MARKED, (_mark, index: string) => liquids[Number(index)] ?? '') };
}

interface Piece {
  kind: 'html' | 'tag' | 'output';
  words: string;
}

/** HTML, tags and outputs, as Liquid itself takes them apart. Behind a tag or output that is not closed there is HTML alone: it cannot be compiled. */
function piecesOf(text: string): Piece[] {
  const tokenizer = new Tokenizer(text);
  const pieces: Piece[] = [];
  let done = 0;
  try {
    while (!tokenizer.end()) {
      const { kind, begin, end } = tokenizer.readTopLevelToken(textLiquid.options);
      pieces.push({ kind: KINDS.get(kind) ?? 'html', words: text.slice(begin, end) });
      done = end;
    }
  } catch (error) {
    if (!LiquidError.is(error)) throw error;
  }
  return [...pieces, { kind: 'html', words: text.slice(done) }];
}

const KINDS: ReadonlyMap<TokenKind, Piece['kind']> = new Map([
  [TokenKind.Tag, 'tag'],
  [TokenKind.Output, 'output'],
]);

/** Of a link without an address its words stay. */
const LEFT_OUT = new RegExp(` ?<${NO_ADDRESS}>|${NO_ADDRESS}`, 'gu');

/** Tidies a rendered text part: no runs of blank lines, no line over 78 characters unless one word is longer. */
export function layOutText(text: string): string {
  const lines = text.replaceAll(LEFT_OUT, '').replaceAll('\r\n', '\n').split('\n').flatMap(wrap);
  return `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

const WIDTH = 78;

function wrap(line: string): string[] {
  const trimmed = line.trimEnd();
  if (trimmed.length <= WIDTH) return [trimmed];
  const indent = /^\s*(?:[*•-]\s+|\d+\.\s+)?/.exec(trimmed)?.[0] ?? '';
  const lines: string[] = [];
  let current = indent;
  for (const word of trimmed.slice(indent.length).split(/\s+/)) {
    const empty = current.trimEnd() === indent.trimEnd() && current.length <= indent.length;
    if (!empty && current.length + 1 + word.length > WIDTH) {
      lines.push(current);
      current = ' '.repeat(indent.length) + word;
    } else {
      current += empty ? word : ` ${word}`;
    }
  }
  return [...lines, current];
}
