/** `newline_to_br`: the one filter whose result has markup. It marks where the markup goes; the value around it is escaped. */
import { asWritten, type MailFilter } from './filter.ts';

/** No text has it: a code point that Unicode keeps for such use. */
const MARK = '\uFDD0';

export const markLineBreaks: MailFilter = (value) => asWritten(value).replaceAll(MARK, '').replaceAll(/\r?\n/g, MARK);

/** In plain text a line break is one already. */
export const keepLineBreaks: MailFilter = (value) => asWritten(value);

/** A value in HTML: escaped, with the line breaks that were marked. */
export function escapeForHtml(value: unknown): string {
  const text = asWritten(value);
  if (!/[&<>"'\uFDD0]/.test(text)) return text;
  return text.replaceAll(/[&<>"'\uFDD0]/g, (character) => ESCAPED[character] ?? character);
}

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  [MARK]: '<br />\n',
};
