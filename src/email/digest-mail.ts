import { html } from 'hono/html';
import { singleLine } from '../domain/clean-text.ts';
import type { DigestColumn, DigestPart, DigestRow } from '../domain/digest.ts';
import { buildDigestMessage, type Mailbox, type OutgoingMessage } from './message.ts';
import { programPage, READABLE } from './program-page.ts';

/** A table with more columns is too wide for a phone: its rows are blocks. */
const MOST_COLUMNS = 4;
/** Letters of a line of the text part. */
const TEXT_WIDTH = 76;
const NOTHING = 'Nothing happened in this time.';
const SOFT = 'color:#56655c';

/** A report as a mail. It is marked as made by a program, and can be left by one click (RFC 8058). */
export async function digestMail(mail: {
  id: string;
  from: Mailbox;
  to: Mailbox;
  date: Date;
  title: string;
  /** The question that the report answers, and of which days it is. */
  intro: string;
  parts: readonly DigestPart[];
  pageUrl: string;
  unsubscribeUrl: string;
}): Promise<OutgoingMessage> {
  const { id, from, to, date, title, intro, parts, pageUrl, unsubscribeUrl } = mail;
  const subject = singleLine(title, 150);
  const body = html`<div style="max-width:640px;overflow-wrap:anywhere;word-break:break-word">
    <h1 style="font-size:22px">${subject}</h1>
    <p>${intro}</p>
    ${parts.length === 0 ? html`<p>${NOTHING}</p>` : parts.map((part) => asHtml(part))}
    <p><a href="${pageUrl}">Open the report</a>, with the leads behind each figure.</p>
    <p style="${SOFT}">You asked for this report by mail. <a href="${unsubscribeUrl}">Get it no more</a>.</p>
  </div>`;
  const text = [
    subject,
    intro,
    ...(parts.length === 0 ? [NOTHING] : parts.map((part) => asText(part))),
    `The report: ${pageUrl}`,
    `Get it no more: ${unsubscribeUrl}`,
  ].join('\n\n');
  const email = { subject, html: await programPage(subject, body, READABLE), text: `${text}\n`, preheader: intro };
  return buildDigestMessage({ id, from, to, date, email, unsubscribeUrl });
}

function asHtml({ title, head, rows, lines, notes }: DigestPart) {
  return html`<h2 style="font-size:18px">${title}</h2>
    ${lines.map((line) => html`<p style="font-family:monospace">${line}</p>`)}
    ${head.length > MOST_COLUMNS ? rows.map((row) => blockOf(head, row)) : tableOf(head, rows)}
    ${notes.map((note) => html`<p style="${SOFT}">${note}</p>`)}`;
}

function tableOf(head: readonly DigestColumn[], rows: readonly DigestRow[]) {
  const cell = 'padding:4px 10px 4px 0;border-bottom:1px solid #dbe3de;vertical-align:top';
  const side = (i: number): string => `text-align:${head[i]?.isFigure === true ? 'right' : 'left'}`;
  return html`<table style="border-collapse:collapse">
    <tr>
      ${head.map((one, i) => html`<th style="${cell};${side(i)}">${one.title}</th>`)}
    </tr>
    ${rows.map(
      ({ cells, isTotal }) =>
        html`<tr>
          ${cells.map((one, i) => html`<td style="${cell};${side(i)}${isTotal ? ';font-weight:bold' : ''}">${one ?? '–'}</td>`)}
        </tr>`,
    )}
  </table>`;
}

/** What the row is about, and below it its figures, as many on a line as there is room for. */
function blockOf(head: readonly DigestColumn[], row: DigestRow) {
  const { name, figures } = inBlock(head, row);
  return html`<p style="margin:0 0 10px;padding:0 0 8px;border-bottom:1px solid #dbe3de">
    <strong>${name}</strong
    ><br />${figures.map(([title, value], i) => html`${i === 0 ? '' : ' · '}<span style="${SOFT}">${title}</span> ${value}`)}
  </p>`;
}

/** A row as its name, the words before its first figure, and the other cells in which there is something. */
function inBlock(head: readonly DigestColumn[], { cells }: DigestRow): { name: string; figures: [string, string][] } {
  const first = Math.max(
    1,
    head.findIndex(({ isFigure }) => isFigure),
  );
  return {
    name: cells
      .slice(0, first)
      .filter((cell) => cell !== null)
      .join(' · '),
    figures: cells.flatMap((cell, i): [string, string][] =>
      i < first || cell === null ? [] : [[head[i]?.title ?? '', cell]],
    ),
  };
}

/** Columns stand below one another where a line has room for them: words to the left, figures to the right. */
function asText({ title, head, rows, lines, notes }: DigestPart): string {
  const all = [head.map((column) => column.title), ...rows.map(({ cells }) => cells.map((cell) => cell ?? '–'))];
  const widths = head.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)));
  const width = widths.reduce((sum, one) => sum + one + 2, -2);
  const written =
    width > TEXT_WIDTH
      ? rows.map((row) => {
          const { name, figures } = inBlock(head, row);
          return [name, ...figures.map(([of, value]) => `  ${of}: ${value}`)].join('\n');
        })
      : all.map((row) =>
          row
            .map((one, i) => (head[i]?.isFigure === true ? one.padStart(widths[i] ?? 0) : one.padEnd(widths[i] ?? 0)))
            .join('  ')
            .trimEnd(),
        );
  return [title, ...lines, ...written, ...notes].join('\n');
}
