/** A rep's desk: what waits for a decision, what is due, and the other open leads, the readiest first. */
import type { Request, Response, Router } from 'express';
import { html } from 'hono/html';
import { ERROR_CODES, isAppError } from '../domain/errors.ts';
import { DESK_DUES, DESK_ORDERS, type DeskDue, type DeskOrder, type DeskPart, readDesk } from '../store/lists/desk.ts';
import { readDeskWords } from '../store/lists/desk-words.ts';
import type { ConsoleDeps } from './deps.ts';
import { absencesPart } from './desk-away.ts';
import { DIGEST_DONE, deskDigestPost, digestForm } from './desk-digest.ts';
import { deskCard } from './desk-card.ts';
import { closeAsked } from './desk-task.ts';
import { type Refused, refusedInWords, refusedOf } from './form-fields.ts';
import { givenBackPart } from './given-back.ts';
import { type Html, live, problem, said, sendPage } from './layout.ts';
import { headOf, homeOf } from './navigation.ts';
import { type Visitor, visitorOf } from './session.ts';

const PARTS: readonly { part: DeskPart; title: string; none: string }[] = [
  { part: 'waits', title: 'Waiting for your decision', none: 'Nothing waits for you.' },
  { part: 'due', title: 'Due today', none: 'Nothing is due today.' },
  { part: 'open', title: 'Other open leads', none: 'You have no other open lead.' },
  { part: 'snoozed', title: 'Snoozed', none: '' },
];

const DONE: Readonly<Record<string, string>> = {
  ...DIGEST_DONE,
  rejected: 'Thank you. The lead has left your desk.',
  closed: 'The outcome is recorded.',
  'handed-over': 'The lead is handed over, and has left your desk.',
  added: 'The lead is taken in. It stands here as soon as it is handed over: accept it then.',
  'task-done': 'Done. It is logged as a contact with the lead.',
  'task-cancelled': 'The task has left your desk.',
};

export function deskPage(router: Router, deps: ConsoleDeps): void {
  router.get('/', async (request, response) => {
    const visitor = await visitorOf(deps.store, request, response);
    if (visitor !== null) await showDesk(deps, request, response, visitor, null);
  });

  deskDigestPost(router, deps);

  router.post('/tasks/:id', async (request, response) => {
    const visitor = await visitorOf(deps.store, request, response);
    if (visitor === null) return;
    try {
      const done = await closeAsked(deps, visitor, request);
      const query = new URLSearchParams({ ...wordsOf(shownBy(deps, request)), done });
      response.redirect(303, `${visitor.repId === null ? homeOf(visitor) : '/console'}?${query.toString()}`);
    } catch (error) {
      if (!isAppError(error) || !SHOWN_ON_THE_DESK.has(error.code)) throw error;
      await showDesk(deps, request, response, visitor, refusedOf(request.params.id, request, error));
    }
  });
}

const SHOWN_ON_THE_DESK: ReadonlySet<string> = new Set(['VALIDATION_FAILED', 'TASK_CLOSED']);

/** What the address asks of the desk. */
interface Shown {
  order: DeskOrder;
  tier: string | null;
  due: DeskDue | null;
}

function shownBy({ store }: ConsoleDeps, { query }: Request): Shown {
  const tiers = store.rules.current().playbook.scoring.valueTiers ?? [];
  return {
    order: DESK_ORDERS.find((one) => one === query['order']) ?? 'readiness',
    tier: tiers.find(({ tier }) => tier === query['tier'])?.tier ?? null,
    due: DESK_DUES.find((one) => one === query['due']) ?? null,
  };
}

const wordsOf = ({ order, tier, due }: Shown): Record<string, string> => ({ order, tier: tier ?? '', due: due ?? '' });

