/** What a lead wrote in answer to our mails. */
import { html } from 'hono/html';
import type { InboundMail } from '../store/inbound/inbound-mails.ts';
import type { Html } from './layout.ts';
import { whenShown } from './words.ts';

export function answersSection(answers: readonly InboundMail[], zone: string): Html | '' {
  if (answers.length === 0) return '';
  const rows = answers.map(
    ({ excerpt, receivedAt, asksRemoval }) =>
      html`<li>
        <span class="soft">${whenShown(receivedAt, zone)}</span>${
          asksRemoval ? html` <span class="badge">seems to ask for no more mail</span>` : ''
        }
        <p>${excerpt ?? 'The text is not kept.'}</p>
      </li>`,
  );
  return html`<section class="card">
    <h2>Answers to our mails</h2>
    <ul>
      ${rows}
    </ul>
  </section>`;
}
