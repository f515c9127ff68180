/** The page of one lead for its rep: who it is, why now, what it did, and what the rep can do. */
import type { Response } from 'express';
import { html } from 'hono/html';
import type { Playbook } from '../domain/playbook.ts';
import { AppError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { formatForPeople, zoneOf } from '../domain/schedule.ts';
import { presentablePhone } from '../domain/stated-words.ts';
import { leadNow } from '../store/clock.ts';
import { type Brief, readBrief } from '../store/lists/brief.ts';
import { type LeadDetail, readLead } from '../store/lists/lead.ts';
import type { ConsoleDeps } from './deps.ts';
import { decisionForms, workForms } from './lead-forms.ts';
import { type Html, problem, sendPage } from './layout.ts';
import { requireLead, type Visitor } from './session.ts';
import { nameOf } from './words.ts';

/** @param wrong Why the form that was posted could not be carried out. @throws AppError LEAD_UNKNOWN, or the refusal of the policy */
export async function showLead(
  { store, settings }: ConsoleDeps,
  response: Response,
  visitor: Visitor,
  leadId: string,
  wrong: { status: number; message: string } | null = null,
): Promise<void> {
  await requireLead(store, visitor.actor, 'see-lead', leadId);
  const { playbook } = store.rules.current();
  const lead = await readLead(store.db, leadId);
  if (lead === null) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id');
  const nowMs = leadNow(lead, store.realNow());
  const brief = await readBrief(store.db, leadId, new Date(nowMs), playbook.scoring);
  const zone = zoneOf(visitor.rep.timeZone, playbook.defaultTimeZone);
  const frame = {
    title: nameOf(lead),
    companyName: settings.organization.companyName,
    who: { name: visitor.rep.name, csrf: visitor.csrf },
  };
  const words = (at: Date): string => formatForPeople(at.getTime(), zone);
  const content = html`${problem(wrong?.message ?? null)}
    <p><a href="/console">Back to my desk</a></p>
    ${formsOf(lead, playbook, visitor)}
    <div class="cards">${profile(lead)}${reasons(brief, words)}${actions(brief, words)}${notes(brief, words)}</div>`;
  await sendPage(response, wrong?.status ?? 200, frame, content);
}

/** What can be done with the lead as it stands. The id makes the second press of a button the same command as the first. */
function formsOf(lead: LeadDetail, playbook: Playbook, { csrf }: Visitor): Html | '' {
  const assignment = lead.assignments[0];
  const form = { action: `/console/leads/${lead.id}`, csrf, once: newId('command'), playbook };
  if (assignment?.needId !== lead.needId) return '';
  if (assignment.status === 'offered') return decisionForms({ ...form, assignmentId: assignment.id });
  return assignment.status === 'accepted' ? workForms({ ...form, assignmentId: assignment.id }) : '';
}

function profile(lead: LeadDetail): Html {
  const phone = presentablePhone(lead.phone);
  const entries: [string, string | Html | null][] = [
    ['Stage', lead.stage],
    ['Company', lead.company],
    ['Role', lead.jobTitle],
    ['Email', lead.email === null ? null : html`<a href="mailto:${lead.email}">${lead.email}</a>`],
    ['Phone', phone === null ? null : html`<a href="tel:${phone.replaceAll(' ', '')}">${phone}</a>`],
    ['Country', lead.country],
    ['Fit', `grade ${lead.fitGrade}`],
  ];
  const shown = entries.filter(([, value]) => value !== null);
  return html`<section class="card">
    <h2>Who it is</h2>
    <dl>
      ${shown.map(
        ([what, value]) =>
          html`<dt>${what}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
  </section>`;
}

function reasons({ reasons: rules }: Brief, words: (at: Date) => string): Html {
  const rows = rules.map(
    ({ rule, points, at }) => html`<li><strong>${points}</strong> ${rule} <span class="soft">${words(at)}</span></li>`,
  );
  return html`<section class="card">
    <h2>Score explained</h2>
    ${
      rows.length === 0
        ? html`<p class="soft">No points now.</p>`
        : html`<ul>
            ${rows}
          </ul>`
    }
  </section>`;
}

function actions({ actions: done }: Brief, words: (at: Date) => string): Html {
  const rows = done.map(({ what, at }) => html`<li>${what} <span class="soft">${words(at)}</span></li>`);
  return html`<section class="card">
    <h2>What it did</h2>
    ${
      rows.length === 0
        ? html`<p class="soft">Nothing yet.</p>`
        : html`<ul>
            ${rows}
          </ul>`
    }
  </section>`;
}

function notes({ notes: kept }: Brief, words: (at: Date) => string): Html {
  const rows = kept.map(
    ({ body, by, at }) => html`<li>${body} <span class="soft">${by ?? ''} ${words(at)}</span></li>`,
  );
  return html`<section class="card">
    <h2>Notes</h2>
    ${
      rows.length === 0
        ? html`<p class="soft">No notes yet.</p>`
        : html`<ul>
            ${rows}
          </ul>`
    }
  </section>`;
}
