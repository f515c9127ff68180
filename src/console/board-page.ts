/** A manager's board: what stands out, the team and its figures, the leads, and handing them over. */
import type { Request, Response, Router } from 'express';
import { html } from 'hono/html';
import { ERROR_CODES } from '../domain/errors.ts';
import type { Scope } from '../domain/policy.ts';
import { attentionGroups, type AttentionKind, MOST_COUNTED } from '../store/lists/attention.ts';
import { BOARD_ORDERS, readBoardLeads, readLoads, readResponses } from '../store/lists/board.ts';
import { readLeadNames } from '../store/lists/lead-names.ts';
import { readOpening, readQueuePlaces, readUnoffered } from '../store/lists/queue.ts';
import { STANDS_OUT } from '../store/lists/open-leads.ts';
import { type Held, readHeld } from '../store/lists/held.ts';
import { type ListedRep, listRepsWithLeads, type RepWithLeads } from '../store/lists/reps.ts';
import { reasonsInWords } from '../store/lists/sent-back.ts';
import { boardPosts } from './board-actions.ts';
import { leadsForm, waitingPart } from './board-leads.ts';
import { changedInWords, limitsPart, repPart } from './board-rep.ts';
import { summaryPart } from './board-summary.ts';
import { type Colleague, isAwayNow, isFull, openOf, sumOf, TEAM_ORDERS, teamPart } from './board-team.ts';
import type { ConsoleDeps } from './deps.ts';
import { type Refused, refusedInWords } from './form-fields.ts';
import { givenBackPart } from './given-back.ts';
import { live, problem, said, sendPage } from './layout.ts';
import { headOf, requireBoard } from './navigation.ts';
import { type Visitor, visitorOf } from './session.ts';
import { sortingOf, sortWord } from './sort-links.ts';

const MOST_SHOWN = 100;
const MOST_OF_A_REP = 500;

const DONE: Readonly<Record<string, string>> = {
  rejected: 'The lead was sent back.',
  closed: 'The outcome is recorded.',
  'handed-over': 'The lead is handed over: it is not your team’s any more.',
  added: 'The lead is taken in. It stands here as soon as it is handed over.',
};

export function boardPage(router: Router, deps: ConsoleDeps): void {
  const { store } = deps;
  router.get('/board', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor !== null) await showBoard(deps, request, response, visitor);
  });
  boardPosts(router, deps, (request, response, visitor, refused) =>
    showBoard(deps, request, response, visitor, refused),
  );
}

/** @throws AppError FORBIDDEN for who manages nobody */
async function showBoard(
  deps: ConsoleDeps,
  request: Request,
  response: Response,
  visitor: Visitor,
  refused: Refused | null = null,
): Promise<void> {
  const scope = requireBoard(visitor);
  const held = await readHeld(deps.store.db);
  const reps = await listRepsWithLeads(deps.store.db, held);
  // A form of a rep's page stands at an address with their id: what was refused is shown on that page again.
  const [asked, ofForm] = [request.query['rep'], request.params['rep']];
  const one = reps.find(({ id, key }) => (ofForm === undefined ? key === asked : id === ofForm)) ?? null;
  const seen = reps.filter(({ teams }) => scope.kind === 'all' || teams.some((key) => scope.teams.includes(key)));
  const given = { request, visitor, scope, held, reps, seen, refused };
  const content = one === null ? await boardOfAll(deps, given) : await boardOfOne(deps, { ...given, one });
  const title = one === null ? 'Board' : `Leads of ${one.name}`;
  const frame = { title, companyName: deps.settings.organization.companyName, who: headOf(visitor) };
  const changed = one === null ? null : changedInWords(request.query['done'], one, visitor, reps);
  const done =
    changed === null
      ? ((await givenBackPart(deps.store, visitor, request)) ?? said(DONE, request))
      : html`<p class="done" role="status">${changed}</p>`;
  const told = html`${done}${problem(refusedInWords(refused))}`;
  const zone = html`<p class="soft small">Times are those of ${visitor.zone}.</p>`;
  await sendPage(
    response,
    refused === null ? 200 : ERROR_CODES[refused.error.code].status,
    frame,
    html`${told}${content}${zone}`,
  );
}

interface Given {
  request: Request;
  visitor: Visitor;
  scope: Scope;
  /** What each rep has. */
  held: readonly Held[];
  reps: readonly RepWithLeads[];
  /** Those of the visitor's teams. */
  seen: readonly ListedRep[];
  /** The form that was posted and refused. */
  refused: Refused | null;
}

