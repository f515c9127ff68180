/** Who goes first where mails wait for room in a limit, and how long the others wait. Pure: the counting is done by the database. */
import type { Limit } from './sending-limits.ts';

/**
 * `answer`: what a person just asked for. `few`: a mail of a cadence or broadcast that has used little and has nobody waiting. `many`: any
 * other. `due`: one of the many that has waited until its turn: it may come a little early or late, as who wakes it has other things to do. Each
 * may use a little more of a limit than those before it: so it finds room where they have used up theirs.
 */
const RANKS = { many: 1, due: 1.5, few: 2, answer: 5 } as const;
export type Rank = keyof typeof RANKS;

/** The share of a limit that is kept for cadences with few mails. Of a day it is given free bit by bit until its end. */
const KEPT = 0.1;

/** How far ahead of an even rate mails of a rank may be, in milliseconds: so many mails, or so many seconds. */
export function aheadMs(intervalMs: number, rank: Rank): number {
  return RANKS[rank] * Math.max(1_000, intervalMs);
}

/** How many mails of a day mails of a rank may use by now. An answer never waits for tomorrow. */
export function usableToday(limit: Extract<Limit, { kind: 'day' }>, rank: Rank, nowMs: number): number {
  if (rank === 'answer') return Number.MAX_SAFE_INTEGER;
  if (rank === 'few') return limit.mails;
  const passed = (nowMs - limit.startsMs) / (limit.endsMs - limit.startsMs);
  return Math.floor(limit.mails * (1 - KEPT * (1 - Math.min(1, Math.max(0, passed)))));
}

/** A cadence that has used no more than so many mails in this time is one of few. */
export function fewOf(limit: Limit): { mails: number; withinMs: number } {
  const withinMs = limit.kind === 'rate' ? aheadMs(limit.intervalMs, 'many') : limit.endsMs - limit.startsMs;
  return { mails: Math.max(1, Math.floor((withinMs / evenMs(limit)) * KEPT)), withinMs };
}

/** Between two that wait, where mails of `others` cadences wait beside them. A little more than even: who is overtaken finds room. */
export function stepMs(limit: Limit, others: number): number {
  return evenMs(limit) * (1 + others) * 1.1;
}

/** Places of those that wait may stay empty for so long, in milliseconds: those that a worker took at once and did not need. */
const EMPTY_FOR = 2_000;
/** Of a day, such a share of it. */
const EMPTY_SHARE = 0.01;
const MOST_PLACES = 64;

/** How many places of those that wait one statement takes at most. */
export function mostPlaces(limit: Limit): number {
  const emptyForMs = limit.kind === 'rate' ? EMPTY_FOR : (limit.endsMs - limit.startsMs) * EMPTY_SHARE;
  return Math.max(1, Math.min(MOST_PLACES, Math.floor(emptyForMs / stepMs(limit, 0))));
}

/**
 * Those of a cadence or broadcast who found no room in their turn wait in a queue of their own, before the others of it: who comes in its turn
 * meanwhile goes behind them.
 */
export function againLane(lane: string): string {
  return AGAIN + lane;
}

/** The cadence or broadcast whose queue it is, of either kind. */
export function ofLane(lane: string): string {
  return lane.startsWith(AGAIN) ? lane.slice(AGAIN.length) : lane;
}

const AGAIN = 'again:';

function evenMs(limit: Limit): number {
  return limit.kind === 'rate' ? limit.intervalMs : (limit.endsMs - limit.startsMs) / limit.mails;
}
