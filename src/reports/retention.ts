/** Who buys again, by when they bought first. */
import { ORDER_EVENT } from '../domain/orders.ts';
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import type { Asked, Row, Section } from './report.ts';
import { withTurns } from './turns.ts';

/**
 * `bought`: a row for each lead with a need in the period that ever was won or ordered, with the quarter of the first time, whether the year
 * after it is over (`over`), and whether it was won or ordered again within it. A sale and the order of it are no second time: only a second
 * win, or a second order, is.
 */
function withBought(asked: Asked): Prisma.Sql {
  const { zone, realNowMs } = asked;
  return Prisma.sql`${withTurns(asked)},
    times AS (
      SELECT n.lead_id, 'won' AS kind, n.won_at AS at FROM needs n WHERE n.won_at IS NOT NULL
      UNION ALL SELECT e.lead_id, 'ordered', e.occurred_at FROM leads l
        JOIN events e ON e.lead_id = l.id AND e.type = ${ORDER_EVENT} AND NOT e.machine WHERE l.orders IS NOT NULL),
    counted AS (SELECT lead_id, at, row_number() OVER (PARTITION BY lead_id, kind ORDER BY at) AS place FROM times),
    buyers AS (SELECT lead_id, min(at) AS first, min(at) FILTER (WHERE place = 2) AS second FROM counted GROUP BY lead_id),
    bought AS (
      SELECT lead_id, to_char(first AT TIME ZONE ${zone}, 'YYYY "Q"Q') AS quarter, first + interval '1 year' <= ${new Date(realNowMs)} AS over,
        coalesce(second < first + interval '1 year', FALSE) AS again
      FROM buyers WHERE lead_id IN (SELECT turn.lead_id FROM turns turn))`;
}

/** Which of them a figure counts, by its key. */
const WHO: Readonly<Record<string, Prisma.Sql>> = {
  customers: Prisma.sql`TRUE`,
  over: Prisma.sql`bought.over`,
  again: Prisma.sql`bought.again`,
  rate: Prisma.sql`(bought.over AND bought.again)`,
};

export async function retention(tx: Tx, asked: Asked): Promise<Section> {
  const rows = await planned<{ quarter: string; customers: number; over: number; again: number; rate: number | null }>(
    tx,
    Prisma.sql`${withBought(asked)}
      SELECT quarter, count(*)::float8 AS customers, count(*) FILTER (WHERE over)::float8 AS over,
        count(*) FILTER (WHERE again)::float8 AS again,
        count(*) FILTER (WHERE over AND again)::float8 / nullif(count(*) FILTER (WHERE over), 0) AS rate
      FROM bought GROUP BY 1 ORDER BY 1`,
  );
  return {
    key: 'retention',
    title: 'Who buys again, by quarter of the first time',
    columns: [
      { key: 'quarter', title: 'First bought in', unit: 'text', definition: 'The quarter of the first time.' },
      {
        key: 'customers',
        title: 'Buyers',
        unit: 'count',
        definition: 'Buyers, as above, who were won or ordered for the first time then.',
        hasLeads: true,
      },
      {
        key: 'over',
        title: 'A year ago',
        unit: 'count',
        definition: 'Of these, first bought a year ago or longer: what they did within it is known.',
        hasLeads: true,
      },
      {
        key: 'again',
        title: 'Again within a year',
        unit: 'count',
        definition: 'Were won, or ordered, a second time within a year of the first, up to now.',
        hasLeads: true,
      },
      {
        key: 'rate',
        title: 'Retention',
        unit: 'share',
        definition: 'Again within a year, of those who first bought a year ago or longer.',
        hasLeads: true,
      },
    ],
    rows: rows.map((row): Row => ({ cells: row, rowKey: `retention|${row.quarter}` })),
    chart: { kind: 'bars', columns: ['customers', 'again'] },
    notes: ['A won sale and the order of it are one time. Newer customers have had less than a year for a second one.'],
  };
}

/** `figure`: a column and the quarter: "again|retention|2026 Q1". Null for any other. */
export function leadsOfRetention(asked: Asked, figure: string): Prisma.Sql | null {
  const [, key = '', quarter] = /^(\w+)\|retention\|(.*)$/s.exec(figure) ?? [];
  const who = Object.hasOwn(WHO, key) ? WHO[key] : undefined;
  if (who === undefined || quarter === undefined) return null;
  return Prisma.sql`${withBought(asked)} SELECT bought.lead_id FROM bought WHERE bought.quarter = ${quarter} AND ${who}`;
}
