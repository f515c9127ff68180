/**
 * A report is a module: a question, the figures that answer it, and the statement that counts them. The API, the command line, CSV and the
 * pages of the console are made from it.
 */
import type { Playbook } from '../domain/playbook.ts';
import type { Scope } from '../domain/policy.ts';
import type { Segment } from '../domain/segment.ts';
import type { Db, Tx } from '../store/db.ts';
import type { Prisma } from '../store/generated/client.ts';
import type { Dimension } from './dimensions.ts';

/** count: a number; share: 0 to 1; money: minor units of the currency of reports; seconds: a length of time; day: YYYY-MM-DD. */
export type Unit = 'text' | 'count' | 'share' | 'money' | 'seconds' | 'day';

export type Cell = string | number | null;

export interface Column {
  key: string;
  title: string;
  unit: Unit;
  /** What the figure counts, in a sentence. */
  definition?: string;
  /** The leads behind the figure can be asked for. */
  hasLeads?: boolean;
  /** The order in which the page of its leads shows them, as its address says it: `-orders`. The newest first without one. */
  sort?: string;
  /** Of days that stand for the week or the month that they begin. */
  period?: 'week' | 'month';
}

export interface Row {
  /** By the key of the column. */
  cells: Readonly<Record<string, Cell>>;
  /** The value of the dimension that the row is about; null: it is not known of these leads. Absent: the row is about all. */
  group?: string | null;
  /** The figure whose leads are behind the row's numbers, where it is not the column's own. */
  figure?: string;
  /** What names the row to `leads`, beside the key of the column: `KEY|ROWKEY`. */
  rowKey?: string;
  /** The row is of a week or a month of which the period asked for has a part. */
  isPartial?: boolean;
}

/** bars: one group a row; lines: over time; steps: from the first row down to the last; curve: the second column by the first, both shares. */
export interface Chart {
  kind: 'bars' | 'lines' | 'steps' | 'curve';
  /** Keys of the columns that are drawn. */
  columns: readonly string[];
}

export interface Section {
  key: string;
  title: string;
  columns: readonly Column[];
  rows: readonly Row[];
  total?: Row;
  chart?: Chart;
  /** Why there are no rows, where there are none and that is not because nothing happened in the time. */
  none?: string;
  /** What a reader has to know: what was left out, and why. */
  notes: readonly string[];
}

/** Values by which a report can be narrowed, each of one dimension. */
export type Filters = Readonly<Partial<Record<Dimension, string>>>;

/** What is asked of a report. */
export interface Asked {
  /** As it was asked for: on another day the same words are another period. */
  words: Readonly<Partial<Record<string, string>>>;
  /** Real time. Leads that came in at or after `since` and before `until`. */
  since: Date;
  /**
   * Where the period reaches up to now it has no end: what a lead did whose clock is ahead of ours (a fast-forward) counts as of now, in every
   * figure. `ends`: the end as it is shown.
   */
  until: Date;
  ends: Date;
  /** IANA zone of the organization: days, weeks and months begin by it. */
  zone: string;
  by: Dimension;
  filters: Filters;
  /** The leads are in it now; null: all of them. */
  segment: Segment | null;
  /** The leads that whoever asks may see. */
  scope: Scope;
  /** Needs count as well that were offered to whoever asks, or to their teams, and are somebody else's by now. */
  handedToo?: true;
  playbook: Playbook;
  realNowMs: number;
}

/** Of a report that counts turns. */
export const COUNTS_NEEDS =
  'Counts needs that came in within the period, each once, and what became of them up to today.';

/** Reads one or more sections. */
export type Part = (tx: Tx, asked: Asked) => Promise<Section | readonly Section[]>;

export interface Report {
  key: string;
  title: string;
  /** What it answers, as a reader would ask. */
  question: string;
  /** What it counts of the period, in a sentence: figures of two reports that count different things differ. */
  counts?: string;
  /** The first day without being asked, as `since` is asked for; 90 days back when it is not said. */
  since?: string;
  /** The dimensions by which it can be split; the first is the default. */
  by: readonly [Dimension, ...Dimension[]];
  /** What of the usual choices changes something; all of it when it is not said. */
  takes?: { by?: false; only?: readonly Dimension[]; segment?: false };
  /** What it is made of, in its order. The first part is read alone where only the picture is shown. */
  parts: readonly [Part, ...Part[]];
  /**
   * The leads behind a figure: SQL that selects `lead_id`, one row for each that the figure counts. Null when the figure has none.
   * @param group The value of the dimension; null: not known; undefined: all rows.
   */
  leads(
    asked: Asked,
    figure: string,
    group: string | null | undefined,
    db: Db,
  ): Prisma.Sql | null | Promise<Prisma.Sql | null>;
}

/** The figure of a cell, as `leads` takes it. */
export function figureOf({ figure, rowKey }: Pick<Row, 'figure' | 'rowKey'>, { key }: Pick<Column, 'key'>): string {
  return figure ?? (rowKey === undefined ? key : `${key}|${rowKey}`);
}
