import { type Actor, actorHandle } from '../../domain/actor.ts';
import { newId } from '../../domain/ids.ts';
import { leadNow, occurredAtMs } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact } from '../db.ts';
import { allowUnderLock } from '../access/allow.ts';
import type { ListedActivity } from '../lists/rep-activities.ts';

export interface NewActivity {
  leadId: string;
  kind: string;
  body?: string;
  dueAt?: Date;
  /** On the lead's clock; now without it. */
  occurredAt?: Date;
}

/**
 * Logs what a person did for a lead, or noted.
 * @throws AppError LEAD_UNKNOWN, or why the policy forbids it
 */
export async function logActivity(ctx: StoreContext, actor: Actor, activity: NewActivity): Promise<ListedActivity> {
  return transact(ctx.db, async (tx) => {
    const lead = await allowUnderLock(tx, actor, 'log-activity', activity.leadId);
    return tx.repActivity.create({
      data: {
        id: newId('activity'),
        leadId: lead.id,
        needId: lead.needId,
        repId: actor.kind === 'rep' ? actor.repId : null,
        actor: actorHandle(actor),
        kind: activity.kind,
        body: activity.body ?? null,
        dueAt: activity.dueAt ?? null,
        occurredAt: new Date(occurredAtMs(activity.occurredAt, leadNow(lead, ctx.realNow()))),
      },
    });
  });
}
