import { isAppError } from '../domain/errors.ts';
import type { Standing } from '../domain/standing.ts';
import { isErased } from '../store/erasure/erased.ts';
import type { At } from '../workflows/activities.ts';
import type { ActivityDeps } from './deps.ts';

/** The standing of an erased lead. Nothing is scheduled, so its process ends. It contains no data of the person. */
export const ERASED: Standing = {
  stage: 'disqualified',
  score: 0,
  grade: 'C',
  source: null,
  cadence: null,
  ownerId: null,
  assignment: null,
  paused: false,
  held: false,
  forwarded: false,
  next: { kind: 'nothing', summary: 'Nothing: the lead was erased' },
  because: 'the lead was erased',
};

/**
 * What an activity answers when the lead was erased, at whatever moment: before it began, or while its mail was with SMTP. A lead
 * that is missing for another reason, as after a restore, stays an error: the process is all that is left of it.
 */
export async function unlessErased(
  { db }: ActivityDeps,
  { leadId }: At,
  work: () => Promise<Standing>,
): Promise<Standing> {
  try {
    return await work();
  } catch (error) {
    if (isAppError(error) && error.code === 'LEAD_UNKNOWN' && (await isErased(db, leadId))) return ERASED;
    throw error;
  }
}
