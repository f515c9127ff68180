/** What managers are mailed: leads that wait for them. */
import { CLAIM_LASTS } from '../../domain/budgets.ts';
import { newId } from '../../domain/ids.ts';
import { boardScopeOf, type Scope } from '../../domain/policy.ts';
import type { ManagerNotices } from '../../domain/routing.ts';
import { spanToMs } from '../../domain/span.ts';
import type { Settlement } from '../../domain/effect.ts';
import { leadInScope } from '../access/scope.ts';
import { type Db, transact, type Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { attentionEntries, type AttentionKind, type AttentionRow } from '../lists/attention.ts';
import { planned } from '../planned.ts';

/** What waits for a manager, among all that waits for a person. */
const KINDS = ['reroute', 'unassigned', 'late-contact', 'late-answer', 'stuck'] as const satisfies AttentionKind[];
export type ManagerKind = (typeof KINDS)[number];

/** Somebody who is told, and what of. */
export interface Recipient {
  id: string;
  email: string;
  name: string;
  timeZone: string | null;
  /** The leads that it is about. */
  which: (leadId: string) => Prisma.Sql;
  scope: Scope;
}

/** A lead that waits. `reason`: as it is kept, with keys and ids. */
export interface Waiting extends Pick<AttentionRow, 'since' | 'ref' | 'reason'> {
  kind: ManagerKind;
  leadId: string;
  name: string | null;
  company: string | null;
}

/** A mail whose row is written and which is about to be sent. */
export interface ClaimedNotice {
  mailId: string;
  waiting: Waiting[];
}

/** More than so many at once are told of in the next mail. */
const MOST_TOLD = 500;

interface Person {
  id: string;
  kind: 'rep' | 'manager' | 'admin';
  email: string;
  name: string;
  teams: string[];
  timeZone: string | null;
}

/**
 * The managers, each with the leads of their teams: the reps whom routing.yaml calls so and the users with that role; who is both gets one
 * mail. What no manager's teams have is for the admins.
 */
export async function readRecipients(db: Db): Promise<Recipient[]> {
  const people = await db.$queryRaw<Person[]>`
    SELECT DISTINCT ON (lower(email)) * FROM (
      SELECT id, 'rep' AS kind, email, name, teams, time_zone AS "timeZone" FROM reps WHERE manager AND active AND in_playbook
      UNION ALL SELECT id, role::text, email, name, teams, time_zone FROM users WHERE role IN ('manager', 'admin') AND active
    ) p ORDER BY lower(email), kind = 'admin', kind = 'rep', id`;
  const managers = people.flatMap((one) => {
    const scope = one.kind === 'admin' ? null : scopeOfManager(one);
    return scope === null ? [] : [{ ...one, scope, which: (leadId: string) => leadInScope(scope, leadId) }];
  });
  if (managers.some(({ scope }) => scope.kind === 'all')) return managers;
  const teams = managers.flatMap((one) => one.teams);
  const managed: Scope = { kind: 'rep', repId: '', teams };
  const admins = people.filter(({ kind }) => kind === 'admin');
  const which = (leadId: string): Prisma.Sql =>
    teams.length === 0 ? Prisma.sql`TRUE` : Prisma.sql`NOT ${leadInScope(managed, leadId)}`;
  return [...managers, ...admins.map((one) => ({ ...one, scope: { kind: 'all' } as const, which }))];
}

function scopeOfManager({ id, kind, teams }: Person): Scope | null {
  return boardScopeOf(
    kind === 'rep'
      ? { kind: 'rep', repId: id, manager: true, teams }
      : { kind: 'user', userId: id, manager: true, role: 'manager', teams },
  );
}

/** A mail that nobody has settled for long is in doubt: its process died. What it told of counts as told until it is due again. */
export async function doubtOldNotices(db: Db, nowMs: number): Promise<void> {
  await db.$executeRaw`
    UPDATE manager_mails SET status = 'in_doubt', reason = 'its process ended before the answer'
    WHERE status = 'claimed' AND occurred_at < ${new Date(nowMs - CLAIM_LASTS)}`;
}

/**
 * Claims a mail about what waits for the recipient and was not told yet, or so long ago that it is told again. Null when there is nothing,
 * or the recipient was mailed just now.
 */
export async function claimNotice(
  db: Db,
  recipient: Recipient,
  { gather, again, full }: ManagerNotices,
  nowMs: number,
): Promise<ClaimedNotice | null> {
  const before = (span: ManagerNotices['gather']): Date => new Date(nowMs - spanToMs(span));
  return transact(db, async (tx) => {
    const lately = await tx.managerMail.count({
      where: { recipient: recipient.id, occurredAt: { gt: before(gather) } },
    });
    if (lately > 0) return null;
    const waiting = await readDue(tx, recipient, { toldBefore: before(again), fullSince: before(full) });
    if (waiting.length === 0) return null;
    const mailId = newId('send');
    const at = new Date(nowMs);
    await tx.managerMail.create({
      data: { id: mailId, recipient: recipient.id, leads: waiting.length, status: 'claimed', occurredAt: at },
    });
    await tx.$executeRaw`
      INSERT INTO manager_notices (recipient, key, lead_id, mail_id, since, told_at)
      SELECT ${recipient.id}, key, lead_id, ${mailId}, since, ${at}
      FROM unnest(${waiting.map(({ key }) => key)}::text[], ${waiting.map(({ leadId }) => leadId)}::text[],
                  ${waiting.map(({ since }) => since)}::timestamptz[]) w(key, lead_id, since)
      ON CONFLICT (recipient, key) DO UPDATE SET mail_id = EXCLUDED.mail_id, since = EXCLUDED.since, told_at = EXCLUDED.told_at`;
    return { mailId, waiting };
  });
}

async function readDue(
  tx: Tx,
  { id, scope, which }: Recipient,
  { toldBefore, fullSince }: { toldBefore: Date; fullSince: Date },
): Promise<(Waiting & { key: string })[]> {
  return planned(
    tx,
    Prisma.sql`
    SELECT w.kind, w."leadId", w.ref, w.since, w.reason, w.key, nullif(concat_ws(' ', l.first_name, l.last_name), '') AS name, l.company
    FROM (${attentionEntries(scope, KINDS)}) w JOIN leads l ON l.id = w."leadId"
      LEFT JOIN needs n ON n.id = l.need_id
      LEFT JOIN manager_notices t ON t.recipient = ${id} AND t.key = w.key
    WHERE (t.key IS NULL OR t.since <> w.since OR t.told_at <= ${toldBefore}) AND ${which('w."leadId"')}
      AND NOT (w.kind = 'unassigned' AND n.waiting_because IS NULL AND n.waiting_for = 'room' AND n.waiting_since > ${fullSince})
    ORDER BY w.since, w.key LIMIT ${MOST_TOLD}`,
  );
}

/** Writes what became of a mail. One that certainly did not leave has told of nothing, and is tried again. */
export async function settleNotice(db: Db, mailId: string, settlement: Settlement, nowMs: number): Promise<void> {
  if (settlement.status === 'released') {
    return db.$transaction(async (tx) => {
      await tx.managerNotice.deleteMany({ where: { mailId } });
      await tx.managerMail.deleteMany({ where: { id: mailId } });
    });
  }
  const { status, reason } = settlement;
  await db.managerMail.updateMany({
    where: { id: mailId },
    data: { status, reason, ...(status === 'sent' && { sentAt: new Date(nowMs) }) },
  });
}

/** What nobody waits for any more is forgotten. */
export async function forgetOldNotices(db: Db, { again }: ManagerNotices, nowMs: number): Promise<void> {
  const before = new Date(nowMs - Math.max(spanToMs(again) * 2, KEPT_MS));
  await db.managerNotice.deleteMany({ where: { toldAt: { lt: before } } });
  await db.managerMail.deleteMany({ where: { occurredAt: { lt: before } } });
}

const KEPT_MS = 90 * 86_400_000;
