/** The ledger of outside effects, in one statement each whatever the number of rows. src/effects is what works with it. */
import { asJson, columnsOf, insertRows } from '../rows.ts';
import type { Tx } from '../db.ts';
import { Prisma, type Send } from '../generated/client.ts';

/** What is claimed: an intent, named by its unique key, and the token of the attempt that may change it. */
export type NewSend = Pick<
  Send,
  'id' | 'key' | 'leadId' | 'channel' | 'audience' | 'templateKey' | 'attempt' | 'occurredAt'
> &
  Partial<
    Pick<
      Send,
      | 'enrollmentId'
      | 'stepId'
      | 'pass'
      | 'assignmentId'
      | 'resendOf'
      | 'templateHash'
      | 'contentKind'
      | 'topic'
      | 'messageId'
      | 'contextDigest'
      | 'linkCount'
      | 'untracked'
      | 'ownLeaveAddress'
      | 'broadcastId'
      | 'variant'
      | 'reason'
    >
  >;

/** A row, and the token that its attempt was given. */
export type Attempt = Pick<Send, 'id' | 'attempt'>;

/** The outcome of an attempt. */
export interface Settled extends Attempt {
  status: 'sent' | 'in_doubt' | 'failed';
  reason: string | null;
  sentAt: Date | null;
}

/** What a message is to say, and the enrollment that it belongs to. */
export interface SentContent {
  templateKey: string;
  templateHash: string | null;
  enrollmentId: string;
  firstPass: number;
}

/** The row of an intent, if it was ever meant. */
export async function findSend(tx: Tx, key: string): Promise<Send | null> {
  const [send] = await tx.$queryRaw<Send[]>`SELECT ${columnsOf('sends')} FROM sends WHERE key = ${key}`;
  return send ?? null;
}

/**
 * The row of an intent, and whether the lead got this content by anything else than this enrollment, or by this one before it began
 * again: in one statement, as it is asked before every message. From its first pass on its file says what comes twice. `templateHash`: the same
 * content may have another name; null: the template is not stored.
 */
export async function findSendAndOther(
  tx: Tx,
  key: string,
  content: SentContent & { leadId: string },
): Promise<{ send: Send | null; hasGot: boolean }> {
  const rows = await tx.$queryRaw<Send[]>`
    SELECT ${columnsOf('sends')} FROM sends WHERE key = ${key}
    UNION ALL (
      SELECT ${columnsOf('sends')} FROM sends
      WHERE lead_id = ${content.leadId} AND audience = 'lead'
        AND (template_key = ${content.templateKey} OR template_hash = ${content.templateHash})
        AND status IN ('sent', 'in_doubt')
        AND (enrollment_id IS DISTINCT FROM ${content.enrollmentId} OR pass < ${content.firstPass}) LIMIT 1)`;
  return {
    send: rows.find((row) => row.key === key) ?? null,
    hasGot: rows.some((row) => row.key !== key),
  };
}

/** The rows state the same fields. A key that is there already fails the statement, and all that goes with it. */
export function writeSends(tx: Tx, sends: readonly NewSend[], status: 'claimed' | 'skipped'): Promise<void> {
  return insertRows(
    tx,
    'sends',
    sends.map((send) => ({ ...send, status })),
  );
}

/**
 * Writes outcomes, and answers with the ids whose token fits and which had none yet. What a later attempt put in doubt has none:
 * the first, still alive, may say what became of it.
 */
export async function settleSends(tx: Tx, settled: readonly Settled[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE sends s SET status = n.status, reason = n.reason, sent_at = n.sent_at
    FROM ${given(settled)} n
    WHERE s.id = n.id AND s.attempt = n.attempt AND s.status IN ('claimed', 'in_doubt') RETURNING s.id`;
  return rows.map(({ id }) => id);
}

/**
 * Takes claims back: they certainly did not happen, and the same intents may be tried again. Answers with what the rows said. One
 * that a later attempt was in doubt about has no one who tries again, unless the caller sees to it (`alsoInDoubt`). One that a person had
 * sent once more stays: trying it again as well would make two messages.
 */
export async function releaseSends(
  tx: Tx,
  attempts: readonly Attempt[],
  { alsoInDoubt }: { alsoInDoubt: boolean },
): Promise<Pick<Send, 'id' | 'status'>[]> {
  return tx.$queryRaw<Pick<Send, 'id' | 'status'>[]>`
    DELETE FROM sends s USING ${given(attempts.map(bare))} n
    WHERE s.id = n.id AND s.attempt = n.attempt
      AND (s.status = 'claimed' OR (s.status = 'in_doubt' AND ${alsoInDoubt}
        AND NOT EXISTS (SELECT FROM resent_sends r WHERE r.send_id = s.id))) RETURNING s.id, s.status`;
}

/**
 * Claims without an outcome, found by a later attempt: nobody can know what became of them. The attempts stay, so that the first
 * attempt, if it is still alive, may yet say it.
 */
export async function doubtSends(tx: Tx, attempts: readonly Attempt[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE sends s SET status = 'in_doubt', reason = ${STOPPED}
    FROM ${given(attempts.map(bare))} n
    WHERE s.id = n.id AND s.attempt = n.attempt AND s.status = 'claimed'`;
}

/** The same for whatever claim of a lead an attempt before this one left behind, also of a mail that no step comes back to. */
export async function doubtClaimsOf(tx: Tx, leadId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE sends SET status = 'in_doubt', reason = ${STOPPED} WHERE lead_id = ${leadId} AND status = 'claimed'`;
}

/** The same for the claims of a broadcast that an attempt before this one left behind. */
export async function doubtClaimsOfBroadcast(tx: Tx, broadcastId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE sends SET status = 'in_doubt', reason = ${STOPPED}
    WHERE broadcast_id = ${broadcastId} AND status = 'claimed'`;
}

/** The same for claims that nobody has come back to since an instant of the database's clock. */
export async function doubtClaimsBefore(tx: Tx, at: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE sends SET status = 'in_doubt', reason = 'no attempt came back to it'
    WHERE status = 'claimed' AND recorded_at < ${at}`;
}

const STOPPED = 'the worker stopped between claim and outcome';

export async function sendExists(tx: Tx, id: string): Promise<boolean> {
  return (await tx.send.count({ where: { id } })) > 0;
}

/**
 * Rows as a table. A single one is planned for as such: a set is taken for a hundred rows, for which a small table is read whole,
 * and a prepared statement goes on so when it has grown.
 */
function given(rows: readonly Attempt[]): Prisma.Sql {
  const [only] = rows;
  return rows.length === 1 && only !== undefined
    ? Prisma.sql`jsonb_populate_record(NULL::sends, ${asJson(only)}::jsonb)`
    : Prisma.sql`jsonb_populate_recordset(NULL::sends, ${asJson(rows)}::jsonb)`;
}

function bare({ id, attempt }: Attempt): Attempt {
  return { id, attempt };
}
