/** The parts of a page with a report: what is asked, a table with its chart, and what the figures mean. */
import { html, raw } from 'hono/html';
import type { AskWords } from '../reports/ask.ts';
import { chartOf } from '../reports/chart.ts';
import { DIMENSIONS, FILTER_KEYS } from '../reports/dimensions.ts';
import { dayOf, lastDayOf } from '../reports/periods.ts';
import type { Asked, Column, Report, Row, Section } from '../reports/report.ts';
import { inWords } from '../reports/words.ts';
import type { Html } from './layout.ts';
import { wideTable } from './table.ts';

export interface ReportLinks {
  /** The report as it is asked for now: a link that stays. */
  page: string;
  /** The leads behind a figure. `group`: the value of a row; null: not known; undefined: all rows. */
  leads(figure: string, group: string | null | undefined): string;
}

export function askForm(report: Report, asked: Asked, words: AskWords): Html {
  const lastDay = lastDayOf(asked);
  const { segments } = asked.playbook;
  const only = [
    ...FILTER_KEYS.flatMap((key) => (words[key] === undefined ? [] : [`${DIMENSIONS[key].title}: ${words[key]}`])),
    ...(asked.segment === null ? [] : [`Segment: ${asked.segment.segment}`]),
  ];
  return html`<p class="paper">
      ${dayOf(asked.since, asked.zone)} to ${lastDay} (${asked.zone}), by
      ${DIMENSIONS[asked.by].title.toLowerCase()}${only.length === 0 ? '' : `. Only ${only.join('; ')}`}.
    </p>
    <form class="card ask" method="get" action="/console/reports/${report.key}">
      <div class="fields">
        <div>
          <label for="since">From</label
          ><input id="since" name="since" type="date" value="${dayOf(asked.since, asked.zone)}" />
        </div>
        <div><label for="until">To</label><input id="until" name="until" type="date" value="${lastDay}" /></div>
        <div>
          <label for="by">By</label
          ><select id="by" name="by">
            ${report.by.map((key) => html`<option value="${key}" ${key === asked.by ? 'selected' : ''}>${DIMENSIONS[key].title}</option>`)}
          </select>
        </div>
      </div>
      <details ${FILTER_KEYS.some((key) => words[key] !== undefined) || asked.segment !== null ? 'open' : ''}>
        <summary>Only some leads</summary>
        <div class="fields">
          ${FILTER_KEYS.map(
            (key) =>
              html`<div>
                <label for="only-${key}">${DIMENSIONS[key].title}</label
                ><input id="only-${key}" name="${key}" value="${words[key] ?? ''}" maxlength="200" />
              </div>`,
          )}
          <div>
            <label for="segment">Segment</label
            ><select id="segment" name="segment">
              <option value="">Any</option>
              ${segments.map(({ segment }) => html`<option ${segment === asked.segment?.segment ? 'selected' : ''}>${segment}</option>`)}
            </select>
          </div>
        </div>
      </details>
      <button class="main">Show</button>
      <p class="soft small">Days, weeks and months are those of ${asked.zone}.</p>
    </form>`;
}

export function sectionPart(section: Section, currency: string, links: ReportLinks): Html {
  const chart = chartOf(section, currency);
  const csv = links.page.replace('/console/reports/', '/console/reports/csv/');
  return html`<section>
    <h2>${section.title}</h2>
    ${chart === null ? '' : html`<div class="card wide" tabindex="0" role="region" aria-label="Chart: ${section.title}">${raw(chart)}</div>`}
    ${section.rows.length === 0 ? html`<p class="soft">Nothing in this time.</p>` : tableOf(section, currency, links)}
    ${section.notes.map((note) => html`<p class="soft">${note}</p>`)}${definitions(section.columns)}
    <p class="small screen"><a href="${csv}${csv.includes('?') ? '&' : '?'}section=${section.key}">CSV</a></p>
  </section>`;
}

/** A card of the overview: the picture, the totals, and the way to the rest. */
export function overviewPart({ title, question }: Report, section: Section, currency: string, page: string): Html {
  const chart = chartOf(section, currency);
  const totals = section.columns.slice(1, 6).flatMap(({ key, title: name, unit }) => {
    const value = section.total?.cells[key];
    return value === undefined || value === null
      ? []
      : [
          html`<div>
            <dt>${name}</dt>
            <dd>${inWords(value, unit, currency)}</dd>
          </div>`,
        ];
  });
  return html`<section class="card wide" tabindex="0" aria-label="${title}">
    <h2><a href="${page}">${title}</a></h2>
    <p class="soft">${question} The last 90 days.</p>
    ${totals.length === 0 ? '' : html`<dl class="totals">${totals}</dl>`}
    ${chart === null ? html`<p class="soft">Nothing in this time.</p>` : raw(chart)}
  </section>`;
}

function tableOf({ columns, rows, total, title }: Section, currency: string, links: ReportLinks): Html {
  return wideTable({
    label: title,
    head: columns.map((column, i) => html`<th scope="col" class="${alignOf(column, i)}">${column.title}</th>`),
    rows: rows.map((row) => rowOf(row, columns, currency, links)),
    foot: total === undefined ? undefined : rowOf(total, columns, currency, links),
  });
}

function rowOf(row: Row, columns: readonly Column[], currency: string, links: ReportLinks): Html {
  return html`<tr>
    ${columns.map((column, i) => {
      const value = row.cells[column.key] ?? null;
      const words = inWords(value, column.unit, currency);
      if (i === 0) return html`<th scope="row">${words}</th>`;
      const isLinked = column.hasLeads === true && typeof value === 'number' && value > 0;
      return html`<td class="${alignOf(column, i)}">
        ${isLinked ? html`<a href="${links.leads(figureOf(row, column), row.group)}">${words}</a>` : words}
      </td>`;
    })}
  </tr>`;
}

function definitions(columns: readonly Column[]): Html | '' {
  const defined = columns.filter(({ definition }) => definition !== undefined);
  if (defined.length === 0) return '';
  return html`<details>
    <summary>What the figures mean</summary>
    <dl>
      ${defined.map(
        ({ title, definition }) =>
          html`<dt>${title}</dt>
            <dd>${definition ?? ''}</dd>`,
      )}
    </dl>
  </details>`;
}

function figureOf({ figure, rowKey }: Row, { key }: Column): string {
  return figure ?? (rowKey === undefined ? key : `${key}|${rowKey}`);
}

/** Words stand to the left, numbers to the right. */
function alignOf({ unit }: Column, i: number): string {
  return i === 0 || unit === 'text' ? '' : 'number';
}
