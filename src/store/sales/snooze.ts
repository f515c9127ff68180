import type { Actor } from '../../domain/actor.ts';
import { AppError } from '../../domain/errors.ts';
import { allowUnderLock } from '../access/allow.ts';
import { leadNow } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact } from '../db.ts';
import { announce } from '../outbox.ts';

/**
 * Puts a lead off: it is not among what waits or is due on its rep's desk before the date. The time to accept runs on. Once it is accepted,
 * silence is counted from the date on.
 * @param until Null: it is put off no more
 * @throws AppError LEAD_UNKNOWN, VALIDATION_FAILED for a date that is past, CONFLICT where no rep has it, or why the policy forbids it
 */
export async function snooze(
  ctx: StoreContext,
  actor: Actor,
  leadId: string,
  until: Date | null,
): Promise<{ ringIds: string[] }> {
  return transact(ctx.db, async (tx) => {
    const lead = await allowUnderLock(tx, actor, 'log-activity', leadId);
    if (until !== null && until.getTime() <= leadNow(lead, ctx.realNow()))
      throw new AppError('VALIDATION_FAILED', 'Choose a date to come.', { details: { field: 'until' } });
    const changed = await tx.$executeRaw`
      UPDATE assignments SET snoozed_until = ${until} WHERE need_id = ${lead.needId} AND status IN ('offered', 'accepted')`;
    if (changed === 0) throw new AppError('CONFLICT', 'No rep has this lead now, so there is nothing to put off.');
    return { ringIds: await announce(tx, [{ leadId, reason: 'activity', refs: {} }]) };
  });
}