async function showDesk(
  deps: ConsoleDeps,
  request: Request,
  response: Response,
  visitor: Visitor,
  refused: Refused | null,
): Promise<void> {
  const { store, settings } = deps;
  const { repId, zone, locale, csrf } = visitor;
  if (repId === null) {
    response.redirect(303, homeOf(visitor));
    return;
  }
  const { playbook } = store.rules.current();
  const { scoring } = playbook;
  const nowMs = store.realNow();
  const shown = shownBy(deps, request);
  const rows = await readDesk(store.db, repId, { scoring, nowMs, zone, ...shown });
  const news = rows.flatMap(({ isNew, leadId }) => (isNew ? [leadId] : []));
  const words = await readDeskWords(store.db, news, { repId, nowMs, playbook });
  const page = `?${new URLSearchParams(wordsOf(shown)).toString()}`;
  const given = { realNowMs: nowMs, zone, locale, scoring, csrf, page, refused };
  const parts = PARTS.map(({ part, title, none }) => {
    const its = rows.filter((row) => row.part === part);
    const all = its[0]?.ofPart ?? 0;
    if (part === 'snoozed' && all === 0) return '';
    return html`<section>
      <h2>${title} (${all})</h2>
      ${
        its.length === 0
          ? html`<p class="soft">
              ${shown.due === null && shown.tier === null ? none : 'Nothing of what is chosen above.'}
            </p>`
          : html`<ul class="plain">
              ${its.map((row) => deskCard(row, (row.isNew ? words.get(row.leadId) : undefined) ?? null, given))}
            </ul>`
      }
      ${part === 'waits' && all > 1 ? html`<p><a href="/console/decide">Decide on several at once</a></p>` : ''}
      ${all > its.length ? html`<p class="soft">The first ${its.length} of ${all} are shown.</p>` : ''}
    </section>`;
  });
  const frame = { title: 'My desk', companyName: settings.organization.companyName, who: headOf(visitor) };
  const tiers = (scoring.valueTiers ?? []).map((one) => one.tier);
  // What was typed and is wrong stays until it is sent again.
  const content = refused === null ? live(`/console${page}`, html`${parts}`) : html`${parts}`;
  await sendPage(
    response,
    refused === null ? 200 : ERROR_CODES[refused.error.code].status,
    frame,
    html`${(await givenBackPart(store, visitor, request)) ?? said(DONE, request)}${problem(refusedInWords(refused))}${inNoTeam(visitor, rows.length)}${await absencesPart(store.db, visitor)}${orderForm(shown, tiers)}${content}
      <p class="soft small">Times are those of ${zone}.</p>
      ${await digestForm(deps, repId, csrf)}`,
  );
}

/** To who is in no team nothing is offered: an empty desk says so. */
function inNoTeam(visitor: Visitor, leads: number): Html | '' {
  const isInNone = visitor.actors.some((actor) => actor.kind === 'rep' && (actor.teams ?? []).length === 0);
  if (leads > 0 || !isInNone) return '';
  const home = homeOf(visitor);
  return html`<p>
    You are in no team, so no lead is offered to you.
    ${home === '/console' ? '' : html`<a href="${home}">Go to the board</a>`}
  </p>`;
}

const DUE_WORDS = {
  overdue: 'Overdue',
  today: 'By the end of today',
  week: 'By the end of this week',
} as const satisfies Record<DeskDue, string>;

/** In which order the cards of a part stand. */
const IN_ORDER = {
  readiness: 'the readiest first, then the more valuable, then what is due sooner',
  value: 'the more valuable first, then the readiest, then what is due sooner',
  due: 'what is due sooner first, then the readiest, then the more valuable',
} as const satisfies Record<DeskOrder, string>;

const ORDER_WORDS = { readiness: 'Readiness', value: 'Value tier', due: 'Due time' } as const satisfies Record<
  DeskOrder,
  string
>;

function orderForm(shown: Shown, tiers: readonly string[]): Html {
  const choice = (name: string, label: string, options: Readonly<Record<string, string>>, chosen: string): Html =>
    html`<p>
      <label for="${name}">${label}</label
      ><select id="${name}" name="${name}">
        ${Object.entries(options).map(([value, words]) => html`<option value="${value}" ${value === chosen ? html`selected` : ''}>${words}</option>`)}
      </select>
    </p>`;
  const ofTiers = { '': 'All', ...Object.fromEntries(tiers.map((tier) => [tier, tier])) };
  const isPlain = shown.order === 'readiness' && shown.due === null && shown.tier === null;
  return html`<details ${isPlain ? '' : 'open'}>
    <summary>Order and filters <span class="soft">– ${IN_ORDER[shown.order]}</span></summary>
    <form class="fields" method="get" action="/console">
      ${choice('order', 'Order by', ORDER_WORDS, shown.order)}
      ${choice('due', 'Due', { '': 'At any time', ...DUE_WORDS }, shown.due ?? '')}
      ${tiers.length === 0 ? '' : choice('tier', 'Value tier', ofTiers, shown.tier ?? '')}
      <p><button>Show</button></p>
    </form>
  </details>`;
}
