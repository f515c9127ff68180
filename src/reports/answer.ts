/**
 * The answer of a report: counted now, or kept since it was counted for somebody who asked the same. Only what takes long is kept, and only
 * until a lead is erased. Whoever asks while the same is being counted waits for that.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { StoreContext } from '../store/context.ts';
import { isDoneWithin } from '../store/done-within.ts';
import type { Db } from '../store/db.ts';
import {
  type AskedBefore,
  type Counted,
  findAnswer,
  forgetAnswer,
  keepAnswer,
  wantAnswer,
} from '../store/report-answers.ts';
import { BeingCounted, beingCounted, countedSoon } from './being-counted.ts';
import { countAnswer, type Counting, TookTooLong } from './read.ts';
import type { Asked, Report, Section } from './report.ts';

/** all: every part; first: the first part alone. */
export type Extent = 'all' | 'first';

export interface Answer {
  sections: Section[];
  /** The instant of all figures. */
  asOf: Date;
  /** Counted for somebody before, or for nobody: not for this request. */
  isKept: boolean;
}

/** In daily use, answers that take so long are kept: whoever waits less gets those of now. */
export const KEEP_AFTER_MS = 1_000;

/** In daily use, a page that is not there by then says that its report is being counted. */
export const SHOW_PAGES_WITHIN_MS = 2_000;

/** To be raised when the shape of `Section` changes: what was kept by an older version is not read then. */
const SHAPE = 3;

type Ctx = Pick<StoreContext, 'db' | 'keepReportsAfterMs' | 'answerReportsWithinMs'>;

/**
 * @param extra.fresh Counts now, and renews what is kept
 * @param extra.shownBy Nobody waits longer, in milliseconds of `performance.now()`: the count goes on, and whoever asks again gets its answer.
 *   A count that would begin later does not begin. Not with `fresh`.
 * @param extra.isStanding As the console opens it when nothing more is asked: of all leads, it is renewed from then on though nobody asks
 * @throws BeingCounted where it takes longer than whoever asks waits, or than anybody does
 */
export async function answer(
  ctx: Ctx,
  report: Report,
  asked: Asked,
  {
    part = 'all',
    fresh = false,
    isStanding: isOpened = false,
    shownBy,
  }: { part?: Extent; fresh?: boolean; isStanding?: boolean; shownBy?: number | undefined } = {},
): Promise<Answer> {
  const { db, keepReportsAfterMs } = ctx;
  if (keepReportsAfterMs === undefined) return asCounted(await countAnswer(db, report, asked, part));
  const key = keyOf(report, asked, part);
  const isStanding = isOpened && asked.scope.kind === 'all';
  const running = flightsOf(db);
  // Looked up before the wait for the database as well: it may end meanwhile.
  const atFirst = running.get(key);
  const { kept, erasures, isRefused } = await findAnswer(db, key, asked.realNowMs, isStanding);
  if (kept !== null && !fresh) return { sections: kept.sections as Section[], asOf: kept.asOf, isKept: true };
  if (isRefused) throw await beingCounted(db, key, asked.realNowMs);
  const inTime = async <T>(flight: Flight, coming: Promise<T>): Promise<T> => {
    if (shownBy === undefined || fresh || (await isDoneWithin(shownBy - performance.now(), coming))) return coming;
    flight.wasLeft = true;
    throw await countedSoon(db, report.key, part);
  };
  const joined = fresh ? undefined : (running.get(key) ?? atFirst);
  if (joined !== undefined) {
    const ofOther = joined.counting.catch((error: unknown) => {
      if (isBeingCounted(error)) throw error;
      return null;
    });
    const counted = await inTime(joined, ofOther);
    // One that began before a lead was erased counts that lead.
    if (counted !== null && counted.erasures === erasures) return { ...asCounted(counted), isKept: true };
  }
  if (shownBy !== undefined && !fresh && performance.now() >= shownBy) throw await countedSoon(db, report.key, part);
  const ofThis = { wasLeft: false };
  const counting = countInTime(ctx, key, report, asked, part, { isStanding, keepAnyhow: () => ofThis.wasLeft });
  const flight: Flight = Object.assign(ofThis, { counting });
  running.set(key, flight);
  const landed = counting.finally(() => {
    if (running.get(key) === flight) running.delete(key);
  });
  return asCounted(await inTime(flight, landed));
}

