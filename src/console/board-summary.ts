/** What stands out on a board, first: a count for each reason, which leads to its rows. */
import { html } from 'hono/html';
import { STANDS_OUT, type StandsOut } from '../store/lists/open-leads.ts';
import { STANDS_OUT_WORDS } from './board-leads.ts';
import type { Html } from './layout.ts';

interface Summary {
  /** `most`: nobody counted further. */
  waiting: { unassigned: number; reroute: number; most: number };
  /** With no rep, and for no person to give to one: they are offered by themselves, paused, or held. */
  unoffered: { offered: number; paused: number; held: number };
  leads: Readonly<Record<StandsOut, number>>;
  reps: { full: number; away: number };
  locale: string;
}

export function summaryPart({ waiting, unoffered, leads, reps, locale }: Summary): Html {
  const count = new Intl.NumberFormat(locale);
  const of = (n: number, words: string, path: string, most = Infinity): Html[] =>
    n === 0
      ? []
      : [
          html`<li>
            <a href="${path}"><strong>${n > most ? `${count.format(most)}+` : count.format(n)}</strong> ${words}</a>
          </li>`,
        ];
  const items = [
    ...of(waiting.unassigned, 'nobody has', '/console/board#waiting', waiting.most),
    ...of(waiting.reroute, 'sent back to a manager', '/console/board#waiting', waiting.most),
    ...of(unoffered.offered, 'waiting to be offered', '/console/board#waiting'),
    ...of(unoffered.paused, 'paused, with no rep', '/console/board#waiting'),
    ...of(unoffered.held, 'held, with no rep', '/console/attention?kind=held'),
    ...STANDS_OUT.flatMap((kind) => of(leads[kind], STANDS_OUT_WORDS[kind], `/console/board?show=${kind}#leads`)),
    ...of(reps.full, 'at capacity', '/console/board?team=-open#team'),
    ...of(reps.away, 'away', '/console/board#team'),
  ];
  return html`<section aria-label="What stands out">
    ${
      items.length === 0
        ? html`<p>Nothing stands out: every lead has a rep, a next step and a date.</p>`
        : html`<ul class="counts">
            ${items}
          </ul>`
    }
  </section>`;
}
