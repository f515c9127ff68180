import { html } from 'hono/html';
import { singleLine } from '../domain/clean-text.ts';
import { buildAlertMessage, type Mailbox, type OutgoingMessage } from './message.ts';
import { programPage } from './program-page.ts';

/** A lead that waits, in words. */
export interface WaitingLine {
  /** What is the matter: "Nobody has it". */
  what: string;
  /** Its name and company, as far as they are known. */
  lead: string;
  since: string;
  reason: string;
  /** Why the rep who has it was chosen, or why nobody of a team gets it; empty: nothing is known. */
  why: string;
  url: string;
}

/** The mail that tells a manager what waits for them. It is marked as made by a program. */
export async function managerMail(mail: {
  id: string;
  from: Mailbox;
  to: Mailbox;
  date: Date;
  lines: readonly WaitingLine[];
  /** How many more there are. */
  more: number;
  boardUrl: string;
}): Promise<OutgoingMessage> {
  const { id, from, to, date, lines, more, boardUrl } = mail;
  const count = lines.length + more;
  const [first] = lines;
  const subject =
    count === 1 && first !== undefined
      ? singleLine(`Waits for you: ${first.lead}`, 150)
      : `${count} leads wait for you`;
  const intro = 'This waits for a manager. Each lead stands on the board until somebody has it or the work is done.';
  const rest = more === 0 ? '' : `and ${more} more`;
  const items = lines.map(
    ({ what, lead, since, reason, why, url }) =>
      html`<li>
        <p><a href="${url}">${lead}</a>: <strong>${what}</strong>, since ${since}.<br />${reason} ${why}</p>
      </li>`,
  );
  const body = html`<p>${intro}</p>
    <ul>
      ${items}
    </ul>
    <p>${rest}</p>
    <p><a href="${boardUrl}">Open the board</a></p>`;
  const text = [
    intro,
    ...lines.map(({ what, lead, since, reason, why, url }) =>
      [`${lead}: ${what}, since ${since}.`, reason, ...(why === '' ? [] : [why]), url].join('\n'),
    ),
    ...(rest === '' ? [] : [rest]),
    `The board: ${boardUrl}`,
  ].join('\n\n');
  const email = { subject, html: await programPage(subject, body), text: `${text}\n`, preheader: intro };
  return buildAlertMessage({ id, from, to, date, email });
}
