/** The answer to a request with an Idempotency-Key, kept for 24 hours and given again to a repeat. */
import { createHash } from 'node:crypto';

import { canonicalJson } from '../../domain/canonical-json.ts';
import { AppError } from '../../domain/errors.ts';
import { reached } from '../../runtime/race-points.ts';
import type { Db, Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { inPieces } from '../in-pieces.ts';

/** How long an answer is repeated. */
export const IDEMPOTENCY_TTL_MS = 24 * 3_600_000;
/** A request without an answer after this time counts as dead, and its key is free again. */
export const IDEMPOTENCY_SLOT_MS = 60_000;

/** The right to work on a request. `begunAt` is its token: a caller that takes over a dead request gets another one. */
export interface IdempotencySlot {
  id: string;
  begunAt: Date;
}

/** What is given again to a repeat. */
export interface StoredResponse {
  status: number;
  body: Prisma.JsonValue;
}

/** Keeps the answer; to be called in the transaction of the work. */
export type KeepAnswer = (tx: Tx, answer: StoredResponse) => Promise<void>;

export type IdempotencyStart = { kind: 'begun'; slot: IdempotencySlot } | { kind: 'replay'; answer: StoredResponse };

/**
 * Begins a request: the first with its key gets the slot, a later one with the same body the first one's answer.
 * Of two at the same moment one gets the slot (the key is the primary key; a dead slot changes hands by compare-and-set).
 *
 * @throws AppError IDEMPOTENCY_IN_PROGRESS while the first still runs, IDEMPOTENCY_KEY_REUSED for another body
 */
export async function beginIdempotent(
  db: Tx,
  request: { apiKeyId: string; key: string; body: unknown },
  now: Date,
): Promise<IdempotencyStart> {
  const id = `${request.apiKeyId}:${request.key}`;
  const requestHash = hashOf(request.body);
  const slot = { id, begunAt: now };
  const { count } = await db.idempotencyKey.createMany({
    data: [{ id, requestHash, createdAt: now }],
    skipDuplicates: true,
  });
  if (count === 1) return { kind: 'begun', slot };
  const found = await db.idempotencyKey.findUnique({ where: { id } });
  // The row was released or deleted in between. The caller is asked to repeat, and the repeat will find the key free.
  if (found === null) throw inProgress();
  const ageMs = now.getTime() - found.createdAt.getTime();
  const dead = ageMs >= (found.status === null ? IDEMPOTENCY_SLOT_MS : IDEMPOTENCY_TTL_MS);
  if (!dead && found.requestHash !== requestHash) {
    throw new AppError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used with another body. Use a new one.');
  }
  if (!dead && found.status !== null) return { kind: 'replay', answer: { status: found.status, body: found.body } };
  if (!dead) throw inProgress();
  await reached('key.free', id);
  const taken = await db.idempotencyKey.updateMany({
    where: { id, createdAt: found.createdAt },
    data: { requestHash, createdAt: now, status: null, body: Prisma.DbNull },
  });
  if (taken.count === 0) throw inProgress();
  return { kind: 'begun', slot };
}

/**
 * Keeps the answer. In the transaction of the work itself, the two are kept or lost together.
 *
 * @throws AppError IDEMPOTENCY_IN_PROGRESS when the slot was taken over meanwhile: this work must not be committed
 */
export async function finishIdempotent(tx: Tx, slot: IdempotencySlot, answer: StoredResponse): Promise<void> {
  const { count } = await tx.idempotencyKey.updateMany({
    where: { id: slot.id, createdAt: slot.begunAt, status: null },
    data: { status: answer.status, body: answer.body ?? Prisma.JsonNull },
  });
  if (count === 0) throw inProgress();
}

/** Gives the key back after a failure, so that a repeat runs again. */
export async function releaseIdempotent(db: Db, slot: IdempotencySlot): Promise<void> {
  await db.idempotencyKey.deleteMany({ where: { id: slot.id, createdAt: slot.begunAt, status: null } });
}

/** Deletes what is older than 24 hours, piece by piece until none is left or `signal` says to stop. Returns how many. */
export async function sweepIdempotency(db: Db, now: Date, signal?: AbortSignal): Promise<number> {
  const before = new Date(now.getTime() - IDEMPOTENCY_TTL_MS);
  return inPieces(
    // A key that is taken over at this moment, or deleted by another process, is skipped.
    (atMost) => db.$executeRaw`
      WITH old AS (
        SELECT id FROM idempotency_keys WHERE created_at < ${before}
        ORDER BY created_at LIMIT ${atMost} FOR UPDATE SKIP LOCKED
      )
      DELETE FROM idempotency_keys k USING old WHERE k.id = old.id`,
    signal,
  );
}

function inProgress(): AppError {
  return new AppError(
    'IDEMPOTENCY_IN_PROGRESS',
    'The first request with this Idempotency-Key is still running. Try again in a moment.',
  );
}

/** Of the parsed body; the order of keys makes no difference. */
function hashOf(body: unknown): string {
  return createHash('sha256').update(canonicalJson(body)).digest('hex');
}
