/** Reports that count turns: figures by a dimension. A figure is a row here, and the leads behind it come with it. */
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { type Dimension, dimensionOf } from './dimensions.ts';
import { unratedNotes } from './money.ts';
import { groupColumn, type Grouped, groupOf, inGroup, inGroupOrder, MOST_GROUPS, splitTotal } from './grouped.ts';
import { isCut, periodsBetween } from './periods.ts';
import {
  type Asked,
  type Cell,
  type Chart,
  type Column,
  COUNTS_NEEDS,
  type Report,
  type Row,
  type Section,
  type Unit,
} from './report.ts';
import { withTurns } from './turns.ts';

export interface Figure {
  key: string;
  title: string;
  unit: Exclude<Unit, 'text' | 'day'>;
  definition: string;
  /** An aggregate over `turn`. */
  value: Prisma.Sql;
  /**
   * Where it can be made of sums of parts: aggregates over `turn` by their keys, and an aggregate over rows of these sums, each as `part`.
   * Then each process that reads turns adds up its own.
   */
  adds?: { sums: Readonly<Record<string, Prisma.Sql>>; value: Prisma.Sql };
  /** Of which turns the leads are shown: of a share those that are the part, of a time those that it is measured of. */
  who: Prisma.Sql;
}

/** Whether the turn came to what the column has the instant of. */
export function reached(column: string): Prisma.Sql {
  return Prisma.raw(`turn.${column} IS NOT NULL`);
}

const sumOf = (key: string): Prisma.Sql => Prisma.raw(`coalesce(sum(part."${key}"), 0)`);

/** How many turns there are of a kind. */
export function counted(key: string, title: string, definition: string, who: Prisma.Sql): Figure {
  const count = Prisma.sql`count(*) FILTER (WHERE ${who})`;
  return {
    key,
    title,
    unit: 'count',
    definition,
    value: Prisma.sql`${count}::float8`,
    adds: { sums: { [key]: count }, value: Prisma.sql`${sumOf(key)}::float8` },
    who,
  };
}

/** How large the share of one kind is among another. */
export function shareOf(key: string, title: string, definition: string, part: Prisma.Sql, whole: Prisma.Sql): Figure {
  const who = Prisma.sql`(${part} AND ${whole})`;
  const [some, all] = [Prisma.sql`count(*) FILTER (WHERE ${who})`, Prisma.sql`count(*) FILTER (WHERE ${whole})`];
  const ratio = (of: Prisma.Sql, among: Prisma.Sql): Prisma.Sql => Prisma.sql`(${of}::float8 / nullif(${among}, 0))`;
  return {
    key,
    title,
    unit: 'share',
    definition,
    value: ratio(some, all),
    adds: {
      sums: { [key]: some, [`${key} of`]: all },
      value: ratio(sumOf(key), Prisma.sql`${sumOf(`${key} of`)}::float8`),
    },
    who,
  };
}

/** The sum of the values of the turns of a kind, in the currency of reports. */
export function valueOf(key: string, title: string, definition: string, who: Prisma.Sql): Figure {
  const sum = Prisma.sql`sum(turn.value) FILTER (WHERE ${who})`;
  return {
    key,
    title,
    unit: 'money',
    definition,
    value: Prisma.sql`coalesce(${sum}, 0)::float8`,
    adds: { sums: { [key]: sum }, value: Prisma.sql`${sumOf(key)}::float8` },
    who,
  };
}

/** The time that a share of the turns needed at most from one instant to another; 0.5 is the median. `notAtOnce`: of those that did not come to both at the same instant. */
export function timeWithin(
  key: string,
  title: string,
  definition: string,
  { share, from, to, notAtOnce = false }: { share: 0.5 | 0.9; from: string; to: string; notAtOnce?: boolean },
): Figure {
  const [began, ended] = [Prisma.raw(`turn.${from}`), Prisma.raw(`turn.${to}`)];
  const who = Prisma.sql`${ended} ${Prisma.raw(notAtOnce ? '>' : '>=')} ${began}`;
  const value = Prisma.sql`percentile_cont(${share}::float8) WITHIN GROUP (ORDER BY extract(epoch FROM ${ended} - ${began})) FILTER (WHERE ${who})`;
  return { key, title, unit: 'seconds', definition, value, who };
}

interface OfTurns extends Pick<Report, 'key' | 'title' | 'question' | 'by'> {
  figures: readonly Figure[];
  /** Keys of the figures that are drawn. */
  drawn: readonly string[];
}

interface ReportOfTurns extends Report {
  leads(asked: Asked, figure: string, group: string | null | undefined): Prisma.Sql | null;
}

export function ofTurns({ key, title, question, by, figures, drawn }: OfTurns): ReportOfTurns {
  return {
    key,
    title,
    question,
    counts: COUNTS_NEEDS,
    by,
    parts: [(tx, asked) => sectionOf(tx, asked, { key, title, figures, drawn })],
    leads: (asked, figure, group) => leadsBehind(asked, figures, figure, group),
  };
}

