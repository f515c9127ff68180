/**
 * Quoted-printable (RFC 2045, 6.7) of a text, in one pass over its bytes. Nodemailer's own goes over the text several times, by patterns: a fifth of
 * the processor time of a whole mail, of which this leaves a fifth.
 */
const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const EQUALS = 0x3d;
/** A line has at most 76 characters; the last of one that goes on is `=`. */
const LINE = 75;
const HEX = Buffer.from('0123456789ABCDEF');

const BREAK = 0;
const AS_IT_IS = 1;
/** A space or a tab: at the end of a line it may be lost on the way. */
const BLANK = 2;

/** What becomes of a byte; above `BLANK`, the room that it needs. All bytes of a character stay on one line: the first asks for the room of all. */
const KIND = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === LF || byte === CR) return BREAK;
  if (byte === SPACE || byte === TAB) return BLANK;
  if (byte > SPACE && byte < 0x7f && byte !== EQUALS) return AS_IT_IS;
  if (byte < 0xc0) return 3;
  if (byte < 0xe0) return 6;
  return byte < 0xf0 ? 9 : 12;
});

/** Written into, then copied: how long it becomes is known afterwards, and the most that it can be is thrice the text. */
let scratch = Buffer.allocUnsafe(2 ** 18);

/** Line breaks of every kind become CRLF. All of what comes out is ASCII. */
export function quotedPrintable(text: string): Buffer {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  // Three characters a byte, and a soft line break of three at least every 64: a character of several bytes may leave room.
  const most = Math.ceil(length * 3.2) + 3;
  const out = (scratch = scratch.length < most ? Buffer.allocUnsafe(most) : scratch);
  const kindAt = (at: number): number => (at < length ? (KIND[bytes[at] ?? 0] ?? BREAK) : BREAK);
  let end = 0;
  let column = 0;
  for (let at = 0; at < length; at += 1) {
    const from = at;
    const until = Math.min(length, at + LINE - column);
    while (at < until && KIND[bytes[at] ?? 0] === AS_IT_IS) out[end++] = bytes[at++] ?? 0;
    column += at - from;
    if (at >= length) break;
    const byte = bytes[at] ?? 0;
    const kind = kindAt(at);
    if (kind === BREAK) {
      if (byte === CR && bytes[at + 1] === LF) at += 1;
      out[end++] = CR;
      out[end++] = LF;
      column = 0;
      continue;
    }
    const stays = kind === AS_IT_IS || (kind === BLANK && kindAt(at + 1) !== BREAK);
    if (column + (stays ? 1 : Math.max(3, kind)) > LINE) {
      out[end++] = EQUALS;
      out[end++] = CR;
      out[end++] = LF;
      column = 0;
    }
    if (stays) {
      out[end++] = byte;
      column += 1;
      continue;
    }
    out[end++] = EQUALS;
    out[end++] = HEX[byte >> 4] ?? 0;
    out[end++] = HEX[byte & 15] ?? 0;
    column += 3;
  }
  return Buffer.from(out.subarray(0, end));
}
