/** What the page of targets has more than once. */
import { html } from 'hono/html';
import { actorHandle } from '../domain/actor.ts';
import { AppError } from '../domain/errors.ts';
import { decimalsOf } from '../domain/currency.ts';
import type { TargetLayer } from '../domain/target.ts';
import { inWords } from '../reports/words.ts';
import type { Html } from './layout.ts';
import { boardOf, requireAtAll, type Visitor } from './session.ts';
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

/** An amount as it is typed: without decimals where they are nothing. */
export function typedAmount(minor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  return (minor / 10 ** decimals).toFixed(decimals).replace(/\.0+$/, '');
}

/** Plans are of all who lead: a rep plans for their own leads, and saves nothing. @throws AppError FORBIDDEN */
export function requirePlanner(visitor: Visitor): string {
  const actor = requireAtAll(visitor, 'save-report');
  if (boardOf(visitor) === null)
    throw new AppError('FORBIDDEN', 'Plans are saved by marketers, managers and operators.');
  return actorHandle(actor);
}
