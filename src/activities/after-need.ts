/** What follows the end of a need: a cadence, or another need. */
import { hasReached } from '../domain/after-sale.ts';
import { nurtures } from '../domain/cadence.ts';
import { enroll, leaveCadences } from './enrollment.ts';
import { openNeed } from './need.ts';
import type { Turn } from './turn.ts';

/**
 * Begins the cadence that follows a closed need; undefined: none does. One for closed needs runs beside the closed need. One that nurtures
 * opens another need, so that the lead comes back by what it does from now on, to the rep who knows it.
 */
export async function followUp(turn: Turn, key: string | undefined, because: string): Promise<void> {
  const cadence = turn.playbook.cadences.find((one) => one.cadence === key);
  if (cadence === undefined) return;
  if (nurtures(cadence)) await openNext(turn, because, {});
  await enroll(turn, cadence.cadence, { via: 'outcome', because });
}

/** A sale that has come far enough opens the need to be kept as a customer. Returns whether it did. */
export async function keepCustomer(turn: Turn): Promise<boolean> {
  const { retention, funnel } = turn.playbook;
  const { need } = turn.picture;
  if (retention === undefined || need === null || !hasReached(funnel, need.funnelStage, retention.at)) return false;
  const because = `the sale is ${need.funnelStage ?? retention.at}`;
  leaveCadences(turn, because);
  await openNext(turn, because, { type: retention.type });
  await enroll(turn, retention.cadence, { via: 'retention', because });
  return true;
}

/** Of the same product line, and of the rep who had the need before. */
async function openNext(turn: Turn, because: string, stated: { type?: string }): Promise<void> {
  const { ownerId = null, productLine = null, type = null } = turn.picture.need ?? {};
  await openNeed(turn, null, because);
  turn.changeNeed({ ownerId, productLine, type, ...stated });
}
