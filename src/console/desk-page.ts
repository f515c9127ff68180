/** A rep's desk: what waits for a decision, what is due, and the other open leads, the readiest first. */
import type { Router } from 'express';
import { html } from 'hono/html';
import { type Fading, scoreAtMs } from '../domain/score.ts';
import { shownScore } from '../domain/score-words.ts';
import { presentable } from '../domain/stated-words.ts';
import { leadNow } from '../store/clock.ts';
import { DESK_ORDERS, type DeskOrder, type DeskPart, readDesk, type DeskRow } from '../store/lists/desk.ts';
import type { ConsoleDeps } from './deps.ts';
import { type Html, live, said, sendPage } from './layout.ts';
import { headOf, homeOf } from './navigation.ts';
import { visitorOf } from './session.ts';
import { learnedBadge } from './learned-badge.ts';
import { moneyInWords, nameOf, whenShown } from './words.ts';

const PARTS: readonly { part: DeskPart; title: string; none: string }[] = [
  { part: 'waits', title: 'Waiting for your decision', none: 'Nothing waits for you.' },
  { part: 'due', title: 'Due today', none: 'Nothing is due today.' },
  { part: 'open', title: 'Other open leads', none: 'You have no other open lead.' },
  { part: 'snoozed', title: 'Snoozed', none: '' },
];

const DONE: Readonly<Record<string, string>> = {
  rejected: 'Thank you. The lead has left your desk.',
  closed: 'The outcome is recorded.',
  added: 'The lead is taken in. It stands here as soon as it is handed over.',
};

export function deskPage(router: Router, { store, settings }: ConsoleDeps): void {
  router.get('/', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const { repId, zone } = visitor;
    if (repId === null) {
      response.redirect(303, homeOf(visitor));
      return;
    }
    const { playbook } = store.rules.current();
    const { scoring } = playbook;
    const nowMs = store.realNow();
    const tiers = (scoring.valueTiers ?? []).map((one) => one.tier);
    const order = DESK_ORDERS.find((one) => one === request.query['order']) ?? 'readiness';
    const tier = tiers.find((one) => one === request.query['tier']) ?? null;
    const rows = await readDesk(store.db, repId, { scoring, nowMs, zone, order, tier });
    const parts = PARTS.map(({ part, title, none }) => {
      const its = rows.filter((row) => row.part === part);
      const all = its[0]?.ofPart ?? 0;
      if (part === 'snoozed' && all === 0) return '';
      return html`<section>
        <h2>${title} (${all})</h2>
        ${
          its.length === 0
            ? html`<p class="soft">${none}</p>`
            : html`<ul class="plain">
                ${its.map((row) => card(row, { zone, nowMs: leadNow(row, nowMs), scoring }))}
              </ul>`
        }
        ${part === 'waits' && all > 1 ? html`<p><a href="/console/decide">Decide on several at once</a></p>` : ''}
        ${all > its.length ? html`<p class="soft">The first ${its.length} of ${all} are shown.</p>` : ''}
      </section>`;
    });
    const frame = { title: 'My desk', companyName: settings.organization.companyName, who: headOf(visitor) };
    await sendPage(
      response,
      200,
      frame,
      html`${said(DONE, request)}${orderForm(order, tier, tiers)}${live(`/console?order=${order}&tier=${encodeURIComponent(tier ?? '')}`, html`${parts}`)}`,
    );
  });
}

const ORDER_WORDS = { readiness: 'Readiness', value: 'Value tier', due: 'Due time' } as const satisfies Record<
  DeskOrder,
  string
>;

function orderForm(order: DeskOrder, tier: string | null, tiers: readonly string[]): Html {
  const option = (value: string, words: string, isChosen: boolean): Html =>
    html`<option value="${value}" ${isChosen ? html`selected` : ''}>${words}</option>`;
  return html`<form class="fields" method="get" action="/console">
    <p>
      <label for="order">Order by</label
      ><select id="order" name="order">
        ${DESK_ORDERS.map((one) => option(one, ORDER_WORDS[one], one === order))}
      </select>
    </p>
    ${
      tiers.length === 0
        ? ''
        : html`<p>
            <label for="tier">Value tier</label
            ><select id="tier" name="tier">
              ${option('', 'All', tier === null)}${tiers.map((one) => option(one, one, one === tier))}
            </select>
          </p>`
    }
    <p><button>Show</button></p>
  </form>`;
}

function card(row: DeskRow, { zone, nowMs, scoring }: { zone: string; nowMs: number; scoring: Fading }): Html {
  const { company } = presentable({ ...row, jobTitle: null });
  const { dueAt } = row;
  const when = dueAt === null ? null : whenShown(dueAt, zone);
  const isLate = dueAt !== null && dueAt.getTime() < nowMs;
  const next = row.part === 'waits' ? 'Decide' : (row.nextStep ?? 'Next step');
  return html`<li class="card">
    <h3><a href="/console/leads/${row.leadId}">${nameOf(row)}</a></h3>
    <p>
      ${company ?? ''} <span class="badge">${row.readiness}</span> <span class="badge">grade ${row.fitGrade}</span>
      <span class="badge">score ${shownScore(scoreAtMs(row, nowMs, scoring))}</span>
      ${learnedBadge(row.learned)} ${row.valueTier === null ? '' : html`<span class="badge">${row.valueTier}</span>`}
      <span class="badge">${row.stage}</span
      >${row.valueMinor === null ? '' : html` <span class="badge">${moneyInWords(row.valueMinor, row.currency)}</span>`}
    </p>
    ${row.part === 'snoozed' && row.snoozedUntil !== null ? html`<p>Snoozed until ${whenShown(row.snoozedUntil, zone, nowMs)}</p>` : ''}
    <p>
      ${when === null ? html`<span class="badge late">no next step</span>` : html`${next}: ${when}${isLate ? html` <span class="badge late">overdue</span>` : ''}`}
    </p>
  </li>`;
}
