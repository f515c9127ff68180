/** The pixel and the tracked links of a message, as whoever reads it finds them. */

/** Paths at an API: whose is asked is up to the client. */
export interface TrackedLinks {
  pixels: readonly string[];
  clicks: readonly string[];
}

/** `message`: as it comes over SMTP, dots doubled at the beginning of a line; its parts quoted-printable, as the product sends them. */
export function trackedLinks(message: string): TrackedLinks {
  const text = readable(message);
  return { pixels: pathsIn(text, 'o'), clicks: pathsIn(text, 'c') };
}

/** Each once, though it stands in the text part and in the HTML. */
function pathsIn(text: string, kind: 'o' | 'c'): string[] {
  const found = text.matchAll(new RegExp(String.raw`https?://[\w.:-]+(/${kind}/[\w.~-]+)`, 'g'));
  return [...new Set([...found].flatMap(([, path]) => path ?? []))];
}

/** Dots and soft line breaks first, as an address may go on in the next line. */
function readable(message: string): string {
  return message
    .replaceAll(/^\.\./gm, '.')
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}
