/** Receivers that take nothing of ours for now, shared by all workers. Times are those of the database's clock. */
import { type HeardBy, REFUSAL_PAUSES, TRY_LASTS } from '../domain/refusals.ts';
import type { Db, Tx } from './db.ts';
import { type MailRefusal, Prisma } from './generated/client.ts';

/** How long a receiver's pause lasts, in milliseconds from now, as an expression; null: it refuses nothing. Negative: one mail may try. */
export function refusedForMs(email: string | null | Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT (extract(epoch FROM until - clock_timestamp()) * 1000)::float8 FROM mail_refusals
    WHERE receiver = ${domainOf(email)})`;
}

function domainOf(email: string | null | Prisma.Sql): Prisma.Sql {
  return Prisma.sql`lower(substring(${email}::text FROM '@([^@]*)$'))`;
}

/** Whether an address is of this receiver, as an expression. */
export function isAtReceiver(email: Prisma.Sql, receiver: string): Prisma.Sql {
  return Prisma.sql`${domainOf(email)} = ${receiver}`;
}

/**
 * Whether the receiver refuses us still, asked before a mail is put off for it. It is locked until the transaction ends: whoever lifts the
 * refusal waits, and then finds the mail among those that wait. Where somebody lifts it just now nobody waits, and it refuses us no more.
 */
export async function stillRefuses(tx: Tx, receiver: string): Promise<boolean> {
  const rows = await tx.$queryRaw<{ receiver: string }[]>`
    SELECT receiver FROM mail_refusals WHERE receiver = ${receiver} FOR KEY SHARE SKIP LOCKED`;
  return rows.length > 0;
}

/**
 * Before outcomes that refuse us are written, until the transaction ends; and, alone, by whoever lifts a refusal. So a mail that is put off is
 * among those that the lift finds, or its transaction finds the lift (`liftedSince`). In the order of receivers.
 */
export async function lockOutcomes(tx: Db | Tx, receivers: readonly string[], as: 'settles' | 'lifts'): Promise<void> {
  const lock = Prisma.raw(as === 'settles' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock');
  for (const receiver of [...new Set(receivers)].toSorted())
    await tx.$executeRaw`SELECT ${lock}(hashtextextended('refusals of ' || ${receiver}::text, 0))`;
}

/** When a person last lifted the refusal of each receiver, of those lifted since then. Epoch milliseconds. */
export async function liftedSince(
  tx: Db | Tx,
  receivers: readonly string[],
  sinceMs: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.$queryRaw<{ receiver: string; at: Date }[]>`
    SELECT data->>'receiver' AS receiver, max(occurred_at) AS at FROM audit
    WHERE lead_id IS NULL AND occurred_at >= ${new Date(sinceMs)} AND action = 'sending.receiver-lifted'
      AND data->>'receiver' = ANY(${[...receivers]}) GROUP BY 1`;
  return new Map(rows.map(({ receiver, at }) => [receiver, at.getTime()]));
}

/** The longest pause of these receivers, as above. */
export async function longestRefusal(db: Db | Tx, receivers: readonly string[]): Promise<number | null> {
  const [row] = await db.$queryRaw<{ ms: number | null }[]>`
    SELECT (extract(epoch FROM max(until) - clock_timestamp()) * 1000)::float8 AS ms
    FROM mail_refusals WHERE receiver = ANY(${[...receivers]})`;
  return row?.ms ?? null;
}

/** Makes the mail of the caller the one that tries. False: another does, or the pause was made longer meanwhile. */
export async function beginTry(tx: Db | Tx, receiver: string): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE mail_refusals SET trying = TRUE, until = clock_timestamp() + ${TRY_LASTS}::float8 * interval '1 millisecond'
    WHERE receiver = (SELECT receiver FROM mail_refusals
      WHERE receiver = ${receiver} AND until <= clock_timestamp() FOR NO KEY UPDATE SKIP LOCKED)`;
  return count > 0;
}

const pauseAfter = (refusals: Prisma.Sql): Prisma.Sql => Prisma.sql`
  (${[...REFUSAL_PAUSES]}::int[])[least(${refusals}, ${REFUSAL_PAUSES.length})] * (0.9 + 0.2 * random()) * interval '1 minute'`;

export interface Refusal {
  receiver: string;
  reason: string;
}

/**
 * Writes that receivers refused us. The pause grows when the mail was the one that tried; mails that were on their way at the same time
 * change nothing. In the order of receivers: two workers that write several at once do not wait for each other.
 */
export async function noteRefusals(tx: Db | Tx, refusals: readonly Refusal[], heardBy: HeardBy): Promise<void> {
  const sorted = [...new Map(refusals.map((one) => [one.receiver, one])).values()].toSorted((a, b) =>
    a.receiver < b.receiver ? -1 : 1,
  );
  if (sorted.length === 0) return;
  const grows = Prisma.sql`(r.trying OR r.accepted_at IS NOT NULL)`;
  await tx.$executeRaw`
    INSERT INTO mail_refusals AS r (receiver, until, heard_by, reason)
    SELECT receiver, clock_timestamp() + ${pauseAfter(Prisma.sql`1`)}, ${heardBy}, reason
    FROM unnest(${sorted.map((one) => one.receiver)}::text[], ${sorted.map((one) => one.reason)}::text[])
      WITH ORDINALITY AS n(receiver, reason, nth) ORDER BY nth
    ON CONFLICT (receiver) DO UPDATE SET
      refusals = CASE WHEN ${grows} THEN r.refusals + 1 ELSE r.refusals END,
      until = CASE WHEN ${grows} THEN clock_timestamp() + ${pauseAfter(Prisma.sql`r.refusals + 1`)} ELSE r.until END,
      trying = FALSE, accepted_at = NULL, last_at = clock_timestamp(), heard_by = excluded.heard_by, reason = excluded.reason`;
}

/** Locks the rows of these receivers, in their order, until the transaction ends. */
export async function lockRefusals(tx: Db | Tx, receivers: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    SELECT FROM mail_refusals WHERE receiver = ANY(${[...receivers]}) ORDER BY receiver FOR NO KEY UPDATE`;
}

/**
 * The mail that tried was taken: the receiver refuses us no more. Where it said so by notices, after it had taken mails, one more mail has to
 * pass after another pause.
 */
export async function noteTaken(tx: Db | Tx, receivers: readonly string[]): Promise<void> {
  const mine = Prisma.sql`receiver = ANY(${[...receivers]}) AND trying`;
  await lockRefusals(tx, receivers);
  await tx.$executeRaw`DELETE FROM mail_refusals WHERE ${mine} AND (heard_by = 'answer' OR accepted_at IS NOT NULL)`;
  await tx.$executeRaw`
    UPDATE mail_refusals SET trying = FALSE, accepted_at = clock_timestamp(),
      until = clock_timestamp() + ${pauseAfter(Prisma.sql`refusals`)} WHERE ${mine}`;
}

/** Oldest first. */
export async function listRefusals(db: Db): Promise<MailRefusal[]> {
  return db.mailRefusal.findMany({ orderBy: [{ since: 'asc' }, { receiver: 'asc' }], take: 500 });
}

/** Nobody mailed the receiver for long: what it said then is of no use. */
export async function sweepRefusals(db: Db): Promise<number> {
  return db.$executeRaw`DELETE FROM mail_refusals WHERE greatest(last_at, until) < now() - interval '30 days'`;
}
