/** What the page of targets has more than once, and the saved plans on it. */
import { html } from 'hono/html';
import { countOf } from '../domain/count-of.ts';
import { actorHandle } from '../domain/actor.ts';
import type { TargetLayer } from '../domain/target.ts';
import type { TargetWords } from '../reports/ask-target.ts';
import { FUNNEL } from '../reports/funnel.ts';
import { dayInWords, inWords } from '../reports/words.ts';
import type { SavedPlan } from '../store/target-plans.ts';
import { csrfField, type Html } from './layout.ts';
import { linksOf } from './report-words.ts';
import type { Visitor } from './session.ts';
import { wideTable } from './table.ts';

export const PATH = '/console/reports/target';
/** What is measured: a year, so that every season is in it. */
export const MEASURED = '365d';

export const LAYER_WORDS: Readonly<Record<TargetLayer, string>> = {
  came: 'Come in',
  qualified: 'Qualified',
  handed: 'Handed over',
  accepted: 'Accepted',
  opportunity: 'Opportunity',
  won: 'Customer',
};

export function table(label: string, head: readonly string[], rows: readonly (readonly (Html | string)[])[]): Html {
  return wideTable({
    label,
    head: head.map((name, i) => html`<th scope="col" class="${i === 0 ? '' : 'number'}">${name}</th>`),
    rows: rows.map(
      (cells) =>
        html`<tr>
          ${cells.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="number">${cell}</td>`))}
        </tr>`,
    ),
  });
}

/** A count with the leads behind it. */
export function behind(count: number, href: string): Html | string {
  const words = inWords(count, 'count', '');
  return count === 0 ? words : html`<a href="${href}">${words}</a>`;
}

/** The figure of the funnel that has the leads of a layer. */
export function figureOfLayer(layer: TargetLayer): string {
  return layer === 'came' ? 'in' : layer;
}

/** A plan is its author's. One whose author has left is for an admin. */
export function mayDelete({ actors }: Visitor, author: string): boolean {
  return actors.some((actor) => actorHandle(actor) === author || ('role' in actor && actor.role === 'admin'));
}

/** What happened since a plan began, as it is asked of the funnel. `today`: YYYY-MM-DD. */
export function wordsSince({ from, until }: SavedPlan, today: string): { since: string; until: string } {
  return { since: from, until: until < today ? until : today };
}

export function savedPart(
  saved: readonly { one: SavedPlan; happened: readonly number[]; words: TargetWords | null }[],
  visitor: Visitor,
  { currency, today }: { currency: string; today: string },
): Html | '' {
  if (saved.length === 0) return '';
  return html`<section>
    <h2>Saved plans, and what happened</h2>
    ${saved.map(
      ({ one, happened, words }) =>
        html`<section class="card">
          <h3>${one.name}</h3>
          <p class="soft">
            ${'customers' in one.goal ? countOf(one.goal.customers, 'customer') : `${inWords(one.goal.moneyMinor, 'money', one.currency)} of customers`}
            from ${dayInWords(one.plan.from ?? one.from)} until ${dayInWords(one.until)}. Saved on
            ${dayInWords(one.from)}: needs that came in since then are counted.
            ${words === null ? '' : html`<a href="${PATH}?${new URLSearchParams(words as Record<string, string>).toString()}">Open ${one.name} again</a>`}
          </p>
          ${table(
            one.name,
            ['Stage', 'Planned', 'So far', 'Share'],
            one.plan.layers.map(({ layer, needed }, i) => [
              LAYER_WORDS[layer],
              inWords(needed, 'count', currency),
              behind(happened[i] ?? 0, linksOf(FUNNEL, wordsSince(one, today)).leads(figureOfLayer(layer), undefined)),
              inWords(needed === 0 ? null : (happened[i] ?? 0) / needed, 'share', currency),
            ]),
          )}
          ${
            mayDelete(visitor, one.createdBy)
              ? html`<form method="post" action="${PATH}/${one.id}/delete">
                  ${csrfField(visitor.csrf)}<button>Delete ${one.name}</button>
                </form>`
              : ''
          }
        </section>`,
    )}
  </section>`;
}
