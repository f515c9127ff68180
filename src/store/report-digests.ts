/** Who gets which report by mail, and the row of each such mail: one a subscription and period, whatever crashes. */
import { CLAIM_LASTS } from '../domain/budgets.ts';
import type { Actor, UserRole } from '../domain/actor.ts';
import type { DigestRhythm } from '../domain/digest.ts';
import type { Settlement } from '../domain/effect.ts';
import { AppError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { findPerson } from './access/sign-in-links.ts';
import type { Db } from './db.ts';

export interface Subscription {
  id: string;
  report: string;
  every: DigestRhythm;
  /** What is asked of the report beside its period. */
  words: Readonly<Record<string, string>>;
  createdAt: Date;
  name: string;
  email: string;
  /** As whom the report is read. Null: whoever it was may sign in no more, and gets nothing. */
  actor: Actor | null;
  /** The latest mail. */
  last: { period: string; status: string; reason: string | null } | null;
}

interface Row extends Omit<Subscription, 'actor'> {
  userId: string | null;
  repId: string | null;
  role: UserRole | null;
  teams: string[];
  manager: boolean;
  active: boolean;
}

/** The newest first, at most 500. `of`: those of one person. */
export async function listSubscriptions(db: Db, of: { id: string } | null = null): Promise<Subscription[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT s.id, s.report, s.every, s.words, s.created_at AS "createdAt", s.user_id AS "userId", s.rep_id AS "repId",
      coalesce(u.name, r.name) AS name, coalesce(u.email, r.email) AS email, u.role::text AS role, coalesce(u.teams, r.teams) AS teams,
      coalesce(r.manager, FALSE) AS manager, coalesce(u.active, r.active AND r.in_playbook) AS active,
      CASE WHEN m.id IS NOT NULL THEN jsonb_build_object('period', m.period, 'status', m.status, 'reason', m.reason) END AS last
    FROM report_subscriptions s LEFT JOIN users u ON u.id = s.user_id LEFT JOIN reps r ON r.id = s.rep_id
    LEFT JOIN LATERAL (SELECT * FROM report_mails WHERE subscription_id = s.id ORDER BY period DESC LIMIT 1) m ON TRUE
    WHERE ${of?.id ?? null}::text IS NULL OR coalesce(s.user_id, s.rep_id) = ${of?.id ?? null}
    ORDER BY s.id DESC LIMIT 500`;
  return rows.map(({ userId, repId, role, teams, manager, active, ...row }) => ({
    ...row,
    actor: active ? actorOf({ userId, repId, role, teams, manager }) : null,
  }));
}

function actorOf({ userId, repId, role, teams, manager }: Omit<Row, keyof Subscription | 'active'>): Actor | null {
  if (userId !== null && role !== null) return { kind: 'user', userId, manager: role !== 'marketer', role, teams };
  return repId === null ? null : { kind: 'rep', repId, manager, teams };
}

export interface NewSubscription {
  report: string;
  every: DigestRhythm;
  words: Readonly<Record<string, string>>;
  createdBy: string;
}

/** The same again is the one that there is. @returns its id */
export async function subscribe(
  db: Db,
  { userId, repId }: { userId: string | null; repId: string | null },
  { report, every, words, createdBy }: NewSubscription,
): Promise<string> {
  const [row] = await db.$queryRaw<[{ id: string }]>`
    INSERT INTO report_subscriptions (id, user_id, rep_id, report, every, words, created_by)
    VALUES (${newId('subscription')}, ${userId}, ${userId === null ? repId : null}, ${report}, ${every}, ${JSON.stringify(words)}::jsonb, ${createdBy})
    ON CONFLICT (coalesce(user_id, ''), coalesce(rep_id, ''), report, every, md5(words::text)) DO UPDATE SET words = EXCLUDED.words
    RETURNING id`;
  return row.id;
}

/**
 * @param of The one whose own address it has to be; null: anybody's
 * @throws AppError NOT_FOUND when nobody who may sign in has the address, FORBIDDEN when it is somebody else's
 */
export async function subscribeByAddress(
  db: Db,
  email: string,
  subscription: NewSubscription,
  of: { id: string } | null = null,
): Promise<string> {
  const person = await findPerson(db, email);
  if (of !== null && person?.repId !== of.id && person?.userId !== of.id)
    throw new AppError(
      'FORBIDDEN',
      'A rep gets reports at their own address; a manager or marketer can send them to others',
    );
  if (person === null)
    throw new AppError('NOT_FOUND', 'Nobody who may sign in to the console has this address: invite them first');
  return subscribe(db, person, subscription);
}

/** @param of Only where it is theirs. @returns whether there was one */
export async function unsubscribeReport(db: Db, id: string, of: { id: string } | null = null): Promise<boolean> {
  const theirs = of === null ? {} : { OR: [{ userId: of.id }, { repId: of.id }] };
  return (await db.reportSubscription.deleteMany({ where: { id, ...theirs } })).count > 0;
}

/** Whether a mail of the period was meant to go out already, whatever came of it. */
export async function wasClaimed(db: Db, subscriptionId: string, period: string): Promise<boolean> {
  return (await db.reportMail.count({ where: { subscriptionId, period } })) > 0;
}

/** Writes the row of a mail that is about to be sent; null when another process has. */
export async function claimReportMail(
  db: Db,
  subscriptionId: string,
  period: string,
  nowMs: number,
): Promise<string | null> {
  const id = newId('send');
  const { count } = await db.reportMail.createMany({
    data: [{ id, subscriptionId, period, status: 'claimed', occurredAt: new Date(nowMs) }],
    skipDuplicates: true,
  });
  return count === 0 ? null : id;
}

/** Writes what became of a mail. One that certainly did not leave has no row any more, and is tried again. */
export async function settleReportMail(db: Db, id: string, settlement: Settlement, nowMs: number): Promise<void> {
  if (settlement.status === 'released') return void (await db.reportMail.deleteMany({ where: { id } }));
  const { status, reason } = settlement;
  await db.reportMail.updateMany({
    where: { id },
    data: { status, reason, ...(status === 'sent' && { sentAt: new Date(nowMs) }) },
  });
}

const KEPT_MS = 90 * 86_400_000;

/** A mail that nobody has settled for long is in doubt, and not repeated: its process died. Old rows go. */
export async function tidyReportMails(db: Db, nowMs: number): Promise<void> {
  await db.$executeRaw`
    UPDATE report_mails SET status = 'in_doubt', reason = 'its process ended before the answer'
    WHERE status = 'claimed' AND occurred_at < ${new Date(nowMs - CLAIM_LASTS)}`;
  await db.reportMail.deleteMany({ where: { occurredAt: { lt: new Date(nowMs - KEPT_MS) } } });
}
