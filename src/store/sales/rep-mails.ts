/** What reps are mailed beside the mails about single leads: alerts that were gathered, and the list of the day. */
import { CLAIM_LASTS } from '../../domain/budgets.ts';
import type { Settlement } from '../../domain/effect.ts';
import { newId } from '../../domain/ids.ts';
import { type Db, transact } from '../db.ts';
import type { Rep } from '../generated/client.ts';

/** An alert that was held, as the gathered mail tells it. */
export interface HeldAlert {
  leadId: string;
  template: string;
  /** On the lead's clock. */
  occurredAt: Date;
  /** Of an offer that the rep has yet to decide on, or the time to the first contact. */
  dueAt: Date | null;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
}

export type Addressee = Pick<Rep, 'id' | 'name' | 'email' | 'timeZone'>;

/** The reps who have a held alert from before this instant. Real time. */
export async function repsToAlert(db: Db, before: Date): Promise<Addressee[]> {
  return db.$queryRaw<Addressee[]>`
    SELECT r.id, r.name, r.email, r.time_zone AS "timeZone" FROM reps r
    WHERE r.active AND EXISTS (
      SELECT FROM rep_alerts a WHERE a.rep_id = r.id AND a.held AND a.mail_id IS NULL AND a.recorded_at <= ${before})
    ORDER BY r.id`;
}

/**
 * Writes the row of a mail that tells a rep of all held alerts, and takes them for it. What was done meanwhile is left out: a decided
 * offer, a contact that was made, a lead that another has. Null: nothing is left to tell.
 */
export async function claimAlerts(
  db: Db,
  repId: string,
  nowMs: number,
): Promise<{ mailId: string; alerts: HeldAlert[] } | null> {
  return transact(db, async (tx) => {
    await tx.$executeRaw`
      DELETE FROM rep_alerts a USING assignments s
      WHERE a.rep_id = ${repId} AND a.held AND a.mail_id IS NULL AND s.id = a.assignment_id
        AND (s.rep_id <> a.rep_id OR s.status NOT IN ('offered', 'accepted') OR s.closed_at IS NOT NULL
          OR (a.template = 'rep-reminder' AND s.status <> 'offered')
          OR (a.template = 'rep-late' AND s.first_contact_at IS NOT NULL)
          OR (a.template = 'rep-reply' AND s.replied_at IS NULL))`;
    const mailId = newId('send');
    const alerts = await tx.$queryRaw<HeldAlert[]>`
      UPDATE rep_alerts a SET mail_id = ${mailId} FROM assignments s, leads l
      WHERE a.rep_id = ${repId} AND a.held AND a.mail_id IS NULL AND s.id = a.assignment_id AND l.id = a.lead_id
      RETURNING a.lead_id AS "leadId", a.template, a.occurred_at AS "occurredAt",
        CASE a.template WHEN 'rep-reminder' THEN s.due_at WHEN 'rep-late' THEN s.contact_due_at WHEN 'rep-reply' THEN s.answer_due_at END AS "dueAt",
        l.first_name AS "firstName", l.last_name AS "lastName", l.company`;
    if (alerts.length === 0) return null;
    await tx.repMail.create({ data: { id: mailId, repId, status: 'claimed', occurredAt: new Date(nowMs) } });
    const soonest = (one: HeldAlert): number => (one.dueAt ?? one.occurredAt).getTime();
    return { mailId, alerts: alerts.toSorted((a, b) => soonest(a) - soonest(b) || (a.leadId < b.leadId ? -1 : 1)) };
  });
}

export type DigestReader = Addressee &
  Pick<Rep, 'teams' | 'workingHours' | 'awayFrom' | 'awayUntil'> & { digestSince: Date };

/** The reps who get the list of the day by mail. */
export async function repsWithDigest(db: Db): Promise<DigestReader[]> {
  const reps = await db.rep.findMany({
    where: { digestSince: { not: null }, active: true, inPlaybook: true },
    orderBy: { id: 'asc' },
  });
  return reps.flatMap(({ digestSince, ...rep }) => (digestSince === null ? [] : [{ ...rep, digestSince }]));
}

/** Whether the list of that day was meant to go out already, whatever came of it. */
export async function hasDigest(db: Db, repId: string, day: string): Promise<boolean> {
  return (await db.repMail.count({ where: { repId, day } })) > 0;
}

/** Writes the row of a list that is about to be sent, or that has nothing to tell; null when another process has. */
export async function claimDigest(
  db: Db,
  { repId, day, status }: { repId: string; day: string; status: 'claimed' | 'skipped' },
  nowMs: number,
): Promise<string | null> {
  const id = newId('send');
  const { count } = await db.repMail.createMany({
    data: [{ id, repId, day, status, occurredAt: new Date(nowMs) }],
    skipDuplicates: true,
  });
  return count === 0 ? null : id;
}

/** Writes what became of a mail. One that certainly did not leave has told of nothing, and is tried again. */
export async function settleRepMail(db: Db, id: string, settlement: Settlement, nowMs: number): Promise<void> {
  if (settlement.status === 'released') {
    return db.$transaction(async (tx) => {
      await tx.repAlert.updateMany({ where: { mailId: id }, data: { mailId: null } });
      await tx.repMail.deleteMany({ where: { id } });
    });
  }
  const { status, reason } = settlement;
  await db.repMail.updateMany({
    where: { id },
    data: { status, reason, ...(status === 'sent' && { sentAt: new Date(nowMs) }) },
  });
}

const DAY_MS = 86_400_000;
const ALERTS_KEPT_MS = 7 * DAY_MS;
const MAILS_KEPT_MS = 90 * DAY_MS;

/** A mail that nobody has settled for long is in doubt, and not repeated: its process died. Old rows go. */
export async function tidyRepMails(db: Db, nowMs: number): Promise<void> {
  await db.$executeRaw`
    UPDATE rep_mails SET status = 'in_doubt', reason = 'its process ended before the answer'
    WHERE status = 'claimed' AND occurred_at < ${new Date(nowMs - CLAIM_LASTS)}`;
  await db.repAlert.deleteMany({ where: { recordedAt: { lt: new Date(nowMs - ALERTS_KEPT_MS) } } });
  await db.repMail.deleteMany({ where: { occurredAt: { lt: new Date(nowMs - MAILS_KEPT_MS) } } });
}
