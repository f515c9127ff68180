/** Inside the opportunity: how needs go from one stage of the funnel of settings.yaml to the next, and where they stand now. */
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import type { Asked, Section } from './report.ts';
import { STOOD_COLUMNS, stoodSql } from './standing.ts';
import { ofAllTime, withTurns } from './turns.ts';

/**
 * `came`: of each need when it came to a stage of the funnel or to one after it. `stays`: its first stay at a stage, and when it left: to
 * another stage, or closed without a sale. `sales`: the opportunities of the turns. A stage that the funnel does not have any more is in neither.
 */
function withStays(asked: Asked): Prisma.Sql {
  return Prisma.sql`${withTurns(asked)},
    sales AS MATERIALIZED (SELECT turn.id, turn.lead_id, turn.value, turn.ended_at FROM turns turn WHERE turn.opportunity_at IS NOT NULL),
    funnel AS (SELECT f.stage, f.place FROM unnest(${[...asked.playbook.funnel]}::text[]) WITH ORDINALITY f (stage, place)),
    changes AS (
      SELECT turn.id, turn.lead_id, turn.value, c.funnel_stage, c.occurred_at,
        coalesce(lead(c.occurred_at) OVER need, CASE WHEN turn.ended_at >= c.occurred_at THEN turn.ended_at END) AS left_at,
        row_number() OVER (PARTITION BY turn.id, c.funnel_stage ORDER BY c.occurred_at, c.id) AS visit
      FROM sales turn JOIN funnel_changes c ON c.need_id = turn.id
      WINDOW need AS (PARTITION BY turn.id ORDER BY c.occurred_at, c.id)),
    stays AS (
      SELECT changes.id, changes.lead_id, funnel.stage, extract(epoch FROM changes.left_at - changes.occurred_at) AS stayed
      FROM changes JOIN funnel ON funnel.stage = changes.funnel_stage WHERE changes.visit = 1),
    came AS (
      SELECT furthest.id, furthest.lead_id, furthest.value, funnel.stage
      FROM (SELECT c.id, c.lead_id, c.value, max(f.place) AS place FROM changes c JOIN funnel f ON f.stage = c.funnel_stage GROUP BY 1, 2, 3) furthest
      JOIN funnel ON funnel.place <= furthest.place)`;
}

interface Counted {
  stage: string | null;
  leads: number;
  value: number;
}

export async function inFunnel(tx: Tx, asked: Asked): Promise<Section> {
  const counts = await planned<Counted & { times: [number | null, number | null] | null }>(
    tx,
    Prisma.sql`${withStays(asked)}
      SELECT NULL AS stage, count(*)::float8 AS leads, coalesce(sum(turn.value), 0)::float8 AS value, NULL::float8[] AS times
      FROM sales turn
      UNION ALL
      SELECT came.stage, count(*)::float8, coalesce(sum(came.value), 0)::float8,
        (SELECT percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY stays.stayed) FROM stays WHERE stays.stage = came.stage)
      FROM came GROUP BY came.stage`,
  );
  const all = counts.find(({ stage }) => stage === null)?.leads ?? 0;
  const of = (name: string) => counts.find(({ stage }) => stage === name);
  let before = all;
  const rows = asked.playbook.funnel.map((stage) => {
    const { leads = 0, value = 0, times } = of(stage) ?? {};
    const cells = {
      stage,
      leads,
      ofBefore: before === 0 ? null : leads / before,
      ofAll: all === 0 ? null : leads / all,
      median: times?.[0] ?? null,
      p90: times?.[1] ?? null,
      value,
    };
    before = leads;
    return { cells, rowKey: `at:${stage}` };
  });
  const value = counts.find(({ stage }) => stage === null)?.value ?? 0;
  const first = { stage: 'Opportunity', leads: all, ofBefore: null, ofAll: null, median: null, p90: null, value };
  return {
    key: 'inFunnel',
    title: 'Inside the opportunity',
    columns: [
      { key: 'stage', title: 'Stage of the funnel', unit: 'text', definition: 'As settings.yaml orders them.' },
      {
        key: 'leads',
        title: 'Needs',
        unit: 'count',
        definition: 'Opportunities of the needs that came in, and those that came to the stage, or to one after it.',
        hasLeads: true,
      },
      {
        key: 'ofBefore',
        title: 'Of the stage before',
        unit: 'share',
        definition: 'Of the first stage: of all opportunities.',
        hasLeads: true,
      },
      {
        key: 'ofAll',
        title: 'Of all opportunities',
        unit: 'share',
        definition: 'Of the opportunities of the needs that came in.',
        hasLeads: true,
      },
      {
        key: 'median',
        title: 'Time there, median',
        unit: 'seconds',
        definition:
          'From when the need first came to the stage until it left it: for another one, or closed without a sale. Half left sooner. Who is still there does not count.',
        hasLeads: true,
      },
      {
        key: 'p90',
        title: 'Time there, 90%',
        unit: 'seconds',
        definition: 'Nine in ten left sooner.',
        hasLeads: true,
      },
      { key: 'value', title: 'Value', unit: 'money', definition: 'What these needs are worth.', hasLeads: true },
    ],
    rows: [{ cells: first, rowKey: 'all' }, ...rows],
    chart: { kind: 'steps', columns: ['leads'] },
    notes: ['A stage is known of needs whose rep, or whose system, said it.'],
  };
}

