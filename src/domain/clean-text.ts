/** What a text of a person may be made of, so that it reads in a mail, a page or a list as it is. */

/**
 * Characters that nobody sees: zero-width ones, those that turn the direction of what follows (U+202E), fillers, tags. With them a
 * text can look like another.
 */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u{FFF9}-\u{FFFB}]+/gu;

/** JSON that is nested deeper is left as it is: it is refused as such where it is stored. */
const DEEPEST = 16;

/** One line in normal form (NFC): no control characters, line breaks, or characters that nobody sees. At most `longest` characters. */
export function singleLine(text: string, longest = Number.POSITIVE_INFINITY): string {
  return cut(
    visible(text)
      .replaceAll(/[\p{Cc}\p{Z}]+/gu, ' ')
      .trim(),
    longest,
  );
}

/** The same, but line breaks stay. */
export function lines(text: string, longest = Number.POSITIVE_INFINITY): string {
  const broken = visible(text).replaceAll(/\r\n?|[\u2028\u2029\u0085]/g, '\n');
  return cut(broken.replaceAll(/[^\P{Cc}\n]/gu, ' '), longest);
}

/** A value with every text in it made clean, names of properties too. */
export function cleanJson(value: unknown, clean: (text: string) => string = lines, depth = 0): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value;
  if (Array.isArray(value)) return value.map((one) => cleanJson(one, clean, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [singleLine(name), cleanJson(one, clean, depth + 1)]),
  );
}

function visible(text: string): string {
  return text.toWellFormed().replaceAll(UNSEEN, '').normalize('NFC');
}

/** Not through the middle of a surrogate pair. */
function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return text
    .slice(0, longest)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd();
}
