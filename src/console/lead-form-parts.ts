/** What the forms on the page of a lead are made of. */
import { html } from 'hono/html';
import type { Playbook } from '../domain/playbook.ts';
import { csrfField, type Html } from './layout.ts';

export interface LeadForm {
  /** Address of the lead's page. */
  action: string;
  csrf: string;
  /** Names this showing of the form: the same form sent twice is one command. */
  once: string;
  assignmentId: string;
  playbook: Playbook;
}

export function card(title: string, form: LeadForm, what: string, fields: Html, button: string, isMain = false): Html {
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

/** `before`: stands before the id of the field, where the page has another field of the name. */
export function select(name: string, label: string, options: Readonly<Record<string, string>>, before = ''): Html {
  // A choice without a value comes first, whatever keys of digits do to the order of an object.
  const all = Object.entries(options)
    .toSorted(([a], [b]) => Number(b === '') - Number(a === ''))
    .map(([value, words]) => html`<option value="${value}">${words}</option>`);
  const id = before + name;
  return html`<label for="${id}">${label}</label
    ><select id="${id}" name="${name}">
      ${all}
    </select>`;
}

export function note(name: string, label: string, before = ''): Html {
  const id = before + name;
  return html`<label for="${id}">${label}</label
    ><textarea id="${id}" name="${name}" rows="3" maxlength="4000"></textarea>`;
}
