/** What a person decides on a mail to a rep (the list of the day, gathered alerts) of which nobody knows whether it left. */
import { type Actor, actorHandle } from '../../domain/actor.ts';
import { AppError } from '../../domain/errors.ts';
import { dayIn } from '../../domain/when.ts';
import { audit } from '../audit.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Tx } from '../db.ts';
import type { RepMail } from '../generated/client.ts';

export interface Settled {
  repId: string;
  at: Date;
  by: string;
}

const WHAT = { resend: 'rep-mail.resent', dismiss: 'rep-mail.dismissed' } as const;

/**
 * `resend`: what it told is told again, in a mail with a row of its own: the list as it is by then, the alerts that still matter. `dismiss`:
 * nothing follows. Saying the same again changes nothing, and answers with who said it first.
 *
 * @returns Null: there is no such mail to a rep
 * @throws AppError CONFLICT: it is not in doubt, the other was said before, or its day is over
 */
export async function settleRepMailByHand(
  ctx: StoreContext,
  mailId: string,
  what: keyof typeof WHAT,
  actor: Actor,
): Promise<Settled | null> {
  return transact(ctx.db, async (tx) => {
    const [row] = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM rep_mails WHERE id = ${mailId} FOR UPDATE`;
    if (row === undefined) return null;
    const mail = await tx.repMail.findUniqueOrThrow({ where: { id: mailId } });
    const before = await tx.audit.findFirst({
      where: {
        leadId: null,
        action: WHAT[what],
        occurredAt: { gte: mail.occurredAt },
        data: { path: ['mailId'], equals: mailId },
      },
    });
    if (before !== null) return { repId: mail.repId, at: before.occurredAt, by: before.actor };
    if (mail.status !== 'in_doubt')
      throw new AppError('CONFLICT', `The mail is not in doubt: it is ${mail.status}. Nothing was changed.`);
    const [at, by] = [new Date(ctx.realNow()), actorHandle(actor)];
    if (what === 'resend') await tellAgain(ctx, tx, mail, by);
    else await tx.repMail.update({ where: { id: mailId }, data: { status: 'skipped', reason: `dismissed by ${by}` } });
    await audit(tx, { leadId: null, actor: by, at }, { action: WHAT[what], data: { mailId, repId: mail.repId } });
    return { repId: mail.repId, at, by };
  });
}

/** The next look at what is mailed to reps finds it untold. The row stays; the day is free for the row of the next mail. */
async function tellAgain(ctx: StoreContext, tx: Tx, { id, repId, day }: RepMail, by: string): Promise<void> {
  if (day !== null) {
    const { timeZone } = await tx.rep.findUniqueOrThrow({ where: { id: repId }, select: { timeZone: true } });
    const { defaultTimeZone } = ctx.rules.current().playbook;
    if (day !== dayIn(ctx.realNow(), timeZone ?? defaultTimeZone))
      throw new AppError(
        'CONFLICT',
        `The list is of ${day}, which is over: dismiss it. The next list has what is due by then.`,
      );
  }
  await tx.repAlert.updateMany({ where: { mailId: id }, data: { mailId: null } });
  await tx.repMail.update({ where: { id }, data: { status: 'failed', day: null, reason: `sent once more by ${by}` } });
}
