import { simpleParser } from 'mailparser';
import { expect, it } from 'vitest';
import { quotedPrintable } from '../../src/email/quoted-printable.ts';

const TEXTS: readonly [string, string][] = [
  ['nothing', ''],
  ['a line of exactly the longest', 'x'.repeat(75)],
  ['one character more', 'x'.repeat(76)],
  ['lines without end', 'a=b&'.repeat(500)],
  ['blanks at the end of a line and of the text', 'one \ntwo\t\n \n\tthree  '],
  ['blanks where a line is broken', `${'x'.repeat(74)} y${'x'.repeat(72)}\t z`],
  ['each kind of line break', 'a\nb\r\nc\rd\n\r\ne\r'],
  ['dots at the beginning of a line', '.\n..\n.a\nFrom b'],
  ['characters of several bytes at each place of a line', 'ü€😀é'.repeat(200)],
  ['… with one more before', `x${'€'.repeat(100)}\n${'xx'.padEnd(70, 'y')}${'😀'.repeat(30)}`],
  ['characters that no text should have', '\u0000\u0007\u001b\u007f\u0085\ufeff'],
  ['a long mail', `<p style="color: #fff">Größe = 5 € </p>\n`.repeat(4_000)],
];

it.each(TEXTS)('a parser reads %s as it was written', async (_name, text) => {
  const written = quotedPrintable(text).toString('latin1');
  expect(written).toMatch(/^[\t\r\n -~]*$/);
  for (const line of written.split('\r\n')) {
    expect(line.length).toBeLessThanOrEqual(76);
    expect(line).not.toMatch(/[ \t\r\n]$|\r|\n/);
    // No character of several bytes is cut: each line is text by itself.
    const bytes = Buffer.from(
      line.replace(/=$/, '').replaceAll(/=(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
      'latin1',
    );
    expect(bytes.toString()).not.toContain('\ufffd');
  }
  const head = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n';
  const read = await simpleParser(head + written);
  const lines = (one: string): string[] => one.split(/\r\n|\r|\n/);
  expect(
    lines(read.text ?? '')
      .join('\n')
      .replace(/\n$/, ''),
  ).toBe(lines(text).join('\n').replace(/\n$/, ''));
});
