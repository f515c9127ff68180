import { type Actor, actorHandle } from '../../domain/actor.ts';
import { newId } from '../../domain/ids.ts';
import { leadNow, occurredAtMs } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';
import { allowUnderLock } from '../access/allow.ts';
import { countActivity } from './count-activity.ts';
import type { ListedActivity } from '../lists/rep-activities.ts';

export interface NewActivity {
  /** Where a repeat is to be logged once. */
  id?: string;
  leadId: string;
  kind: string;
  body?: string;
  /** What came of a contact: reached, no-answer, left-message, wrong-contact, other. */
  result?: string;
  dueAt?: Date;
  /** On the lead's clock; now without it. */
  occurredAt?: Date;
}

type Logged = ListedActivity & { ringIds: readonly string[] };

/**
 * Logs what a person did for a lead, or noted.
 * @throws AppError LEAD_UNKNOWN, or why the policy forbids it
 */
export async function logActivity(ctx: StoreContext, actor: Actor, activity: NewActivity): Promise<Logged> {
  return transact(ctx.db, async (tx) => {
    const lead = await allowUnderLock(tx, actor, 'log-activity', activity.leadId);
    return logUnderLock(ctx, tx, { lead, actor, activity });
  });
}

/**
 * Logs what was done for a lead and then what comes next, all of it or nothing.
 * @throws AppError as `logActivity`
 */
export async function logActivities(
  ctx: StoreContext,
  actor: Actor,
  leadId: string,
  activities: readonly Omit<NewActivity, 'leadId'>[],
): Promise<{ ringIds: readonly string[] }> {
  return transact(ctx.db, async (tx) => {
    const lead = await allowUnderLock(tx, actor, 'log-activity', leadId);
    const ringIds: string[] = [];
    // One after the other: a contact closes the step that was planned before, not the one that comes with it.
    for (const activity of activities)
      ringIds.push(...(await logUnderLock(ctx, tx, { lead, actor, activity: { ...activity, leadId } })).ringIds);
    return { ringIds };
  });
}

/** The lead's lock is held. */
async function logUnderLock(
  ctx: StoreContext,
  tx: Tx,
  { lead, actor, activity }: { lead: Lead; actor: Actor; activity: NewActivity },
): Promise<Logged> {
  const { id = newId('activity'), kind, body = null, dueAt = null, result = null } = activity;
  // A repeat waits for the lead's lock, and so finds the row of the first.
  const logged = activity.id === undefined ? null : await tx.repActivity.findUnique({ where: { id } });
  if (logged !== null) return { ...logged, ringIds: [] };
  const at = new Date(occurredAtMs(activity.occurredAt, leadNow(lead, ctx.realNow())));
  const by = actorHandle(actor);
  const row = await tx.repActivity.create({
    data: {
      id,
      leadId: lead.id,
      needId: lead.needId,
      repId: actor.kind === 'rep' ? actor.repId : null,
      actor: by,
      kind,
      body,
      result,
      dueAt,
      occurredAt: at,
    },
  });
  return { ...row, ringIds: await countActivity(tx, lead, { id, kind, body, result, dueAt, at, by }) };
}
