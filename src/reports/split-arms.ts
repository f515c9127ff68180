/** The arms of splits, each with what can be said of it beside the others. */
import { intervalOf, type Share } from '../domain/compare-shares.ts';
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { REACTIONS } from '../domain/mail-reactions.ts';
import type { Asked, Row, Section } from './report.ts';
import { sinceThen } from './since-then.ts';
import { isNarrowed, ofAllTime, withTurns } from './turns.ts';
import { verdictBeside } from './verdict.ts';
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

/**
 * The leads that came to a split in the period: each as `arm`, its need as `turn`, with what became of its mails after the split. Their mails
 * are put together once for all of them.
 */
function withArms(asked: Asked): Prisma.Sql {
  const inPeriod = Prisma.sql`a.occurred_at >= ${asked.since} AND a.occurred_at < ${asked.until}`;
  // Of all leads the mails are read by several processes at once, which cannot read what was put together before.
  const whose = Prisma.raw(isNarrowed(asked) ? 'at_split' : 'split_arms');
  return Prisma.sql`${withTurns(ofAllTime(asked))},
    at_split AS (
      SELECT a.lead_id, a.enrollment_id, a.cadence, a.step_id, a.arm, a.occurred_at,
        ${sinceThen(Prisma.sql`a.occurred_at`, asked.playbook)}
      FROM split_arms a JOIN enrollments e ON e.id = a.enrollment_id JOIN turns turn ON turn.id = e.need_id WHERE ${inPeriod}),
    mailed AS (
      SELECT a.enrollment_id, a.step_id, bool_or(s.reactions & ${Prisma.raw(String(REACTIONS.clicked))} <> 0) AS clicked,
        bool_or(${SENT} AND s.untracked = 'all') AS untracked,
        bool_or(${SENT} AND s.channel = 'email' AND s.untracked IS DISTINCT FROM 'all') AS tracked
      FROM ${whose} a JOIN sends s ON s.enrollment_id = a.enrollment_id AND s.occurred_at >= a.occurred_at
      WHERE ${inPeriod} GROUP BY 1, 2),
    arms AS (
      SELECT a.*, mailed.clicked, mailed.untracked AND NOT mailed.tracked AS untracked
      FROM at_split a LEFT JOIN mailed ON mailed.enrollment_id = a.enrollment_id AND mailed.step_id = a.step_id)`;
}

const SENT = Prisma.sql`s.audience = 'lead' AND s.status = 'sent'`;
const WON = Prisma.sql`arms.won_at IS NOT NULL`;

/** Whom the counts of an arm count, by their keys. */
const WHO = {
  leads: Prisma.sql`TRUE`,
  clicked: Prisma.sql`arms.clicked`,
  untracked: Prisma.sql`arms.untracked`,
  qualified: Prisma.sql`arms.qualified_at IS NOT NULL`,
  won: WON,
} as const;

/** The figures that are made of a count have its leads. */
const MADE_OF: Readonly<Record<string, keyof typeof WHO>> = { rate: 'qualified', lift: 'qualified', each: 'won' };

/** `figure`: a column, and what names the row: "qualified|split|web-nurture|words|b". Null for any other. */
export function leadsOfArm(asked: Asked, figure: string): Prisma.Sql | null {
  const [key = '', section, cadence, step, arm] = figure.split('|');
  const name = Object.hasOwn(MADE_OF, key) ? MADE_OF[key] : key;
  const who = Object.entries(WHO).find(([one]) => one === name)?.[1];
  if (section !== 'split' || who === undefined || arm === undefined) return null;
  return Prisma.sql`${withArms(asked)} SELECT arms.lead_id FROM arms
    WHERE arms.cadence = ${cadence} AND arms.step_id = ${step} AND arms.arm = ${arm} AND ${who}`;
}

/** The arms of each split, the holdout among them, each with what can be said of it beside the one that did best otherwise. */
export async function splitArms(tx: Tx, asked: Asked): Promise<Section> {
  const counts = Object.entries(WHO).map(
    ([key, who]) => Prisma.sql`count(*) FILTER (WHERE ${who})::float8 AS ${Prisma.raw(`"${key}"`)}`,
  );
  const rows = await planned<ArmRow>(
    tx,
    Prisma.sql`${withArms(asked)}
      SELECT arms.cadence, arms.step_id AS "stepId", arms.arm, ${Prisma.join(counts)},
        coalesce(sum(arms.value) FILTER (WHERE ${WON}), 0)::float8 AS value
      FROM arms GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  );
  return {
    key: 'splits',
    title: 'Splits',
    columns: [
      { key: 'name', title: 'Arm', unit: 'text', definition: 'Cadence and step of the split, and the arm.' },
      {
        key: 'leads',
        title: 'Leads',
        unit: 'count',
        definition: 'Who came to the split in the period.',
        hasLeads: true,
      },
      {
        key: 'clicked',
        title: 'Clicked',
        unit: 'count',
        definition: 'Leads who clicked in a mail after the split.',
        hasLeads: true,
      },
      {
        key: 'untracked',
        title: 'Not tracked',
        unit: 'count',
        definition:
          'Leads of whom it cannot be known whether they clicked: none of their mails after the split was tracked.',
        hasLeads: true,
      },
      {
        key: 'qualified',
        title: 'Qualified',
        unit: 'count',
        definition: 'Became ready for sales after the split. Ready before does not count, ready again does.',
        hasLeads: true,
      },
      {
        key: 'rate',
        title: 'Qualified, of all',
        unit: 'share',
        definition: 'Qualified, of the leads of the arm.',
        hasLeads: true,
      },
      {
        key: 'between',
        title: '95% between',
        unit: 'text',
        definition: 'Where the true share lies, 19 times out of 20 (Wilson’s interval).',
      },
      {
        key: 'won',
        title: 'Won',
        unit: 'count',
        definition: 'Won after the split; where the cadence began with a sale, a later sale.',
        hasLeads: true,
      },
      {
        key: 'each',
        title: 'Won value a lead',
        unit: 'money',
        definition: 'What a lead of the arm brought on average.',
        hasLeads: true,
      },
      {
        key: 'lift',
        title: 'Lift',
        unit: 'share',
        definition:
          'How much larger the qualified share is than the holdout’s, where there is one: 20% is a fifth more.',
        hasLeads: true,
      },
      { key: 'verdict', title: 'Verdict', unit: 'text', definition: 'By who qualified. “Better” from 95% sure on.' },
    ],
    rows: rows.map((row): Row => {
      const others = rows.filter(
        (one) => one.cadence === row.cadence && one.stepId === row.stepId && one.arm !== row.arm,
      );
      const holdout = others.find(({ arm }) => arm === 'holdout');
      const share = qualifiedOf(row);
      const base = holdout === undefined ? null : holdout.qualified / holdout.leads;
      return {
        rowKey: `split|${row.cadence}|${row.stepId}|${row.arm}`,
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

/** In words: beside the best of the other arms. */
function verdictOn(row: ArmRow, others: readonly ArmRow[]): string {
  const named = others.map((one) => ({ arm: one.arm, share: qualifiedOf(one) }));
  return verdictBeside(qualifiedOf(row), named, 'leads');
}
