/** What is counted over all leads of a broadcast. Of a large one it takes a second on a busy machine, so it is not counted anew for everybody who looks. */
import { isBroadcastOver } from '../../domain/broadcast.ts';
import type { TrialResult } from '../../domain/broadcast-trial.ts';
import type { Db } from '../db.ts';
import { isDoneWithin } from '../done-within.ts';
import { type Broadcast, progressOf } from './broadcasts.ts';
import { ledgerOf } from './ledger.ts';
import { type Reactions, reactionsOf } from './reactions.ts';

export interface BroadcastFigures {
  /** Leads that it has still to come to. */
  left: number;
  outcomes: Readonly<Record<string, number>>;
  trial: readonly TrialResult[];
  reactions: Reactions;
  countedAt: Date;
}

/** Of fewer leads it is counted each time. */
const LARGE = 50_000;
/** Figures are used for so many times as long as they took. */
const USED_FOR = 20;
/** Older ones nobody is shown, in milliseconds: who looks waits. */
const TOO_OLD = 600_000;
const KEPT_AT_MOST = 200;

/** Once it is over they are counted anew at once. */
export function figuresOf(db: Db, one: Broadcast): Promise<BroadcastFigures> {
  return kept(db, one, 'figures', async () => {
    const countedAt = new Date();
    const counting = ledgerOf(db, one);
    const [left, { outcomes, trial }, reactions] = await Promise.all([
      leftNow(db, one),
      counting,
      reactionsOf(db, one.id, counting),
    ]);
    // Who a canceled one had not come to has no message: they are told beside those that have one.
    const canceled = one.status === 'canceled' ? left + (outcomes['canceled'] ?? 0) : 0;
    const became = canceled === 0 ? outcomes : { ...outcomes, canceled };
    return { left: canceled === 0 ? left : 0, outcomes: became, trial, reactions, countedAt };
  });
}

/** Leads that it has still to come to. */
export function leftOf(db: Db, one: Broadcast): Promise<number> {
  return kept(db, one, 'left', () => leftNow(db, one));
}

/** The same; null where the first count of a large one takes longer than this, in milliseconds: whoever looks next finds it. */
export async function leftSoon(db: Db, one: Broadcast, withinMs: number): Promise<number | null> {
  const counting = leftOf(db, one);
  return (await isDoneWithin(withinMs, counting)) ? counting : null;
}

/** One that is done has come to everybody; the rows that it had are dead, and slow to read until the database has cleared them. */
async function leftNow(db: Db, one: Broadcast): Promise<number> {
  return one.status === 'done' ? 0 : (await progressOf(db, one)).left;
}

interface Kept<T> {
  value: T;
  /** By the clock of `performance`. */
  at: number;
  tookMs: number;
}

interface Entry<T> {
  last: Kept<T> | null;
  counting: Promise<T> | null;
}

const ofDb = new WeakMap<Db, Map<string, Entry<unknown>>>();

function kept<T>(db: Db, { id, status, total }: Broadcast, what: string, count: () => Promise<T>): Promise<T> {
  if ((total ?? 0) < LARGE) return count();
  const entries = ofDb.get(db) ?? new Map<string, Entry<unknown>>();
  ofDb.set(db, entries);
  const key = [what, id, isBroadcastOver(status)].join(' ');
  const entry = (entries.get(key) ?? { last: null, counting: null }) as Entry<T>;
  // What was asked for last is at the end.
  entries.delete(key);
  entries.set(key, entry);
  for (const oldest of entries.keys()) if (entries.size > KEPT_AT_MOST) entries.delete(oldest);
  const { last } = entry;
  const age = last === null ? Infinity : performance.now() - last.at;
  if (last !== null && age < last.tookMs * USED_FOR) return Promise.resolve(last.value);
  const counting = (entry.counting ??= counted(entry, count));
  if (last === null || age > TOO_OLD) return counting;
  // Whoever looks gets those there are, and the next look the new ones; or hears why there are none.
  counting.catch(() => {});
  return Promise.resolve(last.value);
}

async function counted<T>(entry: Entry<T>, count: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  try {
    const value = await count();
    const at = performance.now();
    entry.last = { value, at, tookMs: at - begun };
    return value;
  } finally {
    entry.counting = null;
  }
}
