/**
 * The answer of a report: counted now, or kept since it was counted for somebody who asked the same. Only what takes long is kept, and only
 * until a lead is erased. Whoever asks while the same is being counted waits for that.
 */
import { createHash } from 'node:crypto';
import { type AppError, isAppError } from '../domain/errors.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { StoreContext } from '../store/context.ts';
import type { Db } from '../store/db.ts';
import {
  type AskedBefore,
  type Counted,
  findAnswer,
  forgetAnswer,
  keepAnswer,
  wantAnswer,
} from '../store/report-answers.ts';
import { beingCounted } from './being-counted.ts';
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

/** To be raised when the shape of `Section` changes: what was kept by an older version is not read then. */
const SHAPE = 1;

type Ctx = Pick<StoreContext, 'db' | 'keepReportsAfterMs' | 'answerReportsWithinMs'>;

/**
 * @param extra.fresh Counts now, and renews what is kept
 * @param extra.isStanding As the console opens it when nothing more is asked: of all leads, it is renewed from then on though nobody asks
 * @throws AppError REPORT_BEING_COUNTED where it takes longer than anybody waits
 */
export async function answer(
  ctx: Ctx,
  report: Report,
  asked: Asked,
  {
    part = 'all',
    fresh = false,
    isStanding: isOpened = false,
  }: { part?: Extent; fresh?: boolean; isStanding?: boolean } = {},
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
  const joined = fresh ? undefined : (running.get(key) ?? atFirst);
  if (joined !== undefined) {
    const counted = await joined.catch((error: unknown) => {
      if (isBeingCounted(error)) throw error;
      return null;
    });
    // One that began before a lead was erased counts that lead.
    if (counted !== null && counted.erasures === erasures) return { ...asCounted(counted), isKept: true };
  }
  const counting = countInTime(ctx, key, report, asked, part, isStanding);
  running.set(key, counting);
  try {
    return asCounted(await counting);
  } finally {
    if (running.get(key) === counting) running.delete(key);
  }
}

export function isBeingCounted(error: unknown): error is AppError & { code: 'REPORT_BEING_COUNTED' } {
  return isAppError(error) && error.code === 'REPORT_BEING_COUNTED';
}

/** Counts while somebody waits. @throws AppError REPORT_BEING_COUNTED: it is counted next, while nobody does */
async function countInTime(
  ctx: Ctx,
  key: string,
  report: Report,
  asked: Asked,
  part: Extent,
  isStanding: boolean,
): Promise<CountedAnswer> {
  const { db, answerReportsWithinMs: withinMs } = ctx;
  try {
    return await countAndKeep(ctx, key, report, asked, part, { isStanding, withinMs });
  } catch (error) {
    if (!(error instanceof TookTooLong)) throw error;
    await wantAnswer(db, key, askedBefore(report, asked, part, isStanding), new Date(asked.realNowMs));
    throw await beingCounted(db, key, asked.realNowMs, error);
  }
}

/** Counts, and keeps the answer if it took long. One that does not take long any more is kept no more. */
export async function countAndKeep(
  { db, keepReportsAfterMs = 0 }: Ctx,
  key: string,
  report: Report,
  asked: Asked,
  part: Extent,
  {
    askedAt = new Date(asked.realNowMs),
    isStanding = false,
    unhurried,
    withinMs,
  }: {
    askedAt?: Date;
    isStanding?: boolean;
    unhurried?: (counting: Counting) => void;
    withinMs?: number | undefined;
  } = {},
): Promise<CountedAnswer> {
  const counted = await countAnswer(db, report, asked, part, { unhurried, withinMs });
  if (counted.tookMs < keepReportsAfterMs) await forgetAnswer(db, key);
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

/** What is being counted in this process, by its key. */
const flights = new WeakMap<Db, Map<string, Promise<CountedAnswer>>>();

function flightsOf(db: Db): Map<string, Promise<CountedAnswer>> {
  const known = flights.get(db) ?? new Map<string, Promise<CountedAnswer>>();
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
