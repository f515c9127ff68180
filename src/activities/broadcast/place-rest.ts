import { restDueAtMs } from '../../domain/broadcast-times.ts';
import { zoneOfLead } from '../../domain/lead-zone.ts';
import type { Playbook } from '../../domain/playbook.ts';
import type { Broadcast } from '../../store/broadcasts/broadcasts.ts';
import { giveTimes, restWithoutTime } from '../../store/broadcasts/rest.ts';
import type { Tx } from '../../store/db.ts';

/** Recipients that get their times in one transaction. */
const AT_ONCE = 2_000;

/**
 * Gives the next of a trial's rest the times at which they are due, once it is known what wins. Nothing is to be done where all have one
 * time. Who chose the winner meanwhile rings the process, so the next look begins with it.
 */
export async function placeRest(
  tx: Tx,
  { id, trial, winner, schedule, restFrom }: Broadcast,
  playbook: Playbook,
  nowMs: number,
): Promise<'more' | 'gathered'> {
  if (trial === null || winner === null || schedule.kind !== 'local') return 'gathered';
  const from = restFrom ?? new Date(nowMs);
  const leads = await restWithoutTime(tx, id, { from, limit: AT_ONCE });
  const due = leads.map((lead) => {
    const zone = zoneOfLead(lead, playbook.defaultTimeZone);
    return { leadId: lead.id, dueAt: new Date(restDueAtMs(schedule, zone, from.getTime())) };
  });
  await giveTimes(tx, id, due);
  if (restFrom === null || due.length > 0)
    await tx.broadcast.update({ where: { id }, data: { restFrom: from, workedAt: new Date() } });
  return due.length < AT_ONCE ? 'gathered' : 'more';
}
