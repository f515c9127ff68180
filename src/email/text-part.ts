import { convert, type FormatCallback } from 'html-to-text';

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

/** A tag or an output of Liquid. In quotes its end may stand as text. */
const LIQUID =
  /\{\{(?:[^"'}]|\}(?!\})|"[^"]*"|'[^']*')*\}\}|\{%(?:[^"'%]|%(?!\})|"[^"]*"|'[^']*')*%\}|\{\{[^]*?\}\}|\{%[^]*?%\}/g;
const [TAG, OUTPUT, END] = ['\uE010', '\uE011', '\uE012'];
const MARKS = new RegExp(`[${TAG}${OUTPUT}${END}]`, 'gu');
const TAGS_ALONE = new RegExp(`^[ \\t]*((?:${TAG}\\d+${END}[ \\t]*)+)\\n`, 'gmu');

/** Liquid is no HTML: `{{ "<b>" }}` has no tag in it. A mark stands in its place, the same for the same words. */
function withoutLiquid(html: string): { text: string; putBack(text: string): string } {
  const kept: string[] = [];
  const text = html.replaceAll(MARKS, '').replaceAll(LIQUID, (liquid) => {
    const index = kept.indexOf(liquid);
    return `${liquid.startsWith('{%') ? TAG : OUTPUT}${index === -1 ? kept.push(liquid) - 1 : index}${END}`;
  });
  const marked = new RegExp(`[${TAG}${OUTPUT}](\\d+)${END}`, 'gu');
  return { text, putBack: (words) => words.replaceAll(marked, (_mark, index: string) => kept[Number(index)] ?? '') };
}

/** Tidies a rendered text part: no runs of blank lines, no line over 78 characters unless one word is longer. */
export function layOutText(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n').flatMap(wrap);
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
