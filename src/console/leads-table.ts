import { html } from 'hono/html';
import type { ListedLead } from '../store/lists/leads.ts';
import type { Html } from './layout.ts';
import { nameOf, whenShown } from './words.ts';

/** Leads as a table, each with a link to its page. Times are those of the zone. */
export function leadsTable(leads: readonly ListedLead[], zone: string): Html {
  if (leads.length === 0) return html`<p class="soft">There is no such lead.</p>`;
  const rows = leads.map(
    (lead) =>
      html`<tr>
        <td><a href="/console/leads/${lead.id}">${nameOf(lead)}</a></td>
        <td>${lead.company ?? ''}</td>
        <td>${lead.stage}, grade ${lead.fitGrade}</td>
        <td>${lead.owner?.name ?? ''}</td>
        <td>${whenShown(lead.createdAt, zone)}</td>
      </tr>`,
  );
  return html`<div class="wide card" tabindex="0" role="region" aria-label="Leads">
    <table>
      <thead>
        <tr>
          <th scope="col">Lead</th>
          <th scope="col">Company</th>
          <th scope="col">Stage</th>
          <th scope="col">With</th>
          <th scope="col">Came in</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
