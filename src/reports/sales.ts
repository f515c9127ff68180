/** What attribution shares out: won needs, opportunities and orders, each with its moment and its value. */
import { ORDER_EVENT } from '../domain/orders.ts';
import { Prisma } from '../store/generated/client.ts';
import { moneySql } from './money.ts';
import type { Asked } from './report.ts';

export interface Sale {
  key: 'won' | 'opportunities' | 'orders';
  title: string;
  /** What the column with their number counts. */
  counts: string;
  /** Rows with `id`, `lead_id`, `at`, `value` (of the currency of reports) and `is_unrated` (it has a value in a currency without a rate), from `turns`. */
  sales: (asked: Asked) => Prisma.Sql;
  /** Whether a touch `t` of the lead, up to the moment of `sale`, is one of its touches. */
  touchBelongs: Prisma.Sql;
  /** The same of an activity, which is an event `e`. */
  activityBelongs: Prisma.Sql;
  notes: readonly string[];
}

/** The sale is the need; `at`: the column of `turn` with its moment. An activity belongs to the need that was open at its time, or else to the next one. */
export function saleOfNeeds(key: 'won' | 'opportunities', title: string, at: string): Sale {
  const when = Prisma.raw(at);
  return {
    key,
    title,
    counts: 'Needs that have such a touch; one with several counts in several rows, and once in the total.',
    sales: () => Prisma.sql`SELECT turn.id, turn.lead_id, turn.opened_at, ${when} AS at, turn.value,
      turn.has_value AND turn.value IS NULL AS is_unrated FROM turns turn WHERE ${when} IS NOT NULL`,
    touchBelongs: Prisma.sql`(t.need_id = sale.id OR t.need_id IS NULL)`,
    activityBelongs: Prisma.sql`NOT EXISTS (SELECT FROM needs before WHERE before.lead_id = sale.lead_id AND before.opened_at < sale.opened_at
      AND (before.closed_at IS NULL OR before.closed_at >= e.occurred_at))`,
    notes: [],
  };
}

/** An amount beyond it is a mistake, and no money. Minor units. */
const MOST = 1e13;

/** What an order event `e` says that it was worth, as the engine sums orders up: without a currency it is in that of the lead's other orders. */
const STATED = Prisma.sql`CASE WHEN jsonb_typeof(e.properties->'valueMinor') = 'number'
    AND abs((e.properties->>'valueMinor')::numeric) <= ${MOST}::numeric THEN (e.properties->>'valueMinor')::numeric END AS minor,
  upper(coalesce(nullif(e.properties->>'currency', ''), l.orders->>'currency')) AS currency`;

/** An order counts with the need that was the lead's latest at its time; one before all needs, with the first. */
const OF_TURN = Prisma.sql`(turn.opened_at <= e.occurred_at OR NOT EXISTS (SELECT FROM needs earlier
    WHERE earlier.lead_id = turn.lead_id AND (earlier.opened_at, earlier.id) < (turn.opened_at, turn.id)))
  AND NOT EXISTS (SELECT FROM needs later
    WHERE later.lead_id = turn.lead_id AND (later.opened_at, later.id) > (turn.opened_at, turn.id) AND later.opened_at <= e.occurred_at)`;

export const ORDERS: Sale = {
  key: 'orders',
  title: 'Orders',
  counts: 'Orders that have such a touch; one with several counts in several rows, and once in the total.',
  // Leads without an order are passed over by their row.
  sales: ({ playbook }) => Prisma.sql`SELECT placed_order.id, placed_order.lead_id, placed_order.at,
      ${moneySql('placed_order.minor', 'placed_order.currency', playbook)} AS value,
      placed_order.minor <> 0 AND ${moneySql('placed_order.minor', 'placed_order.currency', playbook)} IS NULL AS is_unrated
    FROM (SELECT e.id, e.lead_id, e.occurred_at AS at, ${STATED}
      FROM turns turn JOIN leads l ON l.id = turn.lead_id AND l.orders IS NOT NULL
      JOIN events e ON e.lead_id = turn.lead_id AND e.type = ${ORDER_EVENT} AND NOT e.machine
      WHERE ${OF_TURN}) placed_order`,
  touchBelongs: Prisma.sql`TRUE`,
  activityBelongs: Prisma.sql`TRUE`,
  notes: [
    'Orders as the shop reports them, with everything that their lead did before. Nothing ties an order to a won need: the money of both tables may be the same, and is not to be added up.',
  ],
};
