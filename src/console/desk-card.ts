/** One lead on a rep's desk: who it is, why now, what is due, and a button to call it. */
import { html } from 'hono/html';
import { singleLine } from '../domain/clean-text.ts';
import { moneyInWords } from '../domain/money-words.ts';
import { type Fading, scoreAtMs } from '../domain/score.ts';
import { shownScore } from '../domain/score-words.ts';
import { presentable } from '../domain/stated-words.ts';
import { phoneOf } from '../store/capture/phone.ts';
import { leadNow } from '../store/clock.ts';
import { type DeskRow, waitingReply } from '../store/lists/desk.ts';
import type { DeskWords } from '../store/lists/desk-words.ts';
import { taskPart } from './desk-task.ts';
import type { Refused } from './form-fields.ts';
import { learnedBadge } from './learned-badge.ts';
import type { Html } from './layout.ts';
import { clockBadge, nameOf, timesOf } from './words.ts';

interface Given {
  zone: string;
  locale: string;
  scoring: Fading;
  csrf: string;
  /** The query of the desk as it is shown. */
  page: string;
  refused: Refused | null;
  realNowMs: number;
}

/** @param words Null: the rep was in touch with it, or it is a task */
export function deskCard(
  row: DeskRow,
  words: DeskWords | null,
  { zone, locale, realNowMs, scoring, csrf, page, refused }: Given,
): Html {
  const { company } = presentable({ ...row, jobTitle: null });
  const { task } = row;
  const nowMs = leadNow(row, realNowMs);
  const when = timesOf(row, zone, realNowMs);
  const { phone, call } = phoneOf(row.phone);
  const replied = waitingReply(row);
  const dues = duesOf(row).map(
    ({ what, at, isDue }) =>
      html`${what}: ${when(at)}${isDue && at.getTime() < nowMs ? html` <span class="badge late">overdue</span>` : ''}`,
  );
  return html`<li class="card">
    <h3>${row.isTheirs ? html`<a href="/console/leads/${row.leadId}">${nameOf(row)}</a>` : nameOf(row)}</h3>
    <p>
      ${company ?? ''} ${task === null ? '' : html`<span class="badge">${task.kind} asked for</span>`}
      <span class="badge">${row.readiness}</span> <span class="badge">grade ${row.fitGrade}</span>
      <span class="badge">score ${shownScore(scoreAtMs(row, nowMs, scoring))}</span>
      ${learnedBadge(row.learned)} ${row.valueTier === null ? '' : html`<span class="badge">${row.valueTier}</span>`}
      <span class="badge">${row.stage}</span
      >${clockBadge(row)}${row.valueMinor === null ? '' : html` <span class="badge">${moneyInWords(row.valueMinor, row.currency, locale)}</span>`}
    </p>
    ${row.snoozedUntil !== null && (row.part === 'snoozed' || row.shownFor !== null) ? html`<p>Snoozed until ${when(row.snoozedUntil)}${row.shownFor === null ? '' : `; something is due by ${when(row.shownFor)}`}</p>` : ''}
    ${row.standsInFor === null ? '' : html`<p>You stand in for ${row.standsInFor}, who is away.</p>`}
    ${replied === null ? '' : html`<p>Answered ${when(replied)} <span class="badge late">waits for your answer</span></p>`}
    ${
      dues.length === 0 && replied === null
        ? html`<p><span class="badge late">no next step</span></p>`
        : dues.map((due) => html`<p>${due}</p>`)
    }
    ${words === null ? '' : wordsPart(words)}
    ${call === null ? '' : html`<p><a class="button" href="${call}">Call ${phone}</a></p>`}
    ${task === null ? '' : taskPart(task, csrf, page, refused)}
  </li>`;
}

/** So much of a note stands on a card; all of it is on the page of the lead. */
const LONGEST_NOTE = 300;

function wordsPart({ whyNow, note }: DeskWords): Html {
  return html`${whyNow === null ? '' : html`<p><strong>Why now:</strong> ${whyNow}.</p>`}
  ${note === null ? '' : html`<p><strong>Note${note.by === null ? '' : ` of ${note.by}`}:</strong> ${singleLine(note.body, LONGEST_NOTE)}</p>`}`;
}

/** What is due with it, the soonest first. What came along with an offer stands below the decision, and is due once the offer is accepted. */
function duesOf({
  task,
  isOffer,
  dueAt,
  decideBy,
  answerBy,
  contactBy,
  stepAt,
  nextStep,
}: DeskRow): { what: string; at: Date; isDue: boolean }[] {
  const isDue = !isOffer;
  const dues = [
    { what: task?.body ?? '', at: task === null ? null : dueAt, isDue },
    { what: 'Decide', at: decideBy, isDue: true },
    { what: 'Answer the reply', at: answerBy, isDue },
    { what: 'Make the first contact', at: contactBy, isDue },
    { what: nextStep ?? 'Next step', at: stepAt, isDue },
  ].flatMap((one) =>
    one.at === null ? [] : [{ ...one, at: one.at, what: one.isDue ? one.what : `Once accepted: ${one.what}` }],
  );
  return dues.toSorted((a, b) => Number(b.isDue) - Number(a.isDue) || a.at.getTime() - b.at.getTime());
}
