/** Tables. Where the page is narrow each row is a block: the titles of the columns stand in front of its cells. */
import { html, raw } from 'hono/html';
import type { Html } from './layout.ts';

/** The heads of columns of text. */
export function headsOf(...titles: string[]): Html[] {
  return titles.map((title) => html`<th scope="col">${title}</th>`);
}

/** The head of a column of figures. */
export function numberHead(title: string): Html {
  return html`<th scope="col" class="number">${title}</th>`;
}

/**
 * A table whose rows are blocks on a phone. Between a phone and a desk it scrolls by itself, and can be reached by
 * keyboard. A row has one cell for each head.
 */
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
    <table class="rows">
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${labeled(rows, head)}
      </tbody>
      ${
        foot === undefined
          ? ''
          : html`<tbody class="total">
              ${labeled(foot, head)}
            </tbody>`
      }
    </table>
  </div>`;
}

/** The cells in which there is something bear the titles of their columns. In rendered rows, `<` begins nothing but markup. */
async function labeled(rows: Html | readonly Html[], head: Html | readonly Html[]): Promise<Html> {
  const titles = cellsOf(await textOf(head)).map(titleOf);
  const shown = (await textOf(rows)).split('<tr').map((row) => {
    let column = 0;
    return row.replaceAll(/<td\b(?=([^>]*>\s*<\/td>)?)/g, (_, empty?: string) => {
      const nth = /<th\b/.test(row) ? column + 1 : column;
      column += 1;
      const title = titles[nth] ?? '';
      return title === '' || empty !== undefined ? '<td' : `<td data-label="${title}"`;
    });
  });
  return raw(shown.join('<tr'));
}

async function textOf(parts: Html | readonly Html[]): Promise<string> {
  return String(await html`${parts}`);
}

function cellsOf(row: string): string[] {
  return row
    .split(/<th\b/)
    .slice(1)
    .map((cell) => `<th${cell}`);
}

/** The text of a head that is not hidden: an arrow tells the order, and no title. */
function titleOf(head: string): string {
  return head
    .replaceAll(/<span (?:class="hidden"|aria-hidden="true")[^>]*>.*?<\/span>/gs, '')
    .replaceAll(/<[^>]*>/g, '')
    .trim();
}
