import { type Actor, actorHandle } from '../../domain/actor.ts';
import { duesOfHandOff, whyNotSnoozed } from '../../domain/dues.ts';
import { AppError } from '../../domain/errors.ts';
import type { Stage } from '../../domain/stage.ts';
import type { OwnClock } from '../../domain/when.ts';
import { allowUnderLock } from '../access/allow.ts';
import { audit } from '../audit.ts';
import { leadNow } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact } from '../db.ts';
import { announce } from '../outbox.ts';

/**
 * Puts a lead off: it is not among what waits or is due on its rep's desk before the date, unless something of it is due by the end of the day.
 * It is not put off past what is due now. The time to accept runs on. Once it is accepted, silence is counted from the date on.
 * @param until Null: it is put off no more
 * @param when An instant in words, in the zone of who puts it off
 * @throws AppError LEAD_UNKNOWN, VALIDATION_FAILED for a date that is past or later than what is due, CONFLICT where no rep has it, or why the
 * policy forbids it
 */
export async function snooze(
  ctx: StoreContext,
  actor: Actor,
  leadId: string,
  until: Date | null,
  when: (at: Date, lead: OwnClock) => string,
): Promise<{ ringIds: string[] }> {
  return transact(ctx.db, async (tx) => {
    const lead = await allowUnderLock(tx, actor, 'log-activity', leadId);
    const nowMs = leadNow(lead, ctx.realNow());
    if (until !== null && until.getTime() <= nowMs) throw wrong('Choose a date to come.');
    const current = await tx.assignment.findFirst({
      where: { needId: lead.needId ?? '', status: { in: ['offered', 'accepted'] } },
    });
    if (current === null) throw new AppError('CONFLICT', 'No rep has this lead now, so there is nothing to put off.');
    const dues = duesOfHandOff(current, lead.stage as Stage, null);
    const whyNot = until === null ? null : whyNotSnoozed(dues, until, { nowMs, when: (at) => when(at, lead) });
    if (whyNot !== null) throw wrong(whyNot);
    await tx.assignment.update({ where: { id: current.id }, data: { snoozedUntil: until } });
    await audit(
      tx,
      { leadId, actor: actorHandle(actor), at: new Date(nowMs) },
      {
        action: 'assignment.snoozed',
        data: { assignmentId: current.id, repId: current.repId, until: until?.toISOString() ?? null },
      },
    );
    return { ringIds: await announce(tx, [{ leadId, reason: 'activity', refs: {} }]) };
  });
}

const wrong = (message: string): AppError =>
  new AppError('VALIDATION_FAILED', message, { details: { field: 'until' } });