/** Open opportunities, and sales that are won and not at the last stage yet: whenever they came in. `at`: the stage; null: nobody said it. */
function withStanding(asked: Asked): Prisma.Sql {
  const last = asked.playbook.funnel.at(-1) ?? '';
  return Prisma.sql`${withTurns(ofAllTime(asked))},
    standing AS (
      SELECT turn.lead_id, turn.value, turn.funnel_stage AS stage,
        coalesce((SELECT max(c.occurred_at) FROM funnel_changes c WHERE c.need_id = turn.id), turn.opportunity_at) AS since
      FROM turns turn
      WHERE (turn.stage = 'opportunity' AND turn.closed_at IS NULL) OR (turn.stage = 'customer' AND turn.funnel_stage <> ${last}))`;
}

export async function standingInFunnel(tx: Tx, asked: Asked): Promise<Section> {
  const { funnel } = asked.playbook;
  const rows = await planned<Counted & { times: [number, number] }>(
    tx,
    Prisma.sql`${withStanding(asked)}
      SELECT stage, count(*)::float8 AS leads, coalesce(sum(value), 0)::float8 AS value,
        ${stoodSql(asked, 'since')} AS times
      FROM standing GROUP BY 1 ORDER BY array_position(${[...funnel]}::text[], stage) NULLS FIRST, stage NULLS FIRST`,
  );
  return {
    key: 'standingInFunnel',
    title: 'Where all sales under way stand now',
    columns: [
      { key: 'stage', title: 'Stage of the funnel', unit: 'text', definition: 'Where the sale stands now.' },
      {
        key: 'leads',
        title: 'Needs',
        unit: 'count',
        definition: 'Open opportunities, and won sales that are not at the last stage yet.',
        hasLeads: true,
      },
      { key: 'value', title: 'Value', unit: 'money', definition: 'What these needs are worth.', hasLeads: true },
      ...STOOD_COLUMNS,
    ],
    rows: rows.map(({ stage, leads, value, times: [median, p90] }) => ({
      cells: { stage: stage ?? 'Nobody said it', leads, value, median, p90 },
      rowKey: stage === null ? 'not-said' : `now:${stage}`,
    })),
    notes: [],
  };
}

/** The leads behind a figure of these sections: `KEY|all`, `KEY|at:STAGE`, `KEY|now:STAGE` or `KEY|not-said`. Null for any other. */
export function leadsInFunnel(asked: Asked, figure: string): Prisma.Sql | null {
  const [, key = '', where = '', stage = ''] = /^(\w+)\|(all|not-said|at:|now:)(.*)$/s.exec(figure) ?? [];
  switch (where) {
    case 'all':
      return Prisma.sql`${withTurns(asked)} SELECT turn.lead_id FROM turns turn WHERE turn.opportunity_at IS NOT NULL`;
    case 'at:':
      return key === 'median' || key === 'p90'
        ? Prisma.sql`${withStays(asked)} SELECT stays.lead_id FROM stays WHERE stays.stage = ${stage} AND stays.stayed IS NOT NULL`
        : Prisma.sql`${withStays(asked)} SELECT came.lead_id FROM came WHERE came.stage = ${stage}`;
    case 'now:':
      return Prisma.sql`${withStanding(asked)} SELECT standing.lead_id FROM standing WHERE standing.stage = ${stage}`;
    case 'not-said':
      return Prisma.sql`${withStanding(asked)} SELECT standing.lead_id FROM standing WHERE standing.stage IS NULL`;
    default:
      return null;
  }
}
