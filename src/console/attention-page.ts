/** What waits for a person, by kind: of each the oldest few and how many there are; one kind alone page by page. */
import type { Request, Router } from 'express';
import { html } from 'hono/html';
import { AppError } from '../domain/errors.ts';
import type { Scope } from '../domain/policy.ts';
import { whenInWords } from '../domain/when.ts';
import {
  ATTENTION_KINDS,
  attentionGroups,
  attentionPage,
  type AttentionKind,
  type AttentionRow,
  MOST_COUNTED,
} from '../store/lists/attention.ts';
import { type LeadName, readLeadNames } from '../store/lists/lead-names.ts';
import { reasonsInWords } from '../store/lists/sent-back.ts';
import type { PageEnd } from '../store/lists/page-end.ts';
import { ATTENTION_WORDS } from './attention-words.ts';
import type { ConsoleDeps } from './deps.ts';
import { type Html, said, sendPage } from './layout.ts';
import { headOf } from './navigation.ts';
import { MAIL_DONE, mailActions, returnedFor } from './returned-mails.ts';
import { liftButton, PAUSE_SAID, pauseActions, resumeButton } from './pause-actions.ts';
import { actionsFor, SEND_SAID, sendActions } from './send-actions.ts';
import { boardOf, readsCommands, type Visitor, visitorOf } from './session.ts';
import { headsOf, wideTable } from './table.ts';
import { nameOf } from './words.ts';

/** Entries of each kind on the page of all kinds, and of a page of one kind. */
const OF_EACH = 5;
const A_PAGE = 50;

export function attentionPages(router: Router, deps: ConsoleDeps): void {
  const { store, settings } = deps;
  sendActions(router, deps);
  mailActions(router, deps);
  pauseActions(router, deps);
  router.get('/attention', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const scope = boardOf(visitor);
    if (scope === null) throw new AppError('FORBIDDEN', 'This page is for managers and operators');
    const kind = ATTENTION_KINDS.find((one) => one === request.query['kind']) ?? null;
    const groups = await attentionGroups(store.db, scope, ATTENTION_KINDS, OF_EACH);
    const counts = new Map(groups.map((row) => [row.kind, row.ofKind]));
    const show = shownTo(deps, visitor, scope);
    const content =
      kind === null
        ? await Promise.all(
            ATTENTION_KINDS.filter((one) => counts.has(one)).map((one) =>
              group(
                one,
                { count: counts.get(one) ?? 0, rows: groups.filter((row) => row.kind === one) },
                { show, visitor },
              ),
            ),
          )
        : await pageOfKind(deps, request, { kind, scope, show, visitor });
    const frame = { title: 'Attention', companyName: settings.organization.companyName, who: headOf(visitor) };
    await sendPage(
      response,
      200,
      frame,
      html`${said({ ...SEND_SAID, ...MAIL_DONE, ...PAUSE_SAID }, request)}${filter(kind, counts, visitor)}
        ${counts.size === 0 ? html`<p class="soft">Nothing waits for a person.</p>` : content}
        <p class="soft small">Times are those of ${visitor.zone}.</p>`,
    );
  });
}

/** A link for each kind that is there, with how many there are. */
function filter(chosen: AttentionKind | null, counts: ReadonlyMap<AttentionKind, number>, visitor: Visitor): Html | '' {
  if (counts.size === 0) return '';
  const link = (kind: AttentionKind | null, title: string, count: string): Html =>
    html`<li>
      <a
        href="/console/attention${kind === null ? '' : `?kind=${kind}`}"
        ${kind === chosen ? html`aria-current="true"` : ''}
        ><strong>${count}</strong> ${title}</a
      >
    </li>`;
  const all = [...counts.values()].reduce((sum, count) => sum + Math.min(count, MOST_COUNTED), 0);
  const isMore = [...counts.values()].some((count) => count > MOST_COUNTED);
  const format = new Intl.NumberFormat(visitor.locale);
  return html`<nav aria-label="What waits">
    <ul class="counts">
      ${link(null, 'in all', `${format.format(all)}${isMore ? '+' : ''}`)}
      ${ATTENTION_KINDS.filter((kind) => counts.has(kind)).map((kind) =>
        link(kind, ATTENTION_WORDS[kind].title, countInWords(counts.get(kind) ?? 0, format)),
      )}
    </ul>
  </nav>`;
}

function countInWords(count: number, format: Intl.NumberFormat): string {
  return count > MOST_COUNTED ? `${format.format(MOST_COUNTED)}+` : format.format(count);
}

type Show = (rows: readonly AttentionRow[]) => Promise<Html>;

async function group(
  kind: AttentionKind,
  { count, rows }: { count: number; rows: readonly AttentionRow[] },
  { show, visitor }: { show: Show; visitor: Visitor },
): Promise<Html> {
  const { title } = ATTENTION_WORDS[kind];
  return html`<section>
    <h2>${title} (${count > MOST_COUNTED ? `${MOST_COUNTED}+` : count})</h2>
    ${howTo(kind, visitor)} ${await show(rows)}
    ${
      count > rows.length
        ? html`<p>
            <a href="/console/attention?kind=${kind}">All of them<span class="hidden">: ${title}</span></a>
          </p>`
        : ''
    }
  </section>`;
}

