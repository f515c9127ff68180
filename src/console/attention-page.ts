/** What waits for a person: held leads, sends in doubt, overdue tasks, pauses, runs that stopped. The oldest first. */
import type { Router } from 'express';
import { html } from 'hono/html';
import { AppError } from '../domain/errors.ts';
import { formatForPeople } from '../domain/schedule.ts';
import { ATTENTION_KINDS, attentionPage, type AttentionKind, type AttentionRow } from '../store/lists/attention.ts';
import { withNames } from '../store/lists/names.ts';
import type { ConsoleDeps } from './deps.ts';
import { type Html, sendPage } from './layout.ts';
import { headOf } from './navigation.ts';
import { type Actions, actionsFor, notice, sendActions } from './send-actions.ts';
import { boardOf, visitorOf } from './session.ts';

const ENTRIES_SHOWN = 100;

/** What each kind is called. One without a line here is called by its key. */
const TITLES: Partial<Record<AttentionKind, string>> = {
  held: 'Held: its process could not go on',
  finding: 'The engine found something wrong with a process',
  'send-in-doubt': 'A mail that may or may not have left',
  reroute: 'Sent back to a manager',
  unassigned: 'Nobody has it',
  'asked-again': 'A disqualified lead asked again',
  'task-overdue': 'A task is overdue',
  'run-stopped': 'A change of many leads stopped',
  'broadcast-stopped': 'A broadcast stopped',
  'newsletter-not-sent': 'A newsletter did not go out',
  paused: 'Paused',
  'mail-returned': 'A mail came back',
  'unknown-campaign': 'A campaign that nobody has listed',
};

/** What is to be done. */
const DO: Partial<Record<AttentionKind, string>> = {
  held: 'Remove the cause, then press Resume on the lead’s page.',
  'send-in-doubt':
    'Look into the log of the mail server. The engine does not send it again by itself: send it once more if it did not arrive, or dismiss it.',
  reroute: 'Hand it over on the board.',
  unassigned: 'Hand it over on the board, or see to it that somebody has room.',
  'asked-again': 'Decide whether it is still disqualified, and contact it.',
  'task-overdue': 'See to it that the task is done.',
  'run-stopped': 'Remove the cause, then `npx nurture runs resume`.',
  'newsletter-not-sent': 'Do what the reason says; then wait for its next time, or `npx nurture newsletter send-now`.',
  'unknown-campaign': 'List it in campaigns.yaml, or give the campaign that is meant a rule (utm) that fits.',
  paused: 'Resume it once what it was paused for is done.',
};

export function attentionPages(router: Router, deps: ConsoleDeps): void {
  const { store, settings } = deps;
  sendActions(router, deps);
  router.get('/attention', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const scope = boardOf(visitor);
    if (scope === null) throw new AppError('FORBIDDEN', 'This page is for managers and operators');
    const kind = ATTENTION_KINDS.find((one) => one === request.query['kind']) ?? null;
    const rows = await attentionPage(store.db, scope, kind, null, ENTRIES_SHOWN + 1);
    const shown = rows.slice(0, ENTRIES_SHOWN);
    const reasons = await withNames(
      store.db,
      shown.map(({ reason }) => reason),
    );
    const frame = { title: 'Attention', companyName: settings.organization.companyName, who: headOf(visitor) };
    const actions = actionsFor(visitor);
    const entries = shown.map((row, n) => entry(row, reasons[n] ?? row.reason, visitor.zone, actions));
    const content = html`${notice(request)}${kindForm(kind)}
    ${
      shown.length === 0
        ? html`<p class="soft">Nothing waits for a person.</p>`
        : html`<ul class="plain">
            ${entries}
          </ul>`
    }
    ${rows.length > ENTRIES_SHOWN ? html`<p class="soft">The oldest ${ENTRIES_SHOWN} are shown.</p>` : ''}`;
    await sendPage(response, 200, frame, content);
  });
}

function kindForm(chosen: AttentionKind | null): Html {
  const options = ATTENTION_KINDS.map((kind) =>
    kind === chosen
      ? html`<option value="${kind}" selected>${TITLES[kind] ?? kind}</option>`
      : html`<option value="${kind}">${TITLES[kind] ?? kind}</option>`,
  );
  return html`<form class="card" method="get" action="/console/attention">
    <label for="kind">Show</label
    ><select id="kind" name="kind">
      <option value="">Everything</option>
      ${options}
    </select>
    <button>Show</button>
  </form>`;
}

function entry({ kind, leadId, ref, since }: AttentionRow, reason: string, zone: string, actions: Actions): Html {
  const todo = DO[kind];
  return html`<li class="card">
    <h2>${TITLES[kind] ?? kind}</h2>
    <p>${reason}</p>
    <p class="soft">
      Since
      ${formatForPeople(since.getTime(), zone)}${leadId === null && ref !== null ? `, ${ref}` : ''}${todo === undefined ? '' : `. ${todo}`}
    </p>
    ${
      leadId === null
        ? ''
        : html`<p>
            <a href="/console/leads/${leadId}"
              >To the lead<span class="hidden"> (${TITLES[kind] ?? kind}, ${leadId.slice(-6)})</span></a
            >
          </p>`
    }
    ${kind === 'send-in-doubt' && ref !== null ? actions(ref) : ''}
  </li>`;
}
