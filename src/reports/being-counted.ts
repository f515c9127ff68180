/** What somebody is told who asks for a report that takes longer than anybody waits: it is counted next, while nobody waits. */
import { countOf } from '../domain/count-of.ts';
import { AppError } from '../domain/errors.ts';
import type { Db } from '../store/db.ts';
import { waitForAnswer } from '../store/report-answers.ts';

/** After so many seconds it is worth to ask again. */
export const LOOK_AGAIN_S = 30;

/** @param key Of an answer that was refused */
export async function beingCounted(db: Db, key: string, nowMs: number, cause?: unknown): Promise<AppError> {
  const minutes = Math.max(1, Math.ceil((await waitForAnswer(db, key, nowMs)) / 60_000));
  return new AppError(
    'REPORT_BEING_COUNTED',
    `This report is being counted; it takes about ${countOf(minutes, 'minute')}.`,
    { cause },
  );
}
