/** What the forms on the page of a lead are made of. */
import { html } from 'hono/html';
import type { Playbook } from '../domain/playbook.ts';
import { type FormFields, fieldsOfForm, type Refused } from './form-fields.ts';
import { csrfField, type Html } from './layout.ts';

export interface LeadForm {
  /** Address of the lead's page. */
  action: string;
  csrf: string;
  /** Names this showing of the form: the same form sent twice is one command. */
  once: string;
  assignmentId: string;
  /** How the hand-off stood when the form was shown; empty: there is none. */
  as: string;
  playbook: Playbook;
  /** A form of the page that was posted and refused: it shows again what was typed. */
  refused: Refused | null;
}

/** Forms whose fields have ids without the name of the form. */
const PLAIN: ReadonlySet<string> = new Set(['reject', 'log']);

export function card(
  title: string,
  form: LeadForm,
  what: string,
  fieldsIn: (fields: FormFields) => Html,
  button: string,
  isMain = false,
): Html {
  const fields = fieldsOfForm(what, form.refused, PLAIN.has(what) ? '' : `${what}-`);
  return html`<form class="card" method="post" action="${form.action}/${what}" id="form-${what}">
    <h2>${title}</h2>
    ${csrfField(form.csrf)} <input type="hidden" name="once" value="${form.once}" /><input
      type="hidden"
      name="assignment"
      value="${form.assignmentId}"
    /><input type="hidden" name="as" value="${form.as}" />
    ${fields.problem} ${fieldsIn(fields)}
    <button class="${isMain ? 'main' : ''}">${button}</button>
  </form>`;
}
