/** What the brakes are judged by. */
import type { MailCounts } from '../domain/brakes.ts';
import { BOUNCED } from '../domain/effect.ts';
import { idFrom } from '../domain/ids.ts';
import { SENDING } from '../domain/pauses.ts';
import type { Db, Tx } from './db.ts';

/** Notes that mails were not taken: only where that happened, so that a mail that leaves costs nothing. */
export async function noteTroubles(tx: Tx, mails: number): Promise<void> {
  await tx.$executeRaw`INSERT INTO mail_troubles (mails) VALUES (${mails})`;
}

/** Deletes what no brake asks about any more. */
export async function sweepTroubles(db: Db, before: Date): Promise<number> {
  return db.$executeRaw`DELETE FROM mail_troubles WHERE at < ${before}`;
}

/** Whether all sending is paused, and when somebody resumed it last. */
export async function sendingState(db: Db): Promise<{ isPaused: boolean; resumedAt: Date | null }> {
  const [row] = await db.$queryRaw<{ isPaused: boolean; resumedAt: Date | null }[]>`
    SELECT EXISTS (SELECT FROM pauses WHERE scope = ${SENDING}) AS "isPaused",
      (SELECT occurred_at FROM audit WHERE lead_id IS NULL AND action = 'sending.resumed'
        ORDER BY occurred_at DESC LIMIT 1) AS "resumedAt"`;
  return row ?? { isPaused: false, resumedAt: null };
}

/** Mails to leads since an instant of real time: ids are given in the order of time, so that no other rows are read. */
export async function mailCounts(db: Db, since: Date): Promise<MailCounts> {
  const [row] = await db.$queryRaw<MailCounts[]>`
    SELECT s.accepted, s.refused, i.returned, i.complaints, s."inDoubt", t.failures
    FROM (SELECT (count(*) FILTER (WHERE status = 'sent'))::int AS accepted,
            (count(*) FILTER (WHERE status = 'failed' AND NOT starts_with(coalesce(reason, ''), ${BOUNCED})))::int AS refused,
            (count(*) FILTER (WHERE status = 'in_doubt'))::int AS "inDoubt"
          FROM sends WHERE id >= ${idFrom('send', since)} AND audience = 'lead' AND channel = 'email'
            AND status IN ('sent', 'failed', 'in_doubt')) s,
      (SELECT (count(*) FILTER (WHERE verdict = 'hard'))::int AS returned,
          (count(*) FILTER (WHERE verdict = 'complaint'))::int AS complaints
        FROM inbound_mails WHERE id >= ${idFrom('inboundMail', since)}) i,
      (SELECT coalesce(sum(mails), 0)::int AS failures FROM mail_troubles WHERE at >= ${since}) t`;
  return row ?? { accepted: 0, refused: 0, returned: 0, complaints: 0, inDoubt: 0, failures: 0 };
}

/** Who is told that sending stopped: operators and admins who may sign in. */
export async function operatorsToTell(db: Db): Promise<{ address: string; name: string }[]> {
  const users = await db.user.findMany({ where: { active: true, role: { in: ['operator', 'admin'] } } });
  return users.map(({ email: address, name }) => ({ address, name }));
}
