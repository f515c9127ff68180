import { html } from 'hono/html';
import type { Html } from './layout.ts';

/** The heads of columns of text. */
export function headsOf(...titles: string[]): Html[] {
  return titles.map((title) => html`<th scope="col">${title}</th>`);
}

/** The head of a column of figures. */
export function numberHead(title: string): Html {
  return html`<th scope="col" class="number">${title}</th>`;
}

/** A table that scrolls by itself where the page is narrow, and that can be reached by keyboard. */
export function wideTable({
  label,
  head,
  rows,
  foot,
  class: classes = 'wide card',
}: {
  label: string;
  head: Html | readonly Html[];
  rows: Html | readonly Html[];
  /** The last row. On paper it stands at the end alone, and not at the foot of every page. */
  foot?: Html | readonly Html[] | undefined;
  /** Beside `wide`: how the box around it looks. */
  class?: string;
}): Html {
  return html`<div class="${classes}" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
      ${
        foot === undefined
          ? ''
          : html`<tbody class="total">
              ${foot}
            </tbody>`
      }
    </table>
  </div>`;
}
