/**
 * What only time brings a persona: entry into a segment ("nothing for 14 days", a score that fades), and the mark of who did not engage
 * for long. In the engine a sweep finds it within a minute. A life is played from stop to stop, so it is asked beforehand when that will be.
 */
import { foresight, sweepDormant, sweepWaiting } from '../store/events/segment-sweep.ts';
import { entryCadences, segmentsAwaited } from '../store/events/segment-entry.ts';
import type { Lead } from '../store/generated/client.ts';
import { markSunset } from '../store/process/sunset.ts';
import type { World } from './world.ts';

/** What lasts for less than this between two stops may be missed. */
const LOOK_EVERY_MS = 4 * 3_600_000;
const MINUTE_MS = 60_000;

/** Takes notice of what time has brought. Whether the process was rung. */
export async function sweep(world: World, lead: Lead): Promise<boolean> {
  if (!concerns(world, lead)) return false;
  const looking = lookingAt(world, Date.now());
  const found = [await sweepWaiting(world.db, looking), await sweepDormant(world.db, looking)];
  await markSunset(world.db, looking);
  const ringIds = found.flatMap((batch) => batch.ringIds);
  world.ring(ringIds);
  return ringIds.length > 0;
}

/** The first minute between two times of the lead's clock at which the sweep would find something; null: none. Nothing else happens meanwhile. */
export async function entersAt(
  world: World,
  lead: Lead,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<number | null> {
  if (!concerns(world, lead)) return null;
  const startMs = Date.now();
  const foreseen = await foresight(world.db, lookingAt(world, startMs));
  if (foreseen === null) return null;
  const wouldBeFound = (atMs: number): Promise<boolean> => foreseen(startMs + atMs - fromMs);
  let before = fromMs;
  for (let atMs = fromMs + LOOK_EVERY_MS; before < toMs; atMs += LOOK_EVERY_MS) {
    let after = Math.min(atMs, toMs);
    if (!(await wouldBeFound(after))) {
      before = after;
      continue;
    }
    while (after - before > MINUTE_MS) {
      const middle = Math.round((before + after) / 2);
      if (await wouldBeFound(middle)) after = middle;
      else before = middle;
    }
    return after;
  }
  return null;
}

function concerns({ store }: World, lead: Lead): boolean {
  const { cadences, sunset } = store.rules.current().playbook;
  if (segmentsAwaited(lead).length > 0) return true;
  return lead.stage === 'dormant' && (sunset !== undefined || entryCadences(cadences).length > 0);
}

/** A world has one lead. */
function lookingAt({ store }: World, realNowMs: number) {
  return { after: '', limit: 2, playbook: store.rules.current().playbook, realNowMs };
}
