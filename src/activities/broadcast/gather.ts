import { dueAtMs, gatherAtMs } from '../../domain/broadcast-times.ts';
import { placeInTrial } from '../../domain/broadcast-trial.ts';
import { zoneOfLead } from '../../domain/lead-zone.ts';
import { lockBroadcast } from '../../store/broadcasts/broadcasts.ts';
import { addRecipients, nextOfAudience } from '../../store/broadcasts/gather.ts';
import { Prisma } from '../../store/generated/client.ts';
import { inTransaction } from '../../store/process/picture.ts';
import type { ActivityDeps } from '../deps.ts';
import { placeRest } from './place-rest.ts';

/** Leads that become recipients in one transaction. */
const AT_ONCE = 2_000;

export type GatherStep =
  /** There may be more. */
  | 'more'
  /** Everybody is a recipient, with a time at which it is due as far as that is known. */
  | 'gathered'
  /** It is not to go on. */
  | 'stopped'
  /** It is not time yet: epoch milliseconds. */
  | { untilMs: number };

/**
 * Makes the next leads recipients, each with the time at which it is due; once it is known what wins a trial, gives the rest its times. A
 * worker that is killed has done all of a piece, or nothing.
 */
export function gatherNext(deps: ActivityDeps, broadcastId: string, nowMs: number): Promise<GatherStep> {
  const { playbook } = deps.rules.current();
  return inTransaction(deps.db, async (tx): Promise<GatherStep> => {
    const broadcast = await lockBroadcast(tx, broadcastId);
    const { audience, startedAt, schedule, after } = broadcast;
    if (broadcast.status !== 'running' || startedAt === null) return 'stopped';
    if (broadcast.gatheredAt !== null || audience === null) return placeRest(tx, broadcast, playbook, nowMs);
    const beginsMs = gatherAtMs(schedule, startedAt.getTime());
    if (nowMs < beginsMs) return { untilMs: beginsMs };
    const moment = { atMs: beginsMs, fading: playbook.scoring };
    const { leads, after: last } = await nextOfAudience(tx, audience, moment, { after, limit: AT_ONCE });
    const fallback = playbook.defaultTimeZone;
    const recipients = leads.map((lead) => ({
      leadId: lead.id,
      ...placeInTrial(broadcastId, lead.id, broadcast.variants, broadcast.trial),
      dueAt: new Date(dueAtMs(schedule, zoneOfLead(lead, fallback), startedAt.getTime())),
    }));
    await addRecipients(tx, broadcastId, recipients);
    const isAll = last === null;
    await tx.broadcast.update({
      where: { id: broadcastId },
      data: {
        total: (broadcast.total ?? 0) + leads.length,
        workedAt: new Date(),
        ...(isAll ? {} : { after: last }),
        // The condition may name somebody: it is kept no longer than it is needed.
        ...(isAll ? { gatheredAt: new Date(nowMs), audience: Prisma.DbNull } : {}),
      },
    });
    return isAll ? 'gathered' : 'more';
  });
}
