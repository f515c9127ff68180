import type { Db, Tx } from '../db.ts';
import type { Send, SendStatus } from '../generated/client.ts';
import { columnsOf, insertRows } from '../rows.ts';

/** What is claimed: an intent, named by its unique key, and the token of the attempt that may change it. */
export type NewSend = Pick<Send, 'id' | 'key' | 'leadId' | 'templateKey' | 'attempt' | 'occurredAt' | 'audience'> &
  Partial<
    Pick<
      Send,
      'enrollmentId' | 'stepId' | 'pass' | 'assignmentId' | 'templateHash' | 'contentKind' | 'messageId' | 'reason'
    >
  >;

/** The row of an intent, if it was ever meant. */
export async function findSend(tx: Tx, key: string): Promise<Send | null> {
  const [send] = await tx.$queryRaw<Send[]>`SELECT ${columnsOf('sends')} FROM sends WHERE key = ${key}`;
  return send ?? null;
}

export async function writeSend(tx: Tx, send: NewSend, status: 'claimed' | 'skipped'): Promise<void> {
  await insertRows(tx, 'sends', [{ ...send, status }]);
}

/**
 * A claim without an outcome, found by a later attempt: nobody can know what became of it. The token stays, so that the
 * first attempt, if it is still alive, may yet say that it was sent.
 */
export async function doubt(tx: Tx, send: Send): Promise<void> {
  await tx.send.updateMany({
    where: { id: send.id, attempt: send.attempt, status: 'claimed' },
    data: { status: 'in_doubt', reason: 'the worker stopped between claim and outcome' },
  });
}

/** The same for whatever claim of a lead an attempt before this one left behind, also of a mail that no step comes back to. */
export async function doubtClaims(tx: Tx, leadId: string): Promise<void> {
  await tx.send.updateMany({
    where: { leadId, status: 'claimed' },
    data: { status: 'in_doubt', reason: 'the worker stopped between claim and outcome' },
  });
}

/** Writes the outcome of an attempt. False when the claim is not this attempt's any more. */
export async function settleSend(
  tx: Tx,
  claim: { id: string; attempt: string },
  outcome: { status: Exclude<SendStatus, 'claimed'>; reason: string | null; sentAt: Date | null },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE sends SET status = ${outcome.status}::send_status, reason = ${outcome.reason}, sent_at = ${outcome.sentAt}
    WHERE id = ${claim.id} AND attempt = ${claim.attempt} AND status IN ('claimed', 'in_doubt')`;
  return count === 1;
}

/**
 * Takes a claim back: the message was certainly not handed over, and the same intent may be tried again. False when a later
 * attempt was in doubt about it and has gone on, so that nobody would try again.
 */
export async function releaseSend(tx: Tx, claim: { id: string; attempt: string }): Promise<boolean> {
  const { count } = await tx.send.deleteMany({ where: { ...claim, status: 'claimed' } });
  return count === 1;
}

export async function sendExists(tx: Tx, id: string): Promise<boolean> {
  return (await tx.send.count({ where: { id } })) > 0;
}

/** Template sources pinned by hash, by database. Their rows are never changed, so they stay true. */
const sources = new WeakMap<Db, Map<string, unknown>>();
const SOURCES_KEPT = 500;

/** The template of a revision, read and checked once a process; null when it is not stored. */
export async function templateByHash<T>(
  db: Db,
  tx: Tx,
  hash: string,
  parse: (stored: unknown) => T,
): Promise<T | null> {
  let known = sources.get(db);
  if (known === undefined || known.size > SOURCES_KEPT) sources.set(db, (known = new Map<string, unknown>()));
  if (known.has(hash)) return known.get(hash) as T;
  const row = await tx.templateRevision.findUnique({ where: { hash } });
  if (row === null) return null;
  const source = parse(row.source);
  known.set(hash, source);
  return source;
}
