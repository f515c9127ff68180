import { isInNurturePool } from '../domain/stage.ts';
import { sunsetBeforeMs, sunsetReason } from '../domain/sunset.ts';
import { askedSince } from '../store/process/sunset.ts';
import { leaveCadences } from './enrollment.ts';
import type { Turn } from './turn.ts';

/**
 * Takes a lead that has not engaged for long out of its cadence, and marks it. Reminders of what it asked for go on. Who is marked
 * already was enrolled since by a person or a segment, and gets what that cadence has. Returns whether the lead left.
 */
export async function hasGoneQuiet(turn: Turn): Promise<boolean> {
  const { sunset } = turn.playbook;
  const { createdAt, lastEngagedAt, armedAt, sunsetAt } = turn.lead;
  if (sunset === undefined || sunsetAt !== null || !isInNurturePool(turn.stage) || turn.stage === 'dormant')
    return false;
  const since = new Date(sunsetBeforeMs(sunset, turn.atMs));
  const isRecent = (at: Date | null | undefined): boolean => at !== null && at !== undefined && at > since;
  // Sent back by sales counts too: somebody has just talked with the person.
  if ([createdAt, lastEngagedAt, armedAt, turn.picture.need?.openedAt].some(isRecent)) return false;
  if (await askedSince(turn.tx, turn.lead.id, since)) return false;
  const because = sunsetReason(sunset);
  leaveCadences(turn, because);
  turn.changeStage('dormant', because);
  turn.changeLead({ sunsetAt: turn.at });
  turn.note({ action: 'lead.sunset', data: { because } });
  return true;
}
