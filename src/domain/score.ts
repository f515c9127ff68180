import { decay } from './decay.ts';

/** How points fade, and how many of them count. Every scoring model says this. */
export interface Fading {
  /** Time in which points of a rule without a group lose half their worth, in milliseconds. */
  halfLifeMs: number;
  groups?: readonly ScoreGroup[];
  /** The score counts at most so much. */
  limit?: number;
}

/** Rules whose points fade together. */
export interface ScoreGroup {
  group: string;
  halfLifeMs: number;
  /** The group counts at most so much in the score. */
  limit?: number;
}

/** Points as of an instant. Inside a group they may be below 0 or above its limit: both are cut when the score is read. */
export interface Portion {
  points: number;
  atMs: number;
}

/** By group. Rules without a group have the name `NO_GROUP`. */
export type Portions = Readonly<Record<string, Portion>>;
export const NO_GROUP = '';

/** The part of the score that is kept by group, and the score of each product line. As in `Lead.scoreParts`. */
export interface ScoreParts {
  groups?: Portions;
  lines?: Readonly<Record<string, Portions>>;
}

/** A lead's score as its row keeps it: the points of rules without a group, and the parts. */
export interface ScoreRow {
  score: number;
  scoreAt: Date;
  /** `ScoreParts`, as JSON. */
  scoreParts: unknown;
}

export function partsOfScore({ scoreParts }: Pick<ScoreRow, 'scoreParts'>): ScoreParts {
  return typeof scoreParts === 'object' && scoreParts !== null ? scoreParts : {};
}

/**
 * The engagement score at an instant, rounded to 2 decimals. Thresholds are compared with this: three events of 15 points
 * within a minute make 45, not 44.999.
 */
export function scoreAtMs(lead: ScoreRow, atMs: number, fading: Fading): number {
  return rounded(limited(unlimitedScore(lead, atMs, fading), fading.limit));
}

/** The score of a product line at an instant, rounded. A line of which nothing is known has 0. */
export function lineScoreAtMs(lead: ScoreRow, line: string, atMs: number, fading: Fading): number {
  const portions = own(partsOfScore(lead).lines, line) ?? {};
  return rounded(limited(sumOf(portions, atMs, fading), fading.limit));
}

/** What the score is before its own limit: no group counts more than its limit, or less than 0. */
export function unlimitedScore(lead: ScoreRow, atMs: number, fading: Fading): number {
  // The rest of the row is not copied: a million of them are read for a plan.
  const base = decay(lead.score, lead.scoreAt.getTime(), atMs, fading.halfLifeMs);
  const { groups } = partsOfScore(lead);
  return groups === undefined ? base : base + sumOf(groups, atMs, fading);
}

function sumOf(portions: Portions, atMs: number, fading: Fading): number {
  return Object.entries(portions).reduce((sum, [group, one]) => sum + countedOf(group, one, atMs, fading), 0);
}

/** What a group counts for. */
export function countedOf(group: string, portion: Portion, atMs: number, fading: Fading): number {
  return Math.max(0, limited(worthOf(group, portion, atMs, fading), groupNamed(group, fading)?.limit));
}

/** PostgreSQL cannot compute with the smallest numbers: what is next to nothing is nothing, here as there. */
const NOTHING = 0.001;

/** What the points of a group are worth, limits aside. Points of a group that the rules no longer have fade as those without one. */
export function worthOf(group: string, { points, atMs: fromMs }: Portion, atMs: number, fading: Fading): number {
  return Math.abs(points) < NOTHING ? 0 : decay(points, fromMs, atMs, halfLifeOf(group, fading));
}

export function halfLifeOf(group: string | null, fading: Fading): number {
  return groupNamed(group, fading)?.halfLifeMs ?? fading.halfLifeMs;
}

function groupNamed(name: string | null, { groups }: Fading): ScoreGroup | undefined {
  return groups?.find(({ group }) => group === name);
}

function limited(points: number, limit: number | undefined): number {
  return limit === undefined ? points : Math.min(points, limit);
}

function rounded(points: number): number {
  return Math.round(points * 100) / 100;
}

/** Points that a rule gives for an event at its own time. */
export interface Given {
  points: number;
  group?: string;
  /** Product line that the event speaks of. */
  line?: string;
}

/** A change of the score. `before` and `after` are the score at `atMs`, before its own limit. */
export interface ScoreChange<L> {
  lead: L;
  before: number;
  after: number;
  atMs: number;
}

/**
 * Adds points of an event. Late points are worth what their age leaves of them. The sum of a group does not depend on the order in
 * which events arrive. The points of rules without a group never fall below 0, so for them this holds as long as none are negative.
 */
