/** A manager's board: the team and its load, what waits for somebody, which leads stand out, and handing them over. */
import type { Request, Response, Router } from 'express';
import { html } from 'hono/html';
import { AppError, ERROR_CODES } from '../domain/errors.ts';
import { attentionPage } from '../store/lists/attention.ts';
import { readBoardLeads, readLoads, readResponses } from '../store/lists/board.ts';
import { readLeadNames } from '../store/lists/lead-names.ts';
import { withNames } from '../store/lists/names.ts';
import { listReps } from '../store/lists/reps.ts';
import type { Scope } from '../domain/policy.ts';
import { boardPosts } from './board-actions.ts';
import { leadsForm, queuePart, repPart, teamPart, type Colleague } from './board-parts.ts';
import type { ConsoleDeps } from './deps.ts';
import { problem, said, sendPage } from './layout.ts';
import { headOf, homeOf } from './navigation.ts';
import { boardOf, type Visitor, visitorOf } from './session.ts';

const MOST_SHOWN = 100;
const MOST_OF_A_REP = 500;

const DONE: Readonly<Record<string, string>> = {
  saved: 'The change is in force.',
  rejected: 'The lead was sent back.',
  closed: 'The outcome is recorded.',
  added: 'The lead is taken in. It stands here as soon as it is handed over.',
};

export function boardPage(router: Router, deps: ConsoleDeps): void {
  const { store } = deps;
  router.get('/board', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor !== null) await showBoard(deps, request, response, visitor);
  });
  boardPosts(router, deps, (request, response, visitor, wrong) => showBoard(deps, request, response, visitor, wrong));
}

/** @throws AppError FORBIDDEN for who manages nobody */
async function showBoard(
  { store, settings }: ConsoleDeps,
  request: Request,
  response: Response,
  visitor: Visitor,
  wrong: AppError | null = null,
): Promise<void> {
  const { db } = store;
  const scope = requireBoard(visitor);
  const reps = await listReps(db);
  const asked = request.query['rep'];
  const one = typeof asked === 'string' ? (reps.find(({ key }) => key === asked) ?? null) : null;
  const now = new Date(store.realNow());
  const ids = one === null ? reps.map(({ id }) => id) : [one.id];
  const [loads, leads, responses, rerouted, unassigned] = await Promise.all([
    readLoads(db, scope, one?.id ?? null),
    readBoardLeads(db, scope, one?.id ?? null, one === null ? MOST_SHOWN : MOST_OF_A_REP),
    readResponses(db, ids, now),
    one === null ? attentionPage(db, scope, 'reroute', null, MOST_SHOWN) : [],
    one === null ? attentionPage(db, scope, 'unassigned', null, MOST_SHOWN) : [],
  ]);
  const waiting = [...rerouted, ...unassigned].toSorted((a, b) => a.since.getTime() - b.since.getTime());
  const [because, names] = await Promise.all([
    withNames(
      db,
      waiting.map(({ reason }) => reason),
    ),
    readLeadNames(
      db,
      waiting.flatMap(({ leadId }) => leadId ?? []),
    ),
  ]);
  const team: Colleague[] = reps
    .filter(({ teams }) => scope.kind === 'all' || teams.some((key) => scope.teams.includes(key)))
    .map((rep) => ({
      rep,
      load: loads.find(({ repId }) => repId === rep.id) ?? null,
      response: responses.find(({ repId }) => repId === rep.id) ?? null,
    }));
  const title = one === null ? 'Board' : `Leads of ${one.name}`;
  const frame = { title, companyName: settings.organization.companyName, who: headOf(visitor) };
  const form = { visitor, reps, one, leads, now, settings: store.rules.current().playbook };
  const content =
    one === null
      ? html`${said(DONE, request)}${problem(wrong?.message ?? null)}
        ${queuePart(waiting, { because, names, visitor, reps })}${leadsForm(form)}${teamPart(team, responses, visitor)}`
      : html`${problem(wrong?.message ?? null)}
          <p><a href="/console/board">Back to the board</a></p>
          ${leadsForm(form)} ${team.filter(({ rep }) => rep.id === one.id).map((its) => repPart(its, visitor, reps))}`;
  await sendPage(response, wrong === null ? 200 : ERROR_CODES[wrong.code].status, frame, content);
}

/** @throws AppError FORBIDDEN */
function requireBoard(visitor: Visitor): Scope {
  const scope = boardOf(visitor);
  if (scope !== null) return scope;
  throw new AppError('FORBIDDEN', `The board is for managers; your page is ${homeOf(visitor)}`);
}
