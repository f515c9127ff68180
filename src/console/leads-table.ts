import { html } from 'hono/html';
import type { ListedLead } from '../store/lists/leads.ts';
import type { Html } from './layout.ts';
import { headsOf, wideTable } from './table.ts';
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
        <td>${whenShown(lead.stageSince, zone)}</td>
        <td>${lead.owner?.name ?? ''}</td>
        <td>${whenShown(lead.createdAt, zone)}</td>
      </tr>`,
  );
  return wideTable({
    label: 'Leads',
    head: headsOf('Lead', 'Company', 'Stage', 'In it since', 'With', 'Came in'),
    rows,
  });
}
