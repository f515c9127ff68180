const SEPARATOR = /(?:^|\n\r?\n)From \S+[^\n]* \d\d:\d\d(?::\d\d)? [^\n]*\d{4}\r?\n(?=[\w-]+:)/g;

/** The mails of a file: one, or several if it is a mailbox in the mbox format (RFC 4155). */
export function mailsOf(file: Uint8Array): Uint8Array[] {
  const text = Buffer.from(file).toString('latin1');
  const starts = [...text.matchAll(SEPARATOR)].map((match) => match.index + match[0].length);
  if (starts.length < 2 || !text.startsWith('From ')) return [file];
  return starts.map((start, n) => {
    const next = starts[n + 1];
    const end = next === undefined ? text.length : text.lastIndexOf('\nFrom ', next);
    return Buffer.from(text.slice(start, end), 'latin1');
  });
}
