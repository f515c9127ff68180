/** Who bought: by a need that was won, or in the shop. */
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { groupColumn, type Grouped, groupOf, groupTable } from './grouped.ts';
import { LATEST, withLatest } from './latest-turns.ts';
import { amountSql, currencyOf, hasUnratedOrdersSql } from './money.ts';
import type { Asked, Column, Section } from './report.ts';
import { CAME_TWICE } from './turns.ts';

/** Also one whose latest need is another, such as that to keep the customer. */
const WAS_WON = Prisma.sql`(SELECT n.lead_id FROM needs n WHERE n.won_at IS NOT NULL)`;
const CUSTOMER = Prisma.sql`turn.lead_id IN ${WAS_WON}`;
const ORDERED = Prisma.sql`(l.orders IS NOT NULL)`;
const BUYER = Prisma.sql`(${ORDERED} OR ${CUSTOMER})`;
/** Ordered more than once, or was won more than once. */
const AGAIN = Prisma.sql`((l.orders->>'count')::int > 1
  OR (l.id IN ${CAME_TWICE} AND (SELECT count(*) FROM needs more WHERE more.lead_id = l.id AND more.outcome = 'won') > 1))`;
const IS_OPEN = Prisma.sql`(turn.closed_at IS NULL AND turn.value IS NOT NULL)`;

/** Whose leads are behind the figures of buyers, by their keys. */
const BOUGHT: Readonly<Record<string, Prisma.Sql>> = {
  buyers: BUYER,
  customers: CUSTOMER,
  shopOnly: Prisma.sql`(${ORDERED} AND NOT ${CUSTOMER})`,
  again: Prisma.sql`(${BUYER} AND ${AGAIN})`,
  againShare: Prisma.sql`(${BUYER} AND ${AGAIN})`,
  expected: Prisma.sql`(${BUYER} AND ${IS_OPEN})`,
  ordered: ORDERED,
};

/** Of each lead's latest turn, as `LATEST` has it; undefined: the figure is none of buyers. */
export function buyersBehind(figure: string): Prisma.Sql | undefined {
  return Object.hasOwn(BOUGHT, figure) ? BOUGHT[figure] : undefined;
}

export async function buyers(tx: Tx, asked: Asked): Promise<Section> {
  const group = groupOf(asked);
  const ordered = amountSql('orders', asked.playbook);
  const rows = await planned<Grouped & { unrated: number }>(
    tx,
    Prisma.sql`${withLatest(asked)}
      SELECT grouping(one.key)::int AS "isTotal", one.key AS group, count(*)::float8 AS buyers,
        count(*) FILTER (WHERE one.customer)::float8 AS customers, count(*) FILTER (WHERE NOT one.customer)::float8 AS "shopOnly",
        count(*) FILTER (WHERE one.again)::float8 AS again, count(*) FILTER (WHERE one.again)::float8 / nullif(count(*), 0) AS "againShare",
        coalesce(sum(one.expected), 0)::float8 AS expected, coalesce(sum(one.ordered), 0)::float8 AS ordered,
        count(*) FILTER (WHERE one.unrated)::float8 AS unrated
      FROM (
        SELECT ${group} AS key, ${CUSTOMER} AS customer, ${AGAIN} AS again, ${ordered} AS ordered,
          ${hasUnratedOrdersSql(asked.playbook)} AS unrated,
          CASE WHEN ${IS_OPEN} THEN turn.value END AS expected
        FROM ${LATEST} WHERE ${BUYER}) one
      GROUP BY GROUPING SETS ((one.key), ()) ORDER BY 1, ordered DESC, 2`,
  );
  const unrated = rows.find(({ isTotal }) => isTotal === 1)?.unrated ?? 0;
  const table = groupTable(
    asked,
    // The key is older than the title.
    { key: 'customers', title: 'Who bought', drawn: ['buyers', 'customers', 'again'] },
    [groupColumn(asked.by), ...buyerColumns(asked)],
    rows.map(({ unrated: _unrated, ...row }) => row as Grouped),
  );
  return { ...table, notes: unratedOrdersNotes(unrated, currencyOf(asked.playbook)) };
}

function unratedOrdersNotes(buyersWithSome: number, currency: string): string[] {
  if (buyersWithSome === 0) return [];
  const whose = `${buyersWithSome.toLocaleString('en')} ${buyersWithSome === 1 ? 'buyer' : 'buyers'}`;
  return [
    `Orders of ${whose} in a currency without a rate to ${currency} are left out of the value of orders: settings.yaml, money.rates.`,
  ];
}

function buyerColumns({ playbook }: Asked): Column[] {
  const currency = currencyOf(playbook);
  return [
    {
      key: 'buyers',
      title: 'Buyers',
      unit: 'count',
      definition:
        'Leads that were won, or ordered in the shop, at any time: customers, and those who ordered without a sale.',
      hasLeads: true,
    },
    {
      key: 'customers',
      title: 'Customers',
      unit: 'count',
      definition: 'Buyers of whom a need was won.',
      hasLeads: true,
    },
    {
      key: 'shopOnly',
      title: 'Ordered without a sale',
      unit: 'count',
      definition:
        'Buyers who ordered in the shop, and of whom no need was won. With the customers they are all buyers.',
      hasLeads: true,
    },
    {
      key: 'again',
      title: 'Bought again',
      unit: 'count',
      definition: 'Buyers who ordered, or were won, more than once, however long after.',
      hasLeads: true,
    },
    {
      key: 'againShare',
      title: 'Bought again, of buyers',
      unit: 'share',
      definition: 'Bought again, of all buyers of the row.',
      hasLeads: true,
    },
    {
      key: 'expected',
      title: 'Expected value',
      unit: 'money',
      definition: `What the open needs of buyers are expected to bring, in ${currency}. Its leads are listed by it, the largest first.`,
      hasLeads: true,
      sort: '-value',
    },
    {
      key: 'ordered',
      title: 'Value of orders',
      unit: 'money',
      definition: `All orders of buyers that the shop reported, in ${currency} by the rates of settings.yaml; a won need is no order. Its leads are listed by it, the best customers first.`,
      hasLeads: true,
      sort: '-orders',
    },
  ];
}