async function boardOfAll({ store }: ConsoleDeps, { request, visitor, scope, held, reps, seen, refused }: Given) {
  const { db } = store;
  const now = new Date(store.realNow());
  const kind = STANDS_OUT.find((one) => one === request.query['show']) ?? null;
  const sorting = sortingOf(request.query['sort'], BOARD_ORDERS, { by: 'since', down: false });
  const teamSorting = sortingOf(request.query['team'], TEAM_ORDERS, { by: 'late', down: true });
  const offset = offsetOf(request);
  const ask = { repId: null, kind, order: sorting.by, down: sorting.down, offset, limit: MOST_SHOWN };
  const [loads, leads, responses, waiting, opening, unoffered] = await Promise.all([
    readLoads(db, scope, null, { held, reps }),
    readBoardLeads(db, scope, ask),
    readResponses(
      db,
      seen.map(({ id }) => id),
      now,
    ),
    attentionGroups(db, scope, ['reroute', 'unassigned'], MOST_SHOWN),
    readOpening(db, scope),
    readUnoffered(db, scope),
  ]);
  const waitingFor = (kind: AttentionKind): number => waiting.find((one) => one.kind === kind)?.ofKind ?? 0;
  const rows = waiting.slice(0, MOST_SHOWN);
  const waitingIds = rows.flatMap(({ leadId }) => leadId ?? []);
  const [because, names, places] = await Promise.all([
    reasonsInWords(db, rows, store.rules.current().playbook.reasons),
    readLeadNames(db, scope, waitingIds),
    readQueuePlaces(db, waitingIds),
  ]);
  const team: Colleague[] = seen.map((rep) => ({
    rep,
    load: sumOf(loads.filter(({ repId }) => repId === rep.id)),
    response: responses.find(({ repId }) => repId === rep.id) ?? null,
  }));
  const counts = sumOf(loads);
  const pathOf = (change: { sort?: string; from?: number; team?: string; tick?: string }, anchor: string): string =>
    boardPath({ show: kind, sort: sortWord(sorting), team: sortWord(teamSorting), ...change }, anchor);
  const all = kind === null ? STANDS_OUT.reduce((sum, one) => sum + counts[one], 0) : counts[kind];
  const summary = summaryPart({
    waiting: { unassigned: waitingFor('unassigned'), reroute: waitingFor('reroute'), most: MOST_COUNTED },
    unoffered: { offered: opening.leads + unoffered.soon, paused: unoffered.paused, held: unoffered.held },
    leads: counts,
    reps: { full: team.filter(isFull).length, away: team.filter((one) => isAwayNow(one.rep, now.getTime())).length },
    locale: visitor.locale,
  });
  const content = html`${summary}${teamPart({ team, reps, loads, responses, sorting: teamSorting, pathOf: (word) => pathOf({ team: word, from: offset }, '#team'), visitor })}
  ${waitingPart({ rows, all: waitingFor('unassigned') + waitingFor('reroute'), because, names, places, opening, unoffered, visitor, reps, nowMs: now.getTime(), action: handOverAt(pathOf({ from: offset }, '')), refused })}
  ${leadsForm({ visitor, reps, one: null, kind, leads, all, offset, sorting, pathOf: (change) => pathOf(change, '#leads'), ticked: request.query['tick'] === 'all', nowMs: now.getTime(), action: handOverAt(pathOf({ from: offset }, '')), refused })}`;
  // What was typed and is wrong stays until it is sent again.
  return refused === null ? live(pathOf({ from: offset }, ''), content) : content;
}

async function boardOfOne(
  { store }: ConsoleDeps,
  { request, visitor, scope, held, reps, one, refused }: Given & { one: ListedRep },
) {
  const { db } = store;
  const now = new Date(store.realNow());
  const sorting = sortingOf(request.query['sort'], BOARD_ORDERS, { by: 'why', down: false });
  const offset = offsetOf(request);
  const ask = { repId: one.id, kind: null, order: sorting.by, down: sorting.down, offset, limit: MOST_OF_A_REP };
  const [loads, leads, responses] = await Promise.all([
    readLoads(db, scope, one.id, { held, reps }),
    readBoardLeads(db, scope, ask),
    readResponses(db, [one.id], now),
  ]);
  const load = sumOf(loads);
  const response = responses.find(({ repId }) => repId === one.id) ?? null;
  const pathOf = (change: { sort?: string; from?: number; tick?: string }): string =>
    boardPath({ rep: one.key, sort: sortWord(sorting), ...change }, '#leads');
  return html`<p><a href="/console/board">Back to the board</a></p>
    ${repPart({ rep: one, load, response }, visitor, reps, refused)}
    ${leadsForm({ visitor, reps, one, kind: null, leads, all: openOf(load), offset, sorting, pathOf, ticked: request.query['tick'] !== 'none', nowMs: now.getTime(), action: handOverAt(pathOf({ from: offset })), refused })}
    ${limitsPart(one, visitor, refused)}`;
}

function boardPath(words: Readonly<Record<string, string | number | null | undefined>>, anchor: string): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(words))
    if (value !== null && value !== undefined && value !== 0) query.set(key, String(value));
  return `/console/board?${query.toString()}${anchor}`;
}

/** Where the form of a page is posted to: when it is refused, the same page is shown again. */
function handOverAt(path: string): string {
  return path.replace('/console/board', '/console/board/hand-over').replace(/#.*$/, '');
}

/** How many leads are passed over: a page begins there. */
function offsetOf({ query }: Request): number {
  const word = query['from'];
  return typeof word === 'string' && /^\d{1,7}$/.test(word) ? Number(word) : 0;
}
