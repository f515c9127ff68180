/** The parts of a page with a report: a table with its chart, and what the figures mean. */
import { html, raw } from 'hono/html';
import { chartOf } from '../reports/chart.ts';
import { type Asked, type Column, figureOf, type Report, type Row, type Section } from '../reports/report.ts';
import type { Answer } from '../reports/answer.ts';
import { asOfInWords, cellInWords } from '../reports/words.ts';
import type { Html } from './layout.ts';
import { wideTable } from './table.ts';

export interface ReportLinks {
  /** The report as it is asked for now: a link that stays. */
  page: string;
  /** The leads behind a figure. `group`: the value of a row; null: not known; undefined: all rows. */
  leads(figure: string, group: string | null | undefined, sort?: string): string;
}

/** The instant of the figures, and how to have those of now where they were counted before. `renewed`: the address that counts anew. */
export function asOfPart(
  answered: Answer | undefined,
  { zone, realNowMs }: Pick<Asked, 'zone' | 'realNowMs'>,
  renewed: string,
): Html | '' {
  if (answered === undefined) return '';
  const anew = answered.isKept ? html` <a class="screen" href="${renewed}">Count anew</a>` : '';
  return html`<p class="soft small">${asOfInWords(answered, zone, realNowMs)}${anew}</p>`;
}

/** The one that says how old the figures of several answers are at the most. */
export function oldestOf(answers: readonly Answer[]): Answer | undefined {
  return answers.toSorted((a, b) => a.asOf.getTime() - b.asOf.getTime())[0];
}

/** Where what is on paper can be seen again: an address that stays. */
export function linkOnPaper(publicUrl: string, path: string): Html {
  return html`<p class="paper small">${publicUrl.replace(/\/$/, '')}${path}</p>`;
}

export function sectionPart(section: Section, currency: string, links: ReportLinks): Html {
  const chart = chartOf(section, currency);
  const csv = links.page.replace('/console/reports/', '/console/reports/csv/');
  const file = `${csv}${csv.includes('?') ? '&' : '?'}section=${section.key}`;
  return html`<section>
    <h2>${section.title}</h2>
    ${chart === null ? '' : html`<div class="card wide" tabindex="0" role="region" aria-label="Chart: ${section.title}">${raw(chart)}</div>`}
    ${section.rows.length === 0 ? html`<p class="soft">${section.none ?? 'Nothing in this time.'}</p>` : tableOf(section, currency, links)}
    ${section.notes.map((note) => html`<p class="soft">${note}</p>`)}${definitions(section.columns)}
    <p class="small screen"><a href="${file}">CSV</a> <a href="${file}&format=json">JSON</a></p>
  </section>`;
}

/** A card of the overview: the picture, the totals, and the way to the rest. @param shown Keys of the figures */
export function overviewPart(
  { title, question, counts }: Report,
  section: Section,
  shown: readonly string[],
  currency: string,
  links: ReportLinks,
  period: string,
): Html {
  const chart = chartOf(section, currency);
  const { total } = section;
  const figures = section.columns.filter(({ key }) => shown.includes(key));
  const totals = figures.flatMap((column) =>
    total === undefined || (total.cells[column.key] ?? null) === null
      ? []
      : [
          html`<div>
            <dt>${column.title}</dt>
            <dd>${cellOf(total, column, currency, links)}</dd>
          </div>`,
        ],
  );
  return html`<section class="card wide" tabindex="0" aria-label="${title}">
    <h2><a href="${links.page}">${title}</a></h2>
    <p class="soft">${question} ${period}. ${counts ?? ''}</p>
    ${totals.length === 0 ? '' : html`<dl class="totals">${totals}</dl>`}
    ${chart === null ? html`<p class="soft">Nothing in this time.</p>` : raw(chart)}
  </section>`;
}

function tableOf({ columns, rows, total, title }: Section, currency: string, links: ReportLinks): Html {
  return wideTable({
    label: title,
    head: columns.map(
      (column, i) =>
        html`<th
          scope="col"
          class="${alignOf(column, i)}"
          ${column.definition === undefined ? '' : html`title="${column.definition}"`}
        >
          ${column.title}
        </th>`,
    ),
    rows: rows.map((row) => rowOf(row, columns, currency, links)),
    foot: total === undefined ? undefined : rowOf(total, columns, currency, links),
  });
}

function rowOf(row: Row, columns: readonly Column[], currency: string, links: ReportLinks): Html {
  return html`<tr>
    ${columns.map((column, i) => {
      const cell = cellOf(row, column, currency, links);
      if (i === 0) return html`<th scope="row">${cell}</th>`;
      const isNone = (row.cells[column.key] ?? null) === null && column.unit !== 'text';
      return html`<td class="${alignOf(column, i)}${isNone ? ' none' : ''}">${cell}</td>`;
    })}
  </tr>`;
}

/** A figure, with the way to its leads. */
function cellOf(row: Row, column: Column, currency: string, links: ReportLinks): Html | string {
  const value = row.cells[column.key] ?? null;
  const words = cellInWords(row, column, currency);
  const isLinked = column.hasLeads === true && typeof value === 'number' && value !== 0;
  return isLinked ? html`<a href="${links.leads(figureOf(row, column), row.group, column.sort)}">${words}</a>` : words;
}

function definitions(columns: readonly Column[]): Html | '' {
  const defined = columns.filter(({ definition }) => definition !== undefined);
  if (defined.length === 0) return '';
  return html`<details class="means">
    <summary>What the figures mean</summary>
    <dl>
      ${defined.map(
        ({ title, definition }) =>
          html`<dt>${title}</dt>
            <dd>${definition ?? ''}</dd>`,
      )}
      <dt>Today</dt>
      <dd>
        What lies after now counts as of today, in every figure: it is of leads whose clock was put ahead, as those of
        the demo are.
      </dd>
    </dl>
  </details>`;
}

/** Words stand to the left, numbers to the right. */
function alignOf({ unit }: Column, i: number): string {
  return i === 0 || unit === 'text' ? '' : 'number';
}
