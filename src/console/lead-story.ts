/** What happened to a lead, in words: the timeline, its score, and its colleagues. */
import { html } from 'hono/html';
import type { Brief } from '../store/lists/brief.ts';
import type { Colleague } from '../store/lists/colleagues.ts';
import type { Named } from '../store/lists/names.ts';
import type { PageEnd } from '../store/lists/page-end.ts';
import type { ToldRow } from '../store/lists/told-timeline.ts';
import { shownScore } from '../domain/score-words.ts';
import type { Html } from './layout.ts';
import { nameOf, type When } from './words.ts';

/** The score of each product line, and what is said of the one that it speaks for beside the need. */
export interface LineScores {
  lines: readonly { line: string; score: number }[];
  proposed: Html | '';
}

export function scoreSection({ reasons, actions, history }: Brief, { lines, proposed }: LineScores, when: When): Html {
  return html`${
      history.length === 0
        ? ''
        : html`<section class="card">
            <h2>With us before</h2>
            ${list(
              history.map(({ what, at }) => entry(what, at, when)),
              '',
            )}
          </section>`
    }
    <section class="card">
      <h2>Score explained</h2>
      ${list(
        reasons.map(({ rule, points, at }) => entry(html`<strong>${points}</strong> ${rule}`, at, when)),
        'No points now.',
      )}
      ${
        lines.length === 0
          ? ''
          : html`<h3>By product line</h3>
              <ul>
                ${lines.map(({ line, score }) => html`<li><strong>${shownScore(score)}</strong> ${line}</li>`)}
              </ul>`
      }
      ${proposed}
      <h3>What it did</h3>
      ${list(
        actions.map(({ what, at }) => entry(what, at, when)),
        'Nothing yet.',
      )}
    </section>`;
}

function withOwner(name: string | null): Html | '' {
  return name === null ? '' : html` <span class="soft">with ${name}</span>`;
}

export function colleaguesSection(colleagues: readonly Colleague[]): Html | '' {
  if (colleagues.length === 0) return '';
  const rows = colleagues.map(({ leadId, stage, ownerName, isShown, jobTitle, ...who }) => {
    const name = isShown ? html`<a href="/console/leads/${leadId}">${nameOf(who)}</a>` : 'Somebody of the company';
    const role = isShown && jobTitle !== null ? `, ${jobTitle}` : '';
    // Who may not see a lead is not told how far it is, nor with whom.
    const where = isShown ? html` <span class="badge">${stage}</span>${withOwner(ownerName)}` : '';
    return html`<li>${name}${role}${where}</li>`;
  });
  return html`<section class="card">
    <h2>Colleagues at the company</h2>
    <ul>
      ${rows}
    </ul>
  </section>`;
}

export interface Story {
  leadId: string;
  told: readonly ToldRow[];
  people: ReadonlyMap<string, Named>;
  /** Where the older entries begin; null: there are none. */
  older: PageEnd | null;
}

export function timelineSection({ leadId, told, people, older }: Story, when: When): Html {
  const rows = told.map((row) => {
    const by = people.get(row.actor);
    const { body, dueAt } = row.data;
    const words = [
      row.title,
      row.kind === 'activity' && by !== undefined ? ` by ${by.name}` : '',
      typeof dueAt === 'string' && row.kind === 'activity' ? `, due ${when(Date.parse(dueAt))}` : '',
    ].join('');
    return html`<li>
      ${words}${typeof body === 'string' ? html`<blockquote>${body}</blockquote>` : ''}
      <span class="soft small">${when(row.at)}</span>
    </li>`;
  });
  const next =
    older === null ? '' : `/console/leads/${leadId}?before=${older.at.getTime()}&key=${encodeURIComponent(older.key)}`;
  return html`<section class="card" id="timeline">
    <h2>What happened</h2>
    ${list(rows, 'Nothing yet.')} ${older === null ? '' : html`<p><a href="${next}">Older entries</a></p>`}
  </section>`;
}

function entry(what: Html | string, at: Date, when: When): Html {
  return html`<li>${what} <span class="soft small">${when(at)}</span></li>`;
}

function list(rows: readonly Html[], none: string): Html {
  return rows.length === 0
    ? html`<p class="soft">${none}</p>`
    : html`<ul>
        ${rows}
      </ul>`;
}

/** From the address of a page with older entries. */
export function pageEndOf(query: unknown): PageEnd | null {
  const { before, key } = query as { before?: unknown; key?: unknown };
  const at = new Date(Number(before));
  if (typeof before !== 'string' || typeof key !== 'string' || Number.isNaN(at.getTime())) return null;
  return /^\d:[\w-]{1,80}$/.test(key) ? { at, key } : null;
}
