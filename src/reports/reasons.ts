/** Why sales sends needs back, and why needs end without a sale: by what the report is split by, and by the rules that handed them over. */
import { Prisma } from '../store/generated/client.ts';
import { withDefinitions } from './definitions.ts';
import { groupColumn, groupOf, inGroup } from './grouped.ts';
import type { Asked, Column, Row, Section } from './report.ts';

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

/** Of needs with any reason, each once. */
const TOTAL = 'all';

interface ReasonCounts {
  reason: string;
  what: string;
  needs: number;
  share: number;
}

const WHAT: Column = {
  key: 'what',
  title: 'What became of it',
  unit: 'text',
  definition: 'Sent back by a rep, ended without a sale, or disqualified.',
};

const COLUMNS: readonly Column[] = [
  WHAT,
  { key: 'reason', title: 'Reason', unit: 'text', definition: 'As reasons.yaml names it.' },
  {
    key: 'needs',
    title: 'Needs with the reason',
    unit: 'count',
    definition:
      'A need with several reasons counts for each, and once in the total; a rejection whose reason then ended the need counts as its end.',
    hasLeads: true,
  },
  {
    key: 'share',
    title: 'Of those handed over',
    unit: 'share',
    definition: 'Of the needs handed over that are of the same group as the row; in the total, of all handed over.',
    hasLeads: true,
  },
];

/** Null: of all of them. */
export interface ReasonInAll {
  what: string | null;
  reason: string | null;
  needs: number;
  share: number | null;
}

/** `ReasonInAll` of `reasons`: of each reason, of each that became of needs, and of all. A need counts once in each. */
export const COUNT_REASONS_IN_ALL = Prisma.sql`
  SELECT turn.what, turn.reason, count(DISTINCT turn.id)::float8 AS needs,
    count(DISTINCT turn.id)::float8 / nullif((SELECT count(*) FROM offered), 0) AS share
  FROM reasons turn GROUP BY GROUPING SETS ((turn.what, turn.reason), (turn.what), ()) ORDER BY needs DESC, 1, 2`;

/** What came to nothing, by what became of it and by reason, whatever the report is split by. */
export function reasonsInAll(rows: readonly ReasonInAll[]): Section[] {
  const needsOf = new Map(rows.flatMap(({ what, reason, needs }) => (reason === null ? [[what, needs]] : [])));
  return [
    {
      key: 'cameToNothing',
      title: 'What came to nothing',
      columns: [
        WHAT,
        {
          key: 'needs',
          title: 'Needs with a reason',
          unit: 'count',
          definition: 'Each once. One that was sent back, and ended later for another reason, counts in both rows.',
          hasLeads: true,
        },
        {
          key: 'share',
          title: 'Of all handed over',
          unit: 'share',
          definition: 'Of all needs that were handed over.',
          hasLeads: true,
        },
      ],
      rows: rows
        .filter(({ what, reason }) => what !== null && reason === null)
        .map(({ what, needs, share }) => ({ cells: { what, needs, share }, figure: `reasons|${what}` })),
      ...totalOf(rows, 'what'),
      notes: [],
    },
    {
      key: 'reasonsInAll',
      title: 'Why, in all',
      columns: [
        ...COLUMNS,
        {
          key: 'ofWhat',
          title: 'Of what became of it',
          unit: 'share',
          definition: 'Of the needs of which the same became.',
          hasLeads: true,
        },
      ],
      rows: rows
        .filter(({ reason }) => reason !== null)
        .map(({ what, reason, needs, share }) => ({
          cells: { what, reason, needs, share, ofWhat: needs / (needsOf.get(what) ?? needs) },
          figure: `reasons|${what}|${reason}`,
        })),
      ...totalOf(rows, 'what', 'reason'),
      notes: [],
    },
  ];
}

/** The row of all, whose first cell is the name of it. `blank`: the other columns of words, of which it has none. */
function totalOf(rows: readonly ReasonInAll[], first: string, ...blank: string[]): { total?: Row } {
  const all = rows.find(({ what, reason, needs }) => what === null && reason === null && needs > 0);
  if (all === undefined) return {};
  const names = Object.fromEntries([[first, 'All'], ...blank.map((key) => [key, ''])]);
  return { total: { cells: { needs: all.needs, share: all.share, ...names }, figure: `reasons|${TOTAL}` } };
}

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

export function reasonsByGroup({ by }: Asked, rows: readonly ReasonOfGroup[], inAll: readonly ReasonInAll[]): Section {
  return {
    key: 'reasons',
    title: 'Why it came to nothing',
    columns: [groupColumn(by), ...COLUMNS],
    rows: rows.map(({ group: value, ...cells }): Row => ({
      cells: { group: value, ...cells },
      group: value,
      figure: `reasons|${cells.what}|${cells.reason}`,
    })),
    ...totalOf(inAll, 'group', 'what', 'reason'),
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

export function reasonsByRule(rows: readonly ReasonOfRule[], inAll: readonly ReasonInAll[]): Section {
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
    ...totalOf(inAll, 'cause', 'rule', 'what', 'reason'),
    notes: [],
  };
}

/** `figure`: "reasons|sent back|price", or with a rule after it; "reasons|sent back" for all of their reasons, "reasons|all". Null for any other. */
export function leadsOfReason(asked: Asked, figure: string, group: string | null | undefined): Prisma.Sql | null {
  const [key, what, reason, ...rest] = figure.split('|');
  if (key !== 'reasons' || what === undefined) return null;
  if (reason === undefined)
    return Prisma.sql`${withReasons(asked)} SELECT one.lead_id FROM (
      SELECT DISTINCT turn.id, turn.lead_id FROM reasons turn
      WHERE ${what === TOTAL ? Prisma.sql`TRUE` : Prisma.sql`turn.what = ${what}`}) one`;
  const ofGroup = inGroup(groupOf(asked), group);
  const ofRule =
    rest.length === 0 ? Prisma.sql`TRUE` : Prisma.sql`concat(turn.cause, '|', turn.routed_by) = ${rest.join('|')}`;
  return Prisma.sql`${withReasons(asked)} SELECT turn.lead_id FROM reasons turn
    WHERE turn.what = ${what} AND turn.reason = ${reason} AND ${ofGroup} AND ${ofRule}`;
}
