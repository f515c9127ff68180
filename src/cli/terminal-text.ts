/** What goes to a terminal has words of strangers in it: names, companies, sources. A terminal obeys some characters, so they do not get there. */

const ESCAPE = String.fromCodePoint(27);
/** Bold, dim and colors, as `colorsFor` writes them; else control characters, and those that turn the direction of what follows (U+202E). */
const STYLE_OR_OBEYED = new RegExp(`(${ESCAPE}\\[[0-9;]*m)|[\\p{Cc}\\p{Bidi_Control}]`, 'gu');

/** The text with line breaks, tabs and colors, and without all else that a terminal obeys. */
export function terminalText(text: string): string {
  return text.replaceAll(STYLE_OR_OBEYED, (found: string, style: string | undefined) =>
    style !== undefined || found === '\n' || found === '\t' ? found : '',
  );
}

/** A JSON document, indented. What a terminal obeys is escaped, so that the data stay the same. */
export function jsonText(data: unknown): string {
  return JSON.stringify(data, null, 2).replaceAll(
    /[\u007F-\u009F\p{Bidi_Control}]/gu,
    (found) => `\\u${(found.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
