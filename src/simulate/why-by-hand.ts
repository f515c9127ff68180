/** Why a persona's own conditions do not lead it into the cadence that is simulated. */
import { unmetIn } from '../domain/unmet.ts';
import { loadFacts } from '../store/facts/facts.ts';
import type { Lead } from '../store/generated/client.ts';
import type { World } from './world.ts';

/** A sentence for people, with the conditions that failed and what the persona has instead. `atMs`: on the lead's clock. */
export async function whyByHand({ db, store }: World, lead: Lead, key: string, atMs: number): Promise<string> {
  const { playbook } = store.rules.current();
  const cadence = playbook.cadences.find((one) => one.cadence === key);
  const start = `Its own conditions do not lead this persona into ‘${key}’`;
  const end = ': it was enrolled by hand.';
  if (cadence?.on !== undefined) return `${start}, which begins with the event ${cadence.on.event}${end}`;
  if (cadence?.enroll === undefined) return `${start}, which has no "enroll"${end}`;
  const facts = await db.$transaction((tx) => loadFacts(tx, lead, [cadence.enroll?.when], playbook, atMs));
  const unmet = unmetIn(cadence.enroll.when, facts);
  if (unmet.length > 0)
    return `${start}, as ${unmet.length === 1 ? 'this does' : 'these do'} not hold (${unmet.join('; ')})${end}`;
  return `${start}, although its "enroll" holds: another cadence comes first, by its "priority"${end}`;
}
