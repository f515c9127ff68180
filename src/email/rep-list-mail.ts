import { html } from 'hono/html';
import { singleLine } from '../domain/clean-text.ts';
import { buildAlertMessage, type Mailbox, type OutgoingMessage } from './message.ts';
import { programPage, READABLE } from './program-page.ts';

/** A lead of a list, in words. */
export interface ListedLine {
  lead: string;
  /** "Decide: today 15:00" */
  what: string;
  url: string;
}

export interface ListPart {
  title: string;
  lines: readonly ListedLine[];
  /** How many more there are. */
  more: number;
}

/** A mail to a rep that lists leads. It is marked as made by a program. */
export async function repListMail(mail: {
  id: string;
  from: Mailbox;
  to: Mailbox;
  date: Date;
  subject: string;
  intro: string;
  parts: readonly ListPart[];
  deskUrl: string;
  foot: string;
}): Promise<OutgoingMessage> {
  const { id, from, to, date, intro, parts, deskUrl, foot } = mail;
  const subject = singleLine(mail.subject, 150);
  const rest = (more: number): string => (more === 0 ? '' : `and ${more} more on your desk`);
  const body = html`<p>${intro}</p>
    ${parts.map(
      ({ title, lines, more }) =>
        html`<h2 style="font-size:18px">${title}</h2>
          <ul>
            ${lines.map(({ lead, what, url }) => html`<li><a href="${url}">${lead}</a>: ${what}</li>`)}
          </ul>
          <p>${rest(more)}</p>`,
    )}
    <p><a href="${deskUrl}">Open my desk</a></p>
    <p style="color:#56655c">${foot}</p>`;
  const text = [
    intro,
    ...parts.map(({ title, lines, more }) =>
      [title, ...lines.map(({ lead, what, url }) => `- ${lead}: ${what}\n  ${url}`), rest(more)]
        .filter((line) => line !== '')
        .join('\n'),
    ),
    `My desk: ${deskUrl}`,
    foot,
  ].join('\n\n');
  const email = { subject, html: await programPage(subject, body, READABLE), text: `${text}\n`, preheader: intro };
  return buildAlertMessage({ id, from, to, date, email });
}
