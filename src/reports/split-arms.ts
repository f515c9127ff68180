/** The arms of splits, each with what can be said of it beside the others. */
import { chanceThatLarger, intervalOf, moreNeeded, type Share } from '../domain/compare-shares.ts';
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import type { Asked, Row, Section } from './report.ts';
import { ofAllTime, withTurns } from './turns.ts';
import { intervalInWords } from './words.ts';

interface ArmRow {
  cadence: string;
  stepId: string;
  arm: string;
  leads: number;
  clicked: number;
  untracked: number;
  qualified: number;
  won: number;
  value: number;
}

/** The arms of each split, the holdout among them, each with what can be said of it beside the one that did best otherwise. */
export async function splitArms(tx: Tx, asked: Asked): Promise<Section> {
  const rows = await planned<ArmRow>(
    tx,
    Prisma.sql`${withTurns(ofAllTime(asked))}
      SELECT a.cadence, a.step_id AS "stepId", a.arm, count(*)::float8 AS leads,
        count(*) FILTER (WHERE EXISTS (SELECT FROM sends s JOIN events e ON e.send_id = s.id
          WHERE s.enrollment_id = a.enrollment_id AND s.occurred_at >= a.occurred_at AND e.type = 'email.clicked' AND NOT e.machine))::float8 AS clicked,
        count(*) FILTER (WHERE EXISTS (SELECT FROM sends s WHERE s.enrollment_id = a.enrollment_id AND s.occurred_at >= a.occurred_at
            AND s.audience = 'lead' AND s.status = 'sent' AND s.untracked = 'all')
          AND NOT EXISTS (SELECT FROM sends s WHERE s.enrollment_id = a.enrollment_id AND s.occurred_at >= a.occurred_at
            AND s.audience = 'lead' AND s.channel = 'email' AND s.status = 'sent' AND s.untracked IS DISTINCT FROM 'all'))::float8 AS untracked,
        count(*) FILTER (WHERE turn.qualified_at >= a.occurred_at)::float8 AS qualified,
        count(*) FILTER (WHERE turn.won_at >= a.occurred_at)::float8 AS won,
        coalesce(sum(turn.value) FILTER (WHERE turn.won_at >= a.occurred_at), 0)::float8 AS value
      FROM split_arms a JOIN enrollments e ON e.id = a.enrollment_id JOIN turns turn ON turn.id = e.need_id
      WHERE a.occurred_at >= ${asked.since} AND a.occurred_at < ${asked.until}
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  );
  return {
    key: 'splits',
    title: 'Splits',
    columns: [
      { key: 'name', title: 'Arm', unit: 'text' },
      { key: 'leads', title: 'Leads', unit: 'count', definition: 'Who came to the split in the period.' },
      { key: 'clicked', title: 'Clicked', unit: 'count', definition: 'Leads who clicked in a mail after the split.' },
      {
        key: 'untracked',
        title: 'Not tracked',
        unit: 'count',
        definition:
          'Leads of whom it cannot be known whether they clicked: none of their mails after the split was tracked.',
      },
      { key: 'qualified', title: 'Qualified', unit: 'count', definition: 'Became ready for sales after the split.' },
      { key: 'rate', title: 'Qualified, of all', unit: 'share' },
      { key: 'between', title: '95 % between', unit: 'text' },
      { key: 'won', title: 'Won', unit: 'count' },
      {
        key: 'each',
        title: 'Won value a lead',
        unit: 'money',
        definition: 'What a lead of the arm brought on average.',
      },
      {
        key: 'lift',
        title: 'Lift',
        unit: 'share',
        definition:
          'How much larger the qualified share is than the holdout’s, where there is one: 20 % is a fifth more.',
      },
      { key: 'verdict', title: 'Verdict', unit: 'text', definition: 'By who qualified. “Better” from 95 % sure on.' },
    ],
    rows: rows.map((row): Row => {
      const others = rows.filter(
        (one) => one.cadence === row.cadence && one.stepId === row.stepId && one.arm !== row.arm,
      );
      const holdout = others.find(({ arm }) => arm === 'holdout');
      const share = qualifiedOf(row);
      const base = holdout === undefined ? null : holdout.qualified / holdout.leads;
      return {
        cells: {
          name: `${row.cadence}: ${row.stepId}, ${row.arm}`,
          leads: row.leads,
          clicked: row.clicked,
          untracked: row.untracked,
          qualified: row.qualified,
          rate: row.qualified / row.leads,
          between: intervalInWords(intervalOf(share)),
          won: row.won,
          each: Math.round(row.value / row.leads),
          lift: base === null || base === 0 ? null : row.qualified / row.leads / base - 1,
          verdict: verdictOn(row, others),
        },
      };
    }),
    notes: [],
  };
}

function qualifiedOf({ qualified, leads }: ArmRow): Share {
  return { cases: qualified, of: leads };
}

const SURE = 0.95;

/** In words: beside the best of the other arms. */
function verdictOn(row: ArmRow, others: readonly ArmRow[]): string {
  const best = others.toSorted((a, b) => b.qualified / b.leads - a.qualified / a.leads)[0];
  if (best === undefined) return 'no other arm yet';
  const sure = chanceThatLarger(qualifiedOf(row), qualifiedOf(best));
  const percent = (chance: number): string => `${Math.min(99.9, Math.floor(chance * 1_000) / 10)} % sure`;
  if (sure >= SURE) return `better than ${best.arm}, ${percent(sure)}`;
  if (sure <= 1 - SURE) return `worse than ${best.arm}, ${percent(1 - sure)}`;
  const more = moreNeeded(qualifiedOf(row), qualifiedOf(best));
  return more === null || more === 0 ? 'not known yet' : `not known yet, about ${more} more leads an arm are needed`;
}
