/** What a lead wrote in answer to our mails. */
import { html } from 'hono/html';
import type { InboundMail } from '../store/inbound/inbound-mails.ts';
import type { Html } from './layout.ts';
import type { When } from './words.ts';

/** @param buttons what can be done with an answer that nobody has seen to yet */
export function answersSection(
  answers: readonly InboundMail[],
  when: When,
  buttons: (answer: InboundMail) => Html | '',
): Html | '' {
  if (answers.length === 0) return '';
  const rows = answers.map((answer) => {
    const { excerpt, receivedAt, asksRemoval } = answer;
    return html`<li>
      <span class="soft">${when(receivedAt)}</span>${
        asksRemoval ? html` <span class="badge">seems to ask for no more mail</span>` : ''
      }
      <p>${excerpt ?? 'The text is not kept.'}</p>
      ${buttons(answer)}
    </li>`;
  });
  return html`<section class="card">
    <h2>Answers to our mails</h2>
    <ul>
      ${rows}
    </ul>
  </section>`;
}
