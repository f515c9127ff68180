/** Several offers at once: a rep ticks the leads that they take, and is told what became of each. */
import type { Response, Router } from 'express';
import { html } from 'hono/html';
import { actorHandle } from '../domain/actor.ts';
import { AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { idFor, isId, newId } from '../domain/ids.ts';
import { type DeskRow, readDesk } from '../store/lists/desk.ts';
import { readLeadNames } from '../store/lists/lead-names.ts';
import type { ConsoleDeps } from './deps.ts';
import { fieldsOf } from './fields.ts';
import { csrfField, type Html, problem, sendPage } from './layout.ts';
import { execute } from './lead-post.ts';
import { headOf, homeOf } from './navigation.ts';
import { onceOf } from './once.ts';
import { type Visitor, visitorOf } from './session.ts';
import { clockBadge, nameOf, timesOf } from './words.ts';

export function decidePage(router: Router, deps: ConsoleDeps): void {
  const { store, settings } = deps;

  async function show(response: Response, visitor: Visitor, before: Html | '', status = 200): Promise<void> {
    const { repId, zone, csrf } = visitor;
    if (repId === null) throw new AppError('FORBIDDEN', `Offers are for reps; your page is ${homeOf(visitor)}`);
    const { scoring } = store.rules.current().playbook;
    const rows = await readDesk(store.db, repId, { scoring, nowMs: store.realNow(), zone });
    const waiting = rows.filter(({ part }) => part === 'waits');
    const frame = { title: 'Decide on several', companyName: settings.organization.companyName, who: headOf(visitor) };
    await sendPage(
      response,
      status,
      frame,
      html`${before}
        ${waiting.length === 0 ? html`<p class="soft">Nothing waits for your decision.</p>` : formOf(waiting, { csrf, zone })}
        <p><a href="/console">To my desk</a></p>`,
    );
  }

  router.get('/decide', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor !== null) await show(response, visitor, '');
  });

  router.post('/decide', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const chosen = fieldsOf(request, 'offer').flatMap((value) => {
      const [leadId = '', assignmentId = ''] = value.split(' ');
      return isId('lead', leadId) && isId('assignment', assignmentId) ? [{ leadId, assignmentId }] : [];
    });
    if (chosen.length === 0) return show(response, visitor, problem('Choose at least one lead.'), 400);
    const form = `console:${visitor.actors.map(actorHandle).join()}:accept-many:${onceOf(request)}`;
    const became: { leadId: string; refusal: string | null }[] = [];
    for (const { leadId, assignmentId } of chosen) {
      const post = { request, visitor, leadId, commandId: idFor('command', `${form}:${leadId}`) };
      try {
        await execute(deps, post, 'accept', (base) => ({ ...base, kind: 'accept', assignmentId }));
        became.push({ leadId, refusal: null });
      } catch (error) {
        if (!isAppError(error) || (ERROR_CODES[error.code].status >= 500 && error.code !== 'COMMAND_PENDING'))
          throw error;
        became.push({ leadId, refusal: error.message });
      }
    }
    const names = await readLeadNames(
      store.db,
      { kind: 'all' },
      became.map(({ leadId }) => leadId),
    );
    const lines = became.map(({ leadId, refusal }) => {
      const name = nameOf(names.get(leadId) ?? { firstName: null, lastName: null, company: null });
      // Who was refused may not see whose lead it is by now.
      return refusal === null
        ? html`<li><a href="/console/leads/${leadId}">${name}</a>: accepted</li>`
        : html`<li>Not accepted: ${refusal}</li>`;
    });
    await show(
      response,
      visitor,
      html`<div class="done" role="status">
        <ul>
          ${lines}
        </ul>
      </div>`,
    );
  });
}

function formOf(waiting: readonly DeskRow[], { csrf, zone }: { csrf: string; zone: string }): Html {
  const rows = waiting.map(
    (row) =>
      html`<li>
        <label class="check"
          ><input type="checkbox" name="offer" value="${row.leadId} ${row.assignmentId ?? ''}" />
          <span
            >${nameOf(row)}${clockBadge(row)}${row.company === null ? '' : `, ${row.company}`}: ${row.readiness}, grade
            ${row.fitGrade}${row.decideBy === null ? '' : html` <span class="soft">by ${timesOf(row, zone)(row.decideBy)}</span>`}${row.stepAt === null ? '' : html`, planned: ${row.nextStep ?? 'next step'} <span class="soft">${timesOf(row, zone)(row.stepAt)}</span>`}</span
          ></label
        >
        <a href="/console/leads/${row.leadId}">Look<span class="hidden"> at ${nameOf(row)}</span></a>
      </li>`,
  );
  return html`<form class="card" method="post" action="/console/decide">
    ${csrfField(csrf)} <input type="hidden" name="once" value="${newId('command')}" />
    <ul class="plain">
      ${rows}
    </ul>
    <button class="main">Accept the chosen</button>
    <p class="soft">A lead is rejected on its own page, with a reason.</p>
  </form>`;
}
