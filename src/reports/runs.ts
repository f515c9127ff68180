/** What became of the leads that began a cadence: how many reached the goal, and where the others left it. */
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { becameReady, endedEarly, leftEarly, wasHeldOut } from '../store/lists/run-ends.ts';
import { planned } from '../store/planned.ts';
import type { Asked, Column, Row, Section } from './report.ts';
import { sinceThen } from './since-then.ts';
import { joinTurns, ofAllTime, withTurns } from './turns.ts';

const LEFT = leftEarly('runs');
const WON = Prisma.sql`runs.won_at IS NOT NULL`;

/** The enrollments that began in the period, of leads in reach whose need fits what is asked. */
function withRuns(asked: Asked): Prisma.Sql {
  return Prisma.sql`${withTurns(ofAllTime(asked))},
    runs AS (
      SELECT e.*, ${sinceThen(Prisma.sql`e.started_at`, asked.playbook)} FROM enrollments e JOIN turns turn ON turn.id = e.need_id
      WHERE e.started_at >= ${asked.since} AND e.started_at < ${asked.until})`;
}

interface Figure extends Column {
  /** Which enrollments it counts. */
  who: Prisma.Sql;
}

const FIGURES: readonly Figure[] = [
  {
    key: 'began',
    title: 'Began',
    unit: 'count',
    definition: 'Enrollments that began in the period.',
    who: Prisma.sql`TRUE`,
  },
  {
    key: 'running',
    title: 'In it',
    unit: 'count',
    definition: 'Of these, still under way.',
    who: Prisma.sql`runs.ended_at IS NULL`,
  },
  {
    key: 'goals',
    title: 'Goal',
    unit: 'count',
    definition: 'Ended by reaching the goal.',
    who: Prisma.sql`runs.goal IS NOT NULL`,
  },
  {
    key: 'completed',
    title: 'To the end',
    unit: 'count',
    definition: 'Got everything, without the goal.',
    who: Prisma.sql`(runs.status = 'completed' AND runs.goal IS NULL)`,
  },
  {
    key: 'ready',
    title: 'Ready for sales',
    unit: 'count',
    definition: 'Ended as the lead was ready for sales: that is what a cadence is for.',
    who: endedEarly('runs', becameReady('runs')),
  },
  {
    key: 'heldOut',
    title: 'Held out',
    unit: 'count',
    definition: 'Of the holdout of a split, to be compared with the others.',
    who: endedEarly('runs', wasHeldOut('runs')),
  },
  {
    key: 'left',
    title: 'Left',
    unit: 'count',
    definition:
      'Left before the end for another reason. In it, goal, to the end, ready for sales, held out and left are all that began.',
    who: LEFT,
  },
  {
    key: 'qualified',
    title: 'Qualified',
    unit: 'count',
    definition:
      'Became ready for sales after it began. Ready before and sent back does not count, ready again does; where it began with a sale, a later need that is ready.',
    who: Prisma.sql`runs.qualified_at IS NOT NULL`,
  },
  {
    key: 'won',
    title: 'Won',
    unit: 'count',
    definition: 'Won after it began. Where it began with a sale, a later sale.',
    who: WON,
  },
];

export async function cadences(tx: Tx, asked: Asked): Promise<Section> {
  const counts = FIGURES.map(
    ({ key, who }) => Prisma.sql`count(*) FILTER (WHERE ${who})::float8 AS ${Prisma.raw(`"${key}"`)}`,
  );
  const rows = await planned<Row['cells'] & { cadence: string }>(
    tx,
    Prisma.sql`${withRuns(asked)}
      SELECT runs.cadence, ${Prisma.join(counts)}, coalesce(sum(runs.value) FILTER (WHERE ${WON}), 0)::float8 AS value
      FROM runs GROUP BY 1 ORDER BY began DESC, 1`,
  );
  return {
    key: 'cadences',
    title: 'Cadences',
    columns: [
      { key: 'cadence', title: 'Cadence', unit: 'text', definition: 'All of its revisions.' },
      ...FIGURES.map(({ who: _who, ...column }) => ({ ...column, hasLeads: true })),
      {
        key: 'value',
        title: 'Won value',
        unit: 'money',
        definition: 'What the needs of “Won” are worth.',
        hasLeads: true,
      },
    ],
    rows: rows.map((cells) => ({ cells, rowKey: `run|${cells.cadence}` })),
    chart: { kind: 'bars', columns: ['began', 'qualified', 'won'] },
    notes: [],
  };
}

/** Those who left: what became of their needs is not looked up. */
function withLeft(asked: Asked): Prisma.Sql {
  return Prisma.sql`${withTurns(ofAllTime(asked))},
    runs AS (
      SELECT e.* FROM enrollments e ${joinTurns(asked, 'e.need_id')}
      WHERE e.need_id IS NOT NULL AND e.started_at >= ${asked.since} AND e.started_at < ${asked.until})`;
}

export async function leaving(tx: Tx, asked: Asked): Promise<Section> {
  const rows = await planned<{
    cadence: string;
    stepId: string | null;
    reason: string | null;
    leads: number;
    of: number;
  }>(
    tx,
    Prisma.sql`${withLeft(asked)}
      SELECT runs.cadence, runs.waiting_from AS "stepId", runs.end_reason AS reason, count(*)::float8 AS leads,
        sum(count(*)) OVER (PARTITION BY runs.cadence)::float8 AS of
      FROM runs WHERE ${LEFT} GROUP BY 1, 2, 3 ORDER BY leads DESC, 1, 2, 3 LIMIT 200`,
  );
  return {
    key: 'leaving',
    title: 'Where people leave',
    columns: [
      {
        key: 'name',
        title: 'Step where they stood',
        unit: 'text',
        definition: 'Cadence, and the step at which they left.',
      },
      {
        key: 'reason',
        title: 'Why',
        unit: 'text',
        definition: 'Without those who were ready for sales, and the holdout.',
      },
      { key: 'leads', title: 'Left', unit: 'count', definition: 'Enrollments that ended so.', hasLeads: true },
      {
        key: 'share',
        title: 'Of those who left the cadence',
        unit: 'share',
        definition: 'Of all that left this cadence before its end.',
        hasLeads: true,
      },
    ],
    rows: rows.map(({ cadence, stepId, reason, leads, of }) => ({
      cells: { name: `${cadence}: ${stepId ?? 'before a step that is known'}`, reason, leads, share: leads / of },
      rowKey: `left|${cadence}|${stepId ?? ''}|${reason ?? ''}`,
    })),
    notes: [],
  };
}

/** `figure`: a column and what names the row, "won|run|web-nurture" or "leads|left|web-nurture|welcome|unsubscribed". Null for any other. */
export function leadsOfRuns(asked: Asked, figure: string): Prisma.Sql | null {
  const [key, section, cadence = '', stepId, ...reason] = figure.split('|');
  const of = (which: Prisma.Sql): Prisma.Sql =>
    Prisma.sql`${withRuns(asked)} SELECT runs.lead_id FROM runs WHERE runs.cadence = ${cadence} AND ${which}`;
  if (section === 'run') {
    const who = FIGURES.find((one) => one.key === (key === 'value' ? 'won' : key))?.who;
    return who === undefined ? null : of(who);
  }
  if (section !== 'left' || (key !== 'leads' && key !== 'share') || stepId === undefined) return null;
  return of(
    Prisma.sql`${LEFT} AND coalesce(runs.waiting_from, '') = ${stepId} AND coalesce(runs.end_reason, '') = ${reason.join('|')}`,
  );
}
