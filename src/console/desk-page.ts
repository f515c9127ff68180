/** A rep's desk: what waits for a decision, what is due, and the other open leads, the readiest first. */
import type { Router } from 'express';
import { html } from 'hono/html';
import { byReadiness, endOfDayMs, partOf, type DeskLead, type DeskPart } from '../domain/desk.ts';
import { formatForPeople, zoneOf } from '../domain/schedule.ts';
import { type Fading, scoreAtMs } from '../domain/score.ts';
import { shownScore } from '../domain/score-words.ts';
import { presentable } from '../domain/stated-words.ts';
import { leadNow } from '../store/clock.ts';
import { readDesk, type DeskRow } from '../store/lists/desk.ts';
import type { ConsoleDeps } from './deps.ts';
import { type Html, sendPage } from './layout.ts';
import { visitorOf } from './session.ts';
import { moneyInWords, nameOf } from './words.ts';

interface Shown extends DeskLead {
  row: DeskRow;
  isOffered: boolean;
  isLate: boolean;
}

const PARTS: readonly { part: DeskPart; title: string; none: string }[] = [
  { part: 'waits', title: 'Waiting for your decision', none: 'Nothing waits for you.' },
  { part: 'due', title: 'Due today', none: 'Nothing is due today.' },
  { part: 'open', title: 'Other open leads', none: 'You have no other open lead.' },
];

const DONE: Readonly<Record<string, string>> = {
  rejected: 'Thank you. The lead has left your desk.',
  closed: 'The outcome is recorded.',
};

export function deskPage(router: Router, { store, settings }: ConsoleDeps): void {
  router.get('/', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const { rep, csrf } = visitor;
    const { playbook } = store.rules.current();
    const zone = zoneOf(rep.timeZone, playbook.defaultTimeZone);
    const rows = await readDesk(store.db, rep.id);
    const leads = rows.map((row) => shownOf(row, store.realNow(), playbook.scoring)).toSorted(byReadiness);
    const { done: asked } = request.query;
    const done = (typeof asked === 'string' ? DONE[asked] : undefined) ?? null;
    const parts = PARTS.map(({ part, title, none }) => {
      const its = leads.filter((lead) => partOf(lead, endOfDayMs(leadNow(lead.row, store.realNow()), zone)) === part);
      return html`<section>
        <h2>${title} (${its.length})</h2>
        ${
          its.length === 0
            ? html`<p class="soft">${none}</p>`
            : html`<ul class="plain">
                ${its.map((lead) => card(lead, zone))}
              </ul>`
        }
      </section>`;
    });
    const frame = { title: 'My desk', companyName: settings.organization.companyName, who: { name: rep.name, csrf } };
    await sendPage(
      response,
      200,
      frame,
      html`${done === null ? '' : html`<p class="done" role="status">${done}</p>`}${parts}`,
    );
  });
}

function shownOf(row: DeskRow, realNowMs: number, fading: Fading): Shown {
  const nowMs = leadNow(row, realNowMs);
  const isOffered = row.status === 'offered';
  const due = isOffered ? row.offerDueAt : row.nextStepAt;
  const dueAtMs = due?.getTime() ?? null;
  return {
    row,
    isOffered,
    grade: row.fitGrade,
    score: scoreAtMs(row, nowMs, fading),
    valueMinor: row.valueMinor === null ? null : Number(row.valueMinor),
    dueAtMs,
    isLate: dueAtMs !== null && dueAtMs < nowMs,
  };
}

function card({ row, score, grade, isOffered, isLate, dueAtMs }: Shown, zone: string): Html {
  const { company } = presentable({ ...row, jobTitle: null });
  const when = dueAtMs === null ? null : formatForPeople(dueAtMs, zone);
  const next = isOffered ? 'Decide' : (row.nextStep ?? 'Next step');
  return html`<li class="card">
    <h3><a href="/console/leads/${row.leadId}">${nameOf(row)}</a></h3>
    <p>
      ${company ?? ''} <span class="badge">grade ${grade}</span> <span class="badge">score ${shownScore(score)}</span>
      <span class="badge">${row.stage}</span
      >${row.valueMinor === null ? '' : html` <span class="badge">${moneyInWords(row.valueMinor, row.currency)}</span>`}
    </p>
    <p>
      ${when === null ? html`<span class="badge late">no next step</span>` : html`${next}: ${when}${isLate ? html` <span class="badge late">overdue</span>` : ''}`}
    </p>
  </li>`;
}
