import { html } from 'hono/html';
import { type Fading, scoreAtMs } from '../domain/score.ts';
import { shownScore } from '../domain/score-words.ts';
import { moneyInWords } from '../domain/money-words.ts';
import { ordersOf } from '../domain/orders.ts';
import { leadNow } from '../store/clock.ts';
import type { LEAD_ORDERS } from '../store/lists/lead-places.ts';
import type { ListedLead } from '../store/lists/leads.ts';
import type { Html } from './layout.ts';
import { sortHead, type Sorting } from './sort-links.ts';
import { headsOf, numberHead, wideTable } from './table.ts';
import { clockBadge, nameOf, timesOf, type When } from './words.ts';

/** By what a lead is worth: its current need, and its orders. */
export const MONEY_ORDERS = ['value', 'orders'] as const;

/** `newest`: the order of the list when none is asked for. */
export type ListOrder = (typeof LEAD_ORDERS)[number] | (typeof MONEY_ORDERS)[number] | 'newest';

interface Sorted {
  now: Sorting<ListOrder>;
  /** The list in another order. */
  pathOf: (word: string) => string;
  fading: Fading;
  /** Real time. */
  nowMs: number;
  /** It can be put in the order of money too, and has the orders. */
  hasMoney?: true;
}

/** Leads as a table, each with a link to its page. Times are those of the zone. `sorted`: it can be put in another order, and has the score. */
export function leadsTable(leads: readonly ListedLead[], zone: string, sorted?: Sorted): Html {
  if (leads.length === 0) return html`<p class="soft">There is no such lead.</p>`;
  const rows = leads.map((lead) => {
    const when = timesOf(lead, zone);
    return html`<tr>
      <td><a href="/console/leads/${lead.id}">${nameOf(lead)}</a>${clockBadge(lead)}</td>
      <td>${lead.company ?? ''}</td>
      <td>${lead.stage}, grade ${lead.fitGrade}</td>
      <td>${when(lead.stageSince)}</td>
      ${
        sorted === undefined
          ? ''
          : html`<td class="number">${shownScore(scoreAtMs(lead, leadNow(lead, sorted.nowMs), sorted.fading))}</td>`
      }
      <td>${withWhom(lead)}</td>
      <td>${dueInWords(lead, when)}</td>
      <td class="number">${lead.valueMinor === null ? '' : moneyInWords(lead.valueMinor, lead.currency)}</td>
      ${sorted?.hasMoney === true ? html`<td class="number">${ordersInWords(lead)}</td>` : ''}
      <td>${when(lead.createdAt)}</td>
    </tr>`;
  });
  const sortable =
    sorted === undefined
      ? headsOf('In it since')
      : [
          sortHead<ListOrder>({ key: 'since', title: 'In it since' }, sorted.now, sorted.pathOf),
          sortHead<ListOrder>({ key: 'score', title: 'Score', down: true, isNumber: true }, sorted.now, sorted.pathOf),
        ];
  return wideTable({
    label: 'Leads',
    head: [
      ...headsOf('Lead', 'Company', 'Stage'),
      ...sortable,
      ...headsOf('With', 'Due'),
      ...moneyHeads(sorted),
      ...headsOf('Came in'),
    ],
    rows,
  });
}

function moneyHeads(sorted: Sorted | undefined): Html[] {
  if (sorted?.hasMoney !== true) return [numberHead('Value')];
  const { now, pathOf } = sorted;
  const more = { down: true, isNumber: true };
  return [
    sortHead<ListOrder>({ key: 'value', title: 'Value', ...more }, now, pathOf),
    sortHead<ListOrder>({ key: 'orders', title: 'Orders', ...more }, now, pathOf),
  ];
}

/** "3: €1,200.00", "2: €900.00 + $300.00" */
function ordersInWords(lead: ListedLead): string {
  const orders = ordersOf(lead);
  if (orders === null) return '';
  const count = orders.count.toLocaleString('en');
  if (orders.currency === null) return count;
  const amounts = [[orders.currency, orders.valueMinor] as const, ...Object.entries(orders.others ?? {})];
  return `${count}: ${amounts.map(([currency, minor]) => moneyInWords(BigInt(Math.round(minor)), currency)).join(' + ')}`;
}

function withWhom({ owner, offeredTo }: ListedLead): string {
  return offeredTo === null ? (owner?.name ?? '') : `offered to ${offeredTo}`;
}

/** "decision until today 15:00": what a rep has to do. */
function dueInWords({ due, dueAt }: ListedLead, when: When): string {
  return due === null || dueAt === null ? '' : `${due} until ${when(dueAt)}`;
}
