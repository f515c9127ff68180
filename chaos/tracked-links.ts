/** Finds the pixel and the tracked links of a message. */

/** Paths without a host: the client chooses the API. */
export interface TrackedLinks {
  pixels: readonly string[];
  clicks: readonly string[];
}

/** @param message As sent over SMTP: dots doubled at the beginning of a line, parts in quoted-printable. */
export function trackedLinks(message: string): TrackedLinks {
  const text = readable(message);
  return { pixels: pathsIn(text, 'o'), clicks: pathsIn(text, 'c') };
}

/** Each link once, although it is in the text part and in the HTML. */
function pathsIn(text: string, kind: 'o' | 'c'): string[] {
  const found = text.matchAll(new RegExp(String.raw`https?://[\w.:-]+(/${kind}/[\w.~-]+)`, 'g'));
  return [...new Set([...found].flatMap(([, path]) => path ?? []))];
}

/** Removes doubled dots and soft line breaks first: an address may continue on the next line. */
function readable(message: string): string {
  return message
    .replaceAll(/^\.\./gm, '.')
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}