export function withPoints<L extends ScoreRow>(
  lead: L,
  given: Given,
  occurredAtMs: number,
  fading: Fading,
): ScoreChange<L> {
  const atMs = Math.max(occurredAtMs, latestOf(lead));
  const before = unlimitedScore(lead, atMs, fading);
  const changed = withLine(withGroup(lead, given, occurredAtMs, fading), given, occurredAtMs, fading);
  return { lead: changed, before, after: unlimitedScore(changed, atMs, fading), atMs };
}

function withGroup<L extends ScoreRow>(lead: L, { points, group }: Given, occurredAtMs: number, fading: Fading): L {
  if (group === undefined) {
    const { score, scoreAt } = lead;
    const sum = added(NO_GROUP, { points: score, atMs: scoreAt.getTime() }, points, occurredAtMs, fading);
    return { ...lead, score: Math.max(0, sum.points), scoreAt: new Date(sum.atMs) };
  }
  const parts = partsOfScore(lead);
  const sum = added(group, own(parts.groups, group), points, occurredAtMs, fading);
  return { ...lead, scoreParts: { ...parts, groups: { ...parts.groups, [group]: sum } } };
}

function withLine<L extends ScoreRow>(lead: L, given: Given, occurredAtMs: number, fading: Fading): L {
  const { points, line, group = NO_GROUP } = given;
  if (line === undefined) return lead;
  const parts = partsOfScore(lead);
  const portions = own(parts.lines, line);
  const sum = added(group, own(portions, group), points, occurredAtMs, fading);
  return { ...lead, scoreParts: { ...parts, lines: { ...parts.lines, [line]: { ...portions, [group]: sum } } } };
}

function added(
  group: string,
  portion: Portion | undefined,
  points: number,
  occurredAtMs: number,
  fading: Fading,
): Portion {
  if (portion === undefined) return { points, atMs: occurredAtMs };
  const halfLifeMs = halfLifeOf(group, fading);
  const atMs = Math.max(portion.atMs, occurredAtMs);
  return {
    points: decay(portion.points, portion.atMs, atMs, halfLifeMs) + decay(points, occurredAtMs, atMs, halfLifeMs),
    atMs,
  };
}

/** The latest instant for which something of the score is kept. */
function latestOf(lead: ScoreRow): number {
  const { groups = {} } = partsOfScore(lead);
  return Object.values(groups).reduce((latest, { atMs }) => Math.max(latest, atMs), lead.scoreAt.getTime());
}

function own<T>(holder: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return holder !== undefined && Object.hasOwn(holder, name) ? holder[name] : undefined;
}

/** What is taken from a score, by group; null: from the rules without one. */
export interface Taken {
  group: string | null;
  points: number;
  before: number;
  after: number;
}

/** The score times a factor, product lines too. `taken` has an entry for each part that changes. */
export function scaled<L extends ScoreRow>(
  lead: L,
  factor: number,
  nowMs: number,
  fading: Fading,
): { lead: L; atMs: number; taken: Taken[] } {
  const atMs = Math.max(nowMs, latestOf(lead));
  const parts = partsOfScore(lead);
  const taken: Taken[] = [];
  const take = (after: L, group: string | null, points: number, before: L): void => {
    const total = (row: L): number => unlimitedScore(row, atMs, fading);
    if (group === null || points !== 0) taken.push({ group, points, before: total(before), after: total(after) });
  };
  const base = decay(lead.score, lead.scoreAt.getTime(), atMs, fading.halfLifeMs);
  let row: L = { ...lead, score: base * factor, scoreAt: new Date(atMs) };
  take(row, null, base * factor - base, lead);
  for (const [group, portion] of Object.entries(parts.groups ?? {})) {
    const points = worthOf(group, portion, atMs, fading);
    const groups = { ...partsOfScore(row).groups, [group]: { points: points * factor, atMs } };
    const next: L = { ...row, scoreParts: { ...partsOfScore(row), groups } };
    take(next, group, points * factor - points, row);
    row = next;
  }
  if (parts.lines === undefined) return { lead: row, atMs, taken };
  const lines = Object.fromEntries(
    Object.entries(parts.lines).map(([line, portions]) => [
      line,
      Object.fromEntries(
        Object.entries(portions).map(([group, one]) => [
          group,
          { points: worthOf(group, one, atMs, fading) * factor, atMs },
        ]),
      ),
    ]),
  );
  return { lead: { ...row, scoreParts: { ...partsOfScore(row), lines } }, atMs, taken };
}
