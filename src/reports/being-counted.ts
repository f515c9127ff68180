/** What somebody is told who asks for a report that is being counted: in the background of a page, or next, while nobody waits. */
import { countOf } from '../domain/count-of.ts';
import { AppError } from '../domain/errors.ts';
import type { Db } from '../store/db.ts';
import { lastTook, waitForAnswer } from '../store/report-answers.ts';

/** After so many seconds it is worth to ask again. */
export const LOOK_AGAIN_S = 30;
/** The same of what is being counted right now. */
const LOOK_AGAIN_SOON_S = 2;

export class BeingCounted extends AppError {
  /** In seconds. */
  readonly lookAgainAfter: number;

  constructor(takes: string, lookAgainAfter: number, cause?: unknown) {
    super('REPORT_BEING_COUNTED', `This report is being counted; it takes ${takes}.`, { cause });
    this.lookAgainAfter = lookAgainAfter;
  }
}

/** @param key Of an answer that was refused */
export async function beingCounted(db: Db, key: string, nowMs: number, cause?: unknown): Promise<BeingCounted> {
  const minutes = Math.max(1, Math.ceil((await waitForAnswer(db, key, nowMs)) / 60_000));
  return new BeingCounted(`about ${countOf(minutes, 'minute')}`, LOOK_AGAIN_S, cause);
}

/** Of what is counted while its page says so: as long as the report took lately, where that is known. */
export async function countedSoon(db: Db, report: string, part: string): Promise<BeingCounted> {
  const seconds = Math.ceil((await lastTook(db, report, part)) / 1_000);
  return new BeingCounted(seconds === 0 ? 'some seconds' : `about ${countOf(seconds, 'second')}`, LOOK_AGAIN_SOON_S);
}