export function isBeingCounted(error: unknown): error is BeingCounted {
  return error instanceof BeingCounted;
}

/** Counts while somebody waits. @throws BeingCounted: it is counted next, while nobody does */
async function countInTime(
  ctx: Ctx,
  key: string,
  report: Report,
  asked: Asked,
  part: Extent,
  { isStanding, keepAnyhow }: { isStanding: boolean; keepAnyhow: () => boolean },
): Promise<CountedAnswer> {
  const { db, answerReportsWithinMs: withinMs } = ctx;
  try {
    return await countAndKeep(ctx, key, report, asked, part, { isStanding, keepAnyhow, withinMs });
  } catch (error) {
    if (!(error instanceof TookTooLong)) throw error;
    await wantAnswer(db, key, askedBefore(report, asked, part, isStanding), new Date(asked.realNowMs));
    throw await beingCounted(db, key, asked.realNowMs, error);
  }
}

/**
 * Counts, and keeps the answer if it took long. One that does not take long any more is kept no more.
 * @param extra.keepAnyhow Asked once it is counted: whether somebody gave up waiting, and will ask again
 */
export async function countAndKeep(
  { db, keepReportsAfterMs = 0 }: Ctx,
  key: string,
  report: Report,
  asked: Asked,
  part: Extent,
  {
    askedAt = new Date(asked.realNowMs),
    isStanding = false,
    keepAnyhow = () => false,
    unhurried,
    withinMs,
  }: {
    askedAt?: Date;
    isStanding?: boolean;
    keepAnyhow?: () => boolean;
    unhurried?: (counting: Counting) => void;
    withinMs?: number | undefined;
  } = {},
): Promise<CountedAnswer> {
  const counted = await countAnswer(db, report, asked, part, { unhurried, withinMs });
  if (counted.tookMs < keepReportsAfterMs && !keepAnyhow()) await forgetAnswer(db, key);
  else await keepAnswer(db, key, askedBefore(report, asked, part, isStanding), counted, askedAt);
  return counted;
}

function askedBefore(report: Report, { words, scope }: Asked, part: Extent, isStanding: boolean): AskedBefore {
  return { report: report.key, part, words, scope: { ...scope }, isStanding };
}

type CountedAnswer = Counted & { sections: Section[] };

function asCounted({ sections, asOf }: CountedAnswer): Answer {
  return { sections, asOf, isKept: false };
}

/** A count that is under way. */
interface Flight {
  counting: Promise<CountedAnswer>;
  /** Somebody gave up waiting for it. */
  wasLeft: boolean;
}

/** What is being counted in this process, by its key. */
const flights = new WeakMap<Db, Map<string, Flight>>();

function flightsOf(db: Db): Map<string, Flight> {
  const known = flights.get(db) ?? new Map<string, Flight>();
  flights.set(db, known);
  return known;
}

/** Everything that an answer depends on beside the rows: another period, scope or playbook is another answer. */
export function keyOf(report: Report, asked: Asked, part: Extent): string {
  const { since, ends, zone, by, filters, segment, scope, words, playbook } = asked;
  const what = [SHAPE, report.key, part, since, ends, zone, by, filters, segment?.segment ?? null, scope, words];
  return createHash('sha256')
    .update(`${canonicalJson(what)}\n${hashOf(playbook)}`)
    .digest('hex');
}

const hashes = new WeakMap<Playbook, string>();

function hashOf(playbook: Playbook): string {
  const known = hashes.get(playbook) ?? createHash('sha256').update(canonicalJson(playbook)).digest('hex');
  hashes.set(playbook, known);
  return known;
}
