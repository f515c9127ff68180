/** Why sales sends needs back, and why needs end without a sale: by what the report is split by, and by the rules that handed them over. */
import { Prisma } from '../store/generated/client.ts';
import { withDefinitions } from './definitions.ts';
import { groupColumn, groupOf, inGroup } from './grouped.ts';
import type { Asked, Row, Section } from './report.ts';

/** `reasons`: a row for each need and reason. A reason that ended the need counts once, also where a rep gave it with the rejection. */
export function withReasons(asked: Asked): Prisma.Sql {
  return Prisma.sql`${withDefinitions(asked)},
    reasons AS (
      SELECT turn.*, turn.outcome_reason AS reason, CASE turn.stage WHEN 'disqualified' THEN 'disqualified' ELSE 'ended' END AS what
      FROM offered turn WHERE turn.ended_at IS NOT NULL AND turn.outcome_reason IS NOT NULL
      UNION ALL
      SELECT turn.*, a.reason, 'sent back' FROM offered turn
      JOIN (SELECT DISTINCT need_id, reason FROM assignments WHERE status = 'rejected' AND reason IS NOT NULL) a ON a.need_id = turn.id
      WHERE turn.ended_at IS NULL OR a.reason IS DISTINCT FROM turn.outcome_reason)`;
}

/** The most rows that are shown. */
const MOST_ROWS = 200;

interface ReasonCounts {
  reason: string;
  what: string;
  needs: number;
  share: number;
}

const COLUMNS: Section['columns'] = [
  {
    key: 'what',
    title: 'What became of it',
    unit: 'text',
    definition: 'Sent back by a rep, ended without a sale, or disqualified.',
  },
  { key: 'reason', title: 'Reason', unit: 'text', definition: 'As reasons.yaml names it.' },
  {
    key: 'needs',
    title: 'Needs with the reason',
    unit: 'count',
    definition:
      'A need with several reasons counts for each; a rejection whose reason then ended the need counts as its end.',
    hasLeads: true,
  },
  {
    key: 'share',
    title: 'Of those handed over',
    unit: 'share',
    definition: 'Of the needs handed over that are of the same group as the row.',
    hasLeads: true,
  },
];

export type ReasonOfGroup = ReasonCounts & { group: string | null };
export type ReasonOfRule = ReasonCounts & { cause: string; rule: string | null };

/** `ReasonOfGroup` of `reasons`. */
export function countReasonsByGroup(asked: Asked): Prisma.Sql {
  const group = groupOf(asked);
  return Prisma.sql`
    SELECT g.key AS group, turn.what, turn.reason, count(*)::float8 AS needs, count(*)::float8 / max(wholes.needs) AS share
    FROM reasons turn CROSS JOIN LATERAL (SELECT ${group} AS key) g
    JOIN (SELECT g.key, count(*) AS needs FROM offered turn CROSS JOIN LATERAL (SELECT ${group} AS key) g GROUP BY 1) wholes
      ON wholes.key IS NOT DISTINCT FROM g.key
    GROUP BY 1, 2, 3 ORDER BY needs DESC, 1, 2, 3 LIMIT ${MOST_ROWS}`;
}

export function reasonsByGroup({ by }: Asked, rows: readonly ReasonOfGroup[]): Section {
  return {
    key: 'reasons',
    title: 'Why it came to nothing',
    columns: [groupColumn(by), ...COLUMNS],
    rows: rows.map(({ group: value, ...cells }): Row => ({
      cells: { group: value, ...cells },
      group: value,
      figure: `reasons|${cells.what}|${cells.reason}`,
    })),
    notes: [],
  };
}

/** `ReasonOfRule` of `reasons`. */
export const COUNT_REASONS_BY_RULE = Prisma.sql`
  SELECT turn.cause, turn.routed_by AS rule, turn.what, turn.reason, count(*)::float8 AS needs, count(*)::float8 / max(wholes.needs) AS share
  FROM reasons turn
  JOIN (SELECT cause, routed_by, count(*) AS needs FROM offered GROUP BY 1, 2) wholes
    ON wholes.cause = turn.cause AND wholes.routed_by IS NOT DISTINCT FROM turn.routed_by
  GROUP BY 1, 2, 3, 4 ORDER BY needs DESC, 1, 2, 3, 4 LIMIT ${MOST_ROWS}`;

export function reasonsByRule(rows: readonly ReasonOfRule[]): Section {
  return {
    key: 'reasonsByRule',
    title: 'Why it came to nothing, by rule',
    columns: [
      { key: 'cause', title: 'Ready by', unit: 'text', definition: 'What made the need ready for sales.' },
      { key: 'rule', title: 'Routing rule', unit: 'text', definition: 'The rule of the first offer.' },
      ...COLUMNS,
    ],
    rows: rows.map((cells): Row => ({
      cells: { ...cells },
      figure: `reasons|${cells.what}|${cells.reason}|${cells.cause}|${cells.rule ?? ''}`,
    })),
    notes: [],
  };
}

/** `figure`: "reasons|sent back|price", or with a rule after it. Null for any other. */
export function leadsOfReason(asked: Asked, figure: string, group: string | null | undefined): Prisma.Sql | null {
  const [key, what, reason, ...rest] = figure.split('|');
  if (key !== 'reasons' || what === undefined || reason === undefined) return null;
  const ofGroup = inGroup(groupOf(asked), group);
  const ofRule =
    rest.length === 0 ? Prisma.sql`TRUE` : Prisma.sql`concat(turn.cause, '|', turn.routed_by) = ${rest.join('|')}`;
  return Prisma.sql`${withReasons(asked)} SELECT turn.lead_id FROM reasons turn
    WHERE turn.what = ${what} AND turn.reason = ${reason} AND ${ofGroup} AND ${ofRule}`;
}
