import { html } from 'hono/html';
import { singleLine } from '../domain/clean-text.ts';
import type { DigestPart } from '../domain/digest.ts';
import { buildDigestMessage, type Mailbox, type OutgoingMessage } from './message.ts';
import { programPage, READABLE } from './program-page.ts';

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
  const cell = 'padding:4px 10px;border-bottom:1px solid #dbe3de;vertical-align:top';
  const body = html`<h1 style="font-size:22px">${subject}</h1>
    <p>${intro}</p>
    ${parts.map(
      ({ title: name, head, rows, hasTotal, lines, notes }) =>
        html`<h2 style="font-size:18px">${name}</h2>
          ${lines.map((line) => html`<p style="font-family:monospace">${line}</p>`)}
          ${
            rows.length === 0
              ? html`<p>Nothing in this time.</p>`
              : html`<table style="border-collapse:collapse">
                  <tr>
                    ${head.map((one, i) => html`<th style="${cell};text-align:${i === 0 ? 'left' : 'right'}">${one}</th>`)}
                  </tr>
                  ${rows.map((row, n) => {
                    const weight = hasTotal && n === rows.length - 1 ? ';font-weight:bold' : '';
                    return html`<tr>
                      ${row.map((one, i) => html`<td style="${cell}${weight};text-align:${i === 0 ? 'left' : 'right'}">${one}</td>`)}
                    </tr>`;
                  })}
                </table>`
          }
          ${notes.map((note) => html`<p style="color:#56655c">${note}</p>`)}`,
    )}
    <p><a href="${pageUrl}">Open the report</a>, with the leads behind each figure.</p>
    <p style="color:#56655c">You asked for this report by mail. <a href="${unsubscribeUrl}">Get it no more</a>.</p>`;
  const text = [
    subject,
    intro,
    ...parts.map((part) => asText(part)),
    `The report: ${pageUrl}`,
    `Get it no more: ${unsubscribeUrl}`,
  ].join('\n\n');
  const email = { subject, html: await programPage(subject, body, READABLE), text: `${text}\n`, preheader: intro };
  return buildDigestMessage({ id, from, to, date, email, unsubscribeUrl });
}

/** Columns stand below one another: the first to the left, numbers to the right. */
function asText({ title, head, rows, lines, notes }: DigestPart): string {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)));
  const written = all.map((row) =>
    row
      .map((one, i) => (i === 0 ? one.padEnd(widths[i] ?? 0) : one.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines, ...(rows.length === 0 ? ['Nothing in this time.'] : written), ...notes].join('\n');
}
