/**
 * The text of a composed message, written at once. Nodemailer would write its header, its boundaries and its parts one after the other, each by
 * a chain of streams of its own and as a packet of its own.
 */
import { quotedPrintable } from './quoted-printable.ts';

/** What is needed of Nodemailer's node. */
export interface ComposedMessage {
  childNodes: Pick<ComposedPart, 'buildHeaders' | 'content' | 'getTransferEncoding'>[];
  boundary?: string | false | undefined;
  multipart?: string | false | undefined;
  buildHeaders(): string;
  setRaw(raw: Buffer): unknown;
}

interface ComposedPart {
  content?: unknown;
  buildHeaders(): string;
  getTransferEncoding(): string | false | undefined;
}

/** Of a message of text parts in quoted-printable, which all of ours are; another one stays as it is. */
export function writeInOnePiece(message: ComposedMessage): void {
  const { childNodes } = message;
  const parts: (string | Buffer)[] = [];
  // The boundary is made with the header.
  const header = message.buildHeaders();
  for (const part of childNodes) {
    if (typeof part.content !== 'string' || part.getTransferEncoding() !== 'quoted-printable') return;
    parts.push(`\r\n--${String(message.boundary)}\r\n${part.buildHeaders()}\r\n\r\n`, quotedPrintable(part.content));
  }
  if (parts.length === 0) return;
  const all = [`${header}\r\n`, ...parts, `\r\n--${String(message.boundary)}--\r\n`];
  // Else Nodemailer would write the parts behind it once more.
  message.multipart = false;
  message.setRaw(Buffer.concat(all.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))));
}
