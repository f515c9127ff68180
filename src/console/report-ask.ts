/** What is asked of a report, as a form: the period, by what it is split, and which leads count. */
import { html } from 'hono/html';
import type { AskWords } from '../reports/ask.ts';
import { type Dimension, DIMENSIONS, FILTER_KEYS } from '../reports/dimensions.ts';
import { type PeriodChoice, periodInWords } from '../reports/period-choices.ts';
import { dayOf, lastDayOf } from '../reports/periods.ts';
import type { Asked, Report } from '../reports/report.ts';
import { unknownInWords, type Values } from '../reports/values.ts';
import { reachInWords } from '../reports/words.ts';
import type { Html } from './layout.ts';

/** Asked for most; the others stand folded below. */
const FIRST: readonly Dimension[] = ['source', 'channel', 'campaign', 'needType', 'productLine', 'team'];

/** The fields as the form names them. */
export const ASK_LABELS: ReadonlyMap<string, string> = new Map([
  ['since', 'From'],
  ['until', 'To'],
  ['by', 'By'],
  ['segment', 'Segment'],
]);

export interface AskChoices {
  periods: readonly PeriodChoice[];
  values: Values;
}

/** "the last 90 days", or from when to when. */
export function periodTitle(asked: Asked, words: AskWords, periods: readonly PeriodChoice[]): string {
  const chosen = words.until === undefined ? periods.find(({ since }) => since === (words.since ?? '90d')) : undefined;
  return chosen === undefined ? periodInWords(asked) : chosen.title.toLowerCase();
}

/** The same with another period. */
export function quickPeriods(path: string, words: AskWords, periods: readonly PeriodChoice[]): Html {
  const { since = '90d', until, ...others } = words;
  return html`<ul class="quick screen" aria-label="Period">
    ${periods.map((one) => {
      const query = new URLSearchParams({ ...(others as Record<string, string>), since: one.since });
      const current = until === undefined && since === one.since;
      return html`<li>
        <a href="${path}?${query.toString()}" ${current ? 'aria-current=true' : ''}>${one.title}</a>
      </li>`;
    })}
  </ul>`;
}

export function askForm(report: Report, asked: Asked, words: AskWords, { periods, values }: AskChoices): Html {
  const lastDay = lastDayOf(asked);
  const path = `/console/reports/${report.key}`;
  const takes = report.takes ?? {};
  const keys = takes.only ?? FILTER_KEYS;
  const isFirst = (key: Dimension): boolean => takes.only !== undefined || FIRST.includes(key);
  const field = (key: Dimension) => onlyField(key, words, values[key] ?? []);
  const [first, others] = [keys.filter(isFirst), keys.filter((key) => !isFirst(key))];
  const isGiven = (key: Dimension): boolean => words[key] !== undefined;
  return html`<p>
      ${periodInWords(asked)}
      (${asked.zone})${takes.by === false ? '' : `, by ${DIMENSIONS[asked.by].title.toLowerCase()}`}${onlyWords(asked, words)}.
      ${reachInWords(asked.scope)}
    </p>
    ${unknownInWords(words, values, keys).map((sentence) => html`<p class="problem">${sentence}</p>`)}${quickPeriods(path, words, periods)}
    <form class="card ask" method="get" action="${path}">
      <div class="fields">
        <div>
          <label for="since">From</label
          ><input id="since" name="since" type="date" value="${dayOf(asked.since, asked.zone)}" />
        </div>
        <div><label for="until">To</label><input id="until" name="until" type="date" value="${lastDay}" /></div>
        ${
          takes.by === false
            ? ''
            : html`<div>
                <label for="by">By</label
                ><select id="by" name="by">
                  ${report.by.map((key) => html`<option value="${key}" ${key === asked.by ? 'selected' : ''}>${DIMENSIONS[key].title}</option>`)}
                </select>
              </div>`
        }
      </div>
      <details ${keys.some(isGiven) || asked.segment !== null ? 'open' : ''}>
        <summary>Count only some leads: by source, campaign, team …</summary>
        <div class="fields">${first.map(field)}${takes.segment === false ? '' : segmentField(asked)}</div>
        ${
          others.length === 0
            ? ''
            : html`<details ${others.some(isGiven) ? 'open' : ''}>
                <summary>More to choose by</summary>
                <div class="fields">${others.map(field)}</div>
              </details>`
        }
      </details>
      <button class="main">Show</button>
      <p class="soft small">Days, weeks and months are those of ${asked.zone}.</p>
    </form>`;
}

function onlyWords(asked: Asked, words: AskWords): string {
  const only = [
    ...FILTER_KEYS.flatMap((key) => (words[key] === undefined ? [] : [`${DIMENSIONS[key].title}: ${words[key]}`])),
    ...(asked.segment === null ? [] : [`Segment: ${asked.segment.segment}`]),
  ];
  return only.length === 0 ? '' : `. Only ${only.join('; ')}`;
}

function onlyField(key: Dimension, words: AskWords, values: readonly string[]): Html {
  return html`<div>
    <label for="only-${key}">${DIMENSIONS[key].title}</label
    ><input id="only-${key}" name="${key}" value="${words[key] ?? ''}" maxlength="200" list="values-${key}" /><datalist
      id="values-${key}"
    >
      ${values.map((value) => html`<option value="${value}"></option>`)}
    </datalist>
  </div>`;
}

function segmentField(asked: Asked): Html {
  return html`<div>
    <label for="segment">Segment</label
    ><select id="segment" name="segment">
      <option value="">Any</option>
      ${asked.playbook.segments.map(({ segment }) => html`<option ${segment === asked.segment?.segment ? 'selected' : ''}>${segment}</option>`)}
    </select>
  </div>`;
}