/** The leads behind a figure of turns, as `Report.leads` says. */
export function leadsBehind(
  asked: Asked,
  figures: readonly Figure[],
  figure: string,
  group: string | null | undefined,
): Prisma.Sql | null {
  const who = figures.find((one) => one.key === figure)?.who;
  if (who === undefined) return null;
  return Prisma.sql`${withTurns(asked)} SELECT turn.lead_id FROM turns turn WHERE ${who} AND ${inGroup(groupOf(asked), group)}`;
}

/** Values, each named by its key. */
function columnsSql(figures: readonly Pick<Figure, 'key' | 'value'>[]): Prisma.Sql {
  return Prisma.join(figures.map(({ key, value }) => Prisma.sql`${value} AS ${Prisma.raw(`"${key}"`)}`));
}

export async function sectionOf(
  tx: Tx,
  asked: Asked,
  { key, title, figures, drawn }: Pick<OfTurns, 'key' | 'title' | 'figures' | 'drawn'>,
): Promise<Section> {
  const dimension = dimensionOf(asked.by);
  const { groups, total } = splitTotal(await groupsOf(tx, asked, figures, { by: groupOf(asked) }));
  const shown =
    dimension.period === undefined
      ? inGroupOrder(groups.slice(0, MOST_GROUPS), asked)
      : withoutGaps(groups, asked, dimension.period);
  const figuresOf = (row: Readonly<Record<string, Cell>>) =>
    Object.fromEntries(figures.map((figure) => [figure.key, row[figure.key] ?? (figure.unit === 'count' ? 0 : null)]));
  const unrated = total?.unrated ?? 0;
  return {
    key,
    title,
    columns: columnsOf(asked.by, figures),
    rows: shown.map((row): Row => ({
      cells: { group: row.group, ...figuresOf(row) },
      group: row.group,
      ...(dimension.period !== undefined && isCut(row.group, dimension.period, asked) && { isPartial: true }),
    })),
    total: { cells: { group: 'All', ...figuresOf(total ?? {}) } },
    chart: { kind: chartOf(dimension.period), columns: drawn },
    notes: [
      ...(groups.length > shown.length && dimension.period === undefined
        ? [`The ${MOST_GROUPS} largest of ${groups.length} are shown; the total counts all.`]
        : []),
      ...unratedNotes(unrated, asked.playbook),
    ],
  };
}

/**
 * The figures of each group and of all, the largest group by the first figure first.
 * @param which.by The group @param which.turns What the turns are read from @param which.from Where each `turn` is @param which.only Which of them
 */
export async function groupsOf(
  tx: Tx,
  asked: Asked,
  figures: readonly Figure[],
  {
    by,
    turns = withTurns(asked),
    from = Prisma.sql`turns turn`,
    only = Prisma.sql`TRUE`,
  }: { by: Prisma.Sql; turns?: Prisma.Sql; from?: Prisma.Sql; only?: Prisma.Sql },
): Promise<(Grouped & { unrated: number })[]> {
  const sums = figures.flatMap(({ adds }) => Object.entries(adds?.sums ?? {}));
  const added = figures.flatMap(({ key, adds }) => (adds === undefined ? [] : [{ key, value: adds.value }]));
  const rows = await planned<Grouped & { unrated: number }>(
    tx,
    Prisma.sql`${turns}
      SELECT grouping(part.key)::int AS "isTotal", part.key AS group, ${columnsSql(added)}, coalesce(sum(part.unrated), 0)::int AS unrated
      FROM (
        SELECT ${by} AS key, ${columnsSql(sums.map(([key, value]) => ({ key, value })))},
          count(*) FILTER (WHERE turn.has_value AND turn.value IS NULL) AS unrated
        FROM ${from} WHERE ${only} GROUP BY 1) part
      GROUP BY GROUPING SETS ((part.key), ()) ORDER BY 1, 3 DESC NULLS LAST, 2`,
  );
  const others = figures.filter(({ adds }) => adds === undefined);
  if (others.length === 0) return rows;
  const measured = Prisma.join(
    others.map(({ who }) => who),
    ' OR ',
  );
  const more = await planned<Grouped>(
    tx,
    Prisma.sql`${turns}
      SELECT grouping(g.key)::int AS "isTotal", g.key AS group, ${columnsSql(others)}
      FROM ${from} CROSS JOIN LATERAL (SELECT ${by} AS key) g
      WHERE ${only} AND (${measured}) GROUP BY GROUPING SETS ((g.key), ())`,
  );
  return rows.map((row) => ({
    ...more.find(({ isTotal, group }) => isTotal === row.isTotal && group === row.group),
    ...row,
  }));
}

function chartOf(period: 'week' | 'month' | undefined): Chart['kind'] {
  return period === undefined ? 'bars' : 'lines';
}

function columnsOf(by: Dimension, figures: readonly Figure[]): Column[] {
  return [
    groupColumn(by),
    ...figures.map(({ key, title, unit, definition }) => ({
      key,
      title,
      unit,
      definition,
      hasLeads: true,
    })),
  ];
}

/** Every period of the time asked for, also one in which nothing came. */
function withoutGaps<R extends { group: string | null }>(rows: readonly R[], asked: Asked, period: 'week' | 'month') {
  const byGroup = new Map(rows.map((row) => [row.group, row]));
  return periodsBetween(asked.since, asked.ends, asked.zone, period).map((group) => byGroup.get(group) ?? { group });
}
