/** What became of leads that were handed over, by what the rules said of them then. */
import type { LearnedFacts } from './learned/model.ts';
import { bandOf, type ScoreBand } from './readiness.ts';
import { reasonLabel } from './reason-words.ts';
import type { RejectReason } from './reasons.ts';

/** open: accepted, and neither won nor closed yet. rejected: also sent back after it was accepted. */
export type HandOffResult = 'won' | 'lost' | 'rejected' | 'open';

/** A hand-off as of the moment it was offered to a rep. */
export interface PastHandOff extends LearnedFacts {
  /** Epoch milliseconds, on the lead's clock. */
  atMs: number;
  result: HandOffResult;
  /** The need became an opportunity at least. */
  opportunity: boolean;
  /** Key of the reason of a rejection. */
  reason: string | null;
  /** By grade and score then. Otherwise it qualified by high intent, or by older rules. */
  ready: boolean;
  /** Rules that had given points by then. */
  rules: readonly string[];
}

export interface BacktestRow {
  name: string;
  handOffs: number;
  won: number;
  lost: number;
  rejected: number;
  open: number;
  /** Grade and score alone had not made them ready: they came by a high-intent event, by a person, or by older rules. */
  otherwise: number;
  /** Percent of those that were won among those that have an outcome; null: none has. */
  winRate: number | null;
  /** Percent that sales rejected among those that have an outcome. */
  rejectRate: number | null;
  /** The most frequent reason of its rejections. */
  reason: string | null;
}

export interface Backtest {
  all: BacktestRow;
  /** The highest first. */
  bands: BacktestRow[];
  grades: BacktestRow[];
  /** The rule with the highest share of rejections first. */
  rules: BacktestRow[];
}

const WIDTH = 10;

export function backtest(handOffs: readonly PastHandOff[], bands: readonly ScoreBand[] | undefined): Backtest {
  const byBand = new Map<string, PastHandOff[]>();
  for (const one of handOffs.toSorted((a, b) => b.score - a.score)) push(byBand, bandNameOf(one.score, bands), one);
  const byGrade = new Map<string, PastHandOff[]>();
  for (const one of handOffs.toSorted((a, b) => (a.grade < b.grade ? -1 : 1))) push(byGrade, one.grade, one);
  const byRule = new Map<string, PastHandOff[]>();
  for (const one of handOffs) for (const rule of new Set(one.rules)) push(byRule, rule, one);
  const rules = rowsOf(byRule).toSorted(
    (a, b) => (b.rejectRate ?? -1) - (a.rejectRate ?? -1) || b.handOffs - a.handOffs,
  );
  return { all: rowOf('all', handOffs), bands: rowsOf(byBand), grades: rowsOf(byGrade), rules };
}

/** With reasons as people call them. */
export function withReasonLabels(
  rows: readonly BacktestRow[],
  reasons: readonly Pick<RejectReason, 'reason' | 'label'>[],
): BacktestRow[] {
  return rows.map((row) => ({ ...row, reason: row.reason === null ? null : reasonLabel(row.reason, reasons) }));
}

/** The row of `bands` that a score is in. */
export function bandNameOf(score: number, bands: readonly ScoreBand[] | undefined): string {
  return bands === undefined ? rangeOf(score) : (bandOf({ bands }, score) ?? '');
}

function push(map: Map<string, PastHandOff[]>, key: string, one: PastHandOff): void {
  const there = map.get(key);
  if (there === undefined) map.set(key, [one]);
  else there.push(one);
}

function rangeOf(score: number): string {
  const from = Math.floor(score / WIDTH) * WIDTH;
  return `${from} to ${from + WIDTH - 1}`;
}

function rowsOf(groups: ReadonlyMap<string, readonly PastHandOff[]>): BacktestRow[] {
  return [...groups].map(([name, of]) => rowOf(name, of));
}

function rowOf(name: string, of: readonly PastHandOff[]): BacktestRow {
  const count = (result: HandOffResult): number => of.filter((one) => one.result === result).length;
  const [won, lost, rejected, open] = [count('won'), count('lost'), count('rejected'), count('open')];
  const decided = won + lost + rejected;
  const percent = (part: number): number | null => (decided === 0 ? null : Math.round((part / decided) * 1_000) / 10);
  return {
    name,
    handOffs: of.length,
    won,
    lost,
    rejected,
    open,
    otherwise: of.filter(({ ready }) => !ready).length,
    winRate: percent(won),
    rejectRate: percent(rejected),
    reason: mostFrequent(of.flatMap(({ reason }) => reason ?? [])),
  };
}

function mostFrequent(words: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}
