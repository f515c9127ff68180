/** Who a lead is: each value with who said it, and the form to correct it. */
import type { Request } from 'express';
import { html } from 'hono/html';
import { phoneOf } from '../store/capture/phone.ts';
import type { ProfileEdit } from '../store/capture/edit-profile.ts';
import type { LeadDetail } from '../store/lists/lead.ts';
import type { Named } from '../store/lists/names.ts';
import { type Said, saidByInWords } from '../store/lists/who-said.ts';
import { field } from './fields.ts';
import { fieldsOfForm, type Refused } from './form-fields.ts';
import { csrfField, type Html } from './layout.ts';
import type { When } from './words.ts';
import { shortLabel } from './wrong.ts';

/** The fields that can be corrected, in the order of the form. */
const FIELDS = [
  { name: 'firstName', label: 'First name' },
  { name: 'lastName', label: 'Last name' },
  { name: 'company', label: 'Company' },
  { name: 'jobTitle', label: 'Role' },
  { name: 'phone', label: 'Phone' },
  { name: 'industry', label: 'Industry' },
  { name: 'companySize', label: 'Size of the company (people)' },
  { name: 'country', label: 'Country (name or code)' },
  { name: 'language', label: 'Language' },
  { name: 'timeZone', label: 'Time zone' },
  { name: 'preferredChannel', label: 'Preferred channel' },
] as const satisfies readonly { name: keyof ProfileEdit; label: string }[];

export interface Sayings {
  said: ReadonlyMap<string, Said>;
  people: ReadonlyMap<string, Named>;
}

export function profileSection(lead: LeadDetail, { said, people }: Sayings, when: When): Html {
  const { phone, call } = phoneOf(lead.phone);
  const rows = FIELDS.flatMap(({ name, label }) => {
    const value = lead[name];
    if (value === null || value === '') return [];
    const { actor, at } = said.get(name) ?? said.get('') ?? { actor: 'lead', at: lead.createdAt };
    const shown = name === 'phone' && call !== null ? html`<a href="${call}">${phone}</a>` : String(value);
    return html`<dt>${label}</dt>
      <dd>${shown}<br /><span class="soft small">${saidByInWords(actor, people)}, ${when(at)}</span></dd>`;
  });
  const missing = FIELDS.filter(({ name }) => lead[name] === null && name !== 'preferredChannel');
  return html`<section class="card">
    <h2>Who it is</h2>
    <dl>
      ${
        lead.email === null
          ? ''
          : html`<dt>Email</dt>
              <dd><a href="mailto:${lead.email}">${lead.email}</a></dd>`
      }${rows}
      ${
        lead.account === null
          ? ''
          : html`<dt>Account</dt>
              <dd>${lead.account.name}</dd>`
      }
    </dl>
    ${missing.length === 0 ? '' : html`<p class="soft">Not known: ${missing.map(({ label }) => shortLabel(label).toLowerCase()).join(', ')}.</p>`}
  </section>`;
}

/** What stood in a field when the page was shown goes along: only what was changed on this page is a change. */
export function profileForm(lead: LeadDetail, csrf: string, refused: Refused | null): Html {
  const form = fieldsOfForm('profile', refused, 'edit-');
  const inputs = FIELDS.map(({ name, label }) => {
    const value = String(lead[name] ?? '');
    return html`${form.input(name, label, { value, longest: 200 })}<input
        type="hidden"
        name="was-${name}"
        value="${form.valueOf(`was-${name}`, value)}"
      />`;
  });
  return html`<details class="card" ${refused?.form === 'profile' ? html`open` : ''}>
    <summary>Correct the profile</summary>
    <form method="post" action="/console/leads/${lead.id}/profile">
      ${csrfField(csrf)} ${form.problem} ${inputs}
      <p class="soft">An empty field takes the value away.</p>
      <button>Save the profile</button>
    </form>
  </details>`;
}

export function editOf(request: Request): ProfileEdit {
  const edit: ProfileEdit = {};
  for (const { name } of FIELDS) {
    const value = field(request, name);
    if (value !== field(request, `was-${name}`, Number.POSITIVE_INFINITY)) edit[name] = value;
  }
  return edit;
}
