/** The forms on the page of a lead. Each posts to an address of its own, and works without a script. */
import { html } from 'hono/html';
import type { Playbook } from '../domain/playbook.ts';
import { csrfField, type Html } from './layout.ts';

interface LeadForm {
  /** Address of the lead's page. */
  action: string;
  csrf: string;
  /** Names this showing of the form: the same form sent twice is one command. */
  once: string;
  assignmentId: string;
  playbook: Playbook;
}

/** What a rep can log. */
export const LOGGED = { call: 'Call', email: 'Email', meeting: 'Meeting', note: 'Note' } as const;

/** What a rep can record as the outcome. */
export const RESULTS = { opportunity: 'Opportunity', won: 'Won', lost: 'Lost', 'no-need': 'No need' } as const;

export function decisionForms(form: LeadForm): Html {
  return html`<div class="cards">
    ${card('Accept', form, 'accept', html`<p>The lead is yours, and automatic mails to it stop.</p>`, 'Accept', true)}
    ${rejectForm(form, 'Reject')}
  </div>`;
}

export function workForms(form: LeadForm): Html {
  const { playbook } = form;
  return html`<div class="cards">
    ${card(
      'Log a contact or note',
      form,
      'log',
      html`${select('kind', 'What it was', LOGGED)}${note('body', 'What came of it')}`,
      'Log it',
    )}
    ${card(
      'Plan the next step',
      form,
      'next-step',
      html`<label for="dueAt">Date</label
        ><input id="dueAt" name="dueAt" type="datetime-local" required />${note('step', 'What is to be done')}`,
      'Plan it',
    )}
    ${card(
      'Record the outcome',
      form,
      'outcome',
      html`${select('result', 'Outcome', RESULTS)} <label for="value">Value (for an opportunity or a win)</label
        ><input id="value" name="value" inputmode="decimal" pattern="[0-9]{1,12}([.][0-9]{1,4})?" />
        <label for="currency">Currency</label
        ><input id="currency" name="currency" value="EUR" maxlength="3" pattern="[A-Za-z]{3}" />
        ${select('funnelStage', 'Funnel stage (for an opportunity)', { '': 'as it is', ...Object.fromEntries(playbook.funnel.map((stage) => [stage, stage])) })}`,
      'Record it',
    )}
    ${rejectForm(form, 'Send back')}
  </div>`;
}

function rejectForm(form: LeadForm, button: string): Html {
  const reasons = Object.fromEntries(form.playbook.reasons.map(({ reason, label }) => [reason, label]));
  const fields = html`${select('reason', 'Reason', { '': 'Choose a reason', ...reasons })}${note('note', 'Note (optional)')}`;
  return card(button, form, 'reject', fields, button);
}

function card(title: string, form: LeadForm, what: string, fields: Html, button: string, isMain = false): Html {
  return html`<form class="card" method="post" action="${form.action}/${what}">
    <h2>${title}</h2>
    ${csrfField(form.csrf)} <input type="hidden" name="once" value="${form.once}" /><input
      type="hidden"
      name="assignment"
      value="${form.assignmentId}"
    />
    ${fields}
    <button class="${isMain ? 'main' : ''}">${button}</button>
  </form>`;
}

function select(name: string, label: string, options: Readonly<Record<string, string>>): Html {
  const all = Object.entries(options).map(([value, words]) => html`<option value="${value}">${words}</option>`);
  return html`<label for="${name}">${label}</label
    ><select id="${name}" name="${name}">
      ${all}
    </select>`;
}

function note(name: string, label: string): Html {
  return html`<label for="${name}">${label}</label
    ><textarea id="${name}" name="${name}" rows="3" maxlength="4000"></textarea>`;
}