/** What is to be done, and with which commands, if the reader has the command line. */
function howTo(kind: AttentionKind, visitor: Visitor): Html {
  const { how, commands } = ATTENTION_WORDS[kind];
  const shown = commands === undefined || !readsCommands(visitor) ? [] : commands;
  return html`<p class="soft">
    ${how} ${shown.map((command, n) => html`${n === 0 ? '' : ', '}<code>${command}</code>`)}
  </p>`;
}

async function pageOfKind(
  { store }: ConsoleDeps,
  request: Request,
  { kind, scope, show, visitor }: { kind: AttentionKind; scope: Scope; show: Show; visitor: Visitor },
): Promise<Html> {
  const after = endOf(request);
  const rows = await attentionPage(store.db, scope, kind, after, A_PAGE + 1);
  const shown = rows.slice(0, A_PAGE);
  const last = shown.at(-1);
  const { title } = ATTENTION_WORDS[kind];
  const next =
    rows.length > A_PAGE && last !== undefined
      ? new URLSearchParams({ kind, since: last.since.toISOString(), after: last.key }).toString()
      : null;
  return html`<section>
    <h2>${title}</h2>
    ${howTo(kind, visitor)}
    ${shown.length === 0 ? html`<p class="soft">There is none${after === null ? '' : ' after these'}.</p>` : await show(shown)}
    <p>
      ${after === null ? '' : html`<a href="/console/attention?kind=${kind}">To the oldest</a>`}
      ${next === null ? '' : html`<a href="/console/attention?${next}">The next ones</a>`}
    </p>
  </section>`;
}

/** Where the page before ended, as it stands in the address; anything else is the first page. */
function endOf({ query }: Request): PageEnd | null {
  const [since, key] = [query['since'], query['after']];
  if (typeof since !== 'string' || typeof key !== 'string' || key.length > 500 || key.includes('\u0000')) return null;
  const at = new Date(since);
  return Number.isNaN(at.getTime()) || at.toISOString() !== since ? null : { at, key };
}

/** Shows entries as a table: each names its lead, if the visitor may see it, and says what is to be done. */
function shownTo({ store }: ConsoleDeps, visitor: Visitor, scope: Scope): Show {
  const actions = actionsFor(visitor);
  const nowMs = store.realNow();
  return async (rows) => {
    const reasons = await reasonsInWords(store.db, rows, store.rules.current().playbook.reasons);
    const returned = await returnedFor(
      store,
      visitor,
      rows.flatMap(({ kind, ref }) => (kind === 'mail-returned' && ref !== null ? [ref] : [])),
    );
    const names = await readLeadNames(
      store.db,
      scope,
      rows.flatMap(({ leadId }) => leadId ?? []),
    );
    const buttons = (kind: AttentionKind, ref: string | null): Html | '' => {
      if (ref === null) return '';
      switch (kind) {
        case 'send-in-doubt':
        case 'rep-mail-in-doubt':
          return actions(ref);
        case 'mail-returned':
          return returned(ref);
        case 'paused':
          return resumeButton(visitor, ref);
        case 'receiver-refuses':
          return liftButton(visitor, ref);
        default:
          return '';
      }
    };
    const lines = rows.map(
      ({ kind, leadId, ref, since }, n) =>
        html`<tr>
          <th scope="row">${about({ kind, leadId, ref }, names)}</th>
          <td>${reasons[n]}</td>
          <td>${whenInWords(since.getTime(), nowMs, visitor.zone)}</td>
          <td>${buttons(kind, ref) || todo(kind, leadId, names)}</td>
        </tr>`,
    );
    const [first] = rows;
    return wideTable({
      label: first === undefined ? '' : ATTENTION_WORDS[first.kind].title,
      head: headsOf('About', 'Why', 'Since', 'What to do'),
      rows: lines,
      class: 'wide card entries',
    });
  };
}

/** What is done on the board, or on the lead's page, leads there. */
const ON_THE_BOARD: ReadonlySet<AttentionKind> = new Set(['reroute', 'unassigned']);

function todo(kind: AttentionKind, leadId: string | null, names: ReadonlyMap<string, LeadName>): Html | string {
  const words = ATTENTION_WORDS[kind].todo;
  if (leadId === null || !names.has(leadId)) return words;
  const path = ON_THE_BOARD.has(kind) ? '/console/board#waiting' : `/console/leads/${leadId}`;
  return html`<a href="${path}">${words}<span class="hidden">: ${nameOf(names.get(leadId) ?? NAMELESS)}</span></a>`;
}

const NAMELESS: LeadName = { firstName: null, lastName: null, company: null };

function about(
  { kind, leadId, ref }: Pick<AttentionRow, 'kind' | 'leadId' | 'ref'>,
  names: ReadonlyMap<string, LeadName>,
): Html | string {
  if (leadId === null) return kind === 'mail-returned' ? 'Nobody we know' : (ref ?? '');
  const lead = names.get(leadId);
  if (lead === undefined) return 'A lead of somebody else';
  const name = nameOf(lead);
  return html`<a href="/console/leads/${leadId}">${name}</a
    >${lead.company === null || lead.company === name ? '' : html` <span class="soft">${lead.company}</span>`}`;
}
