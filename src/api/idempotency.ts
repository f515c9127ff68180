import type { Request } from 'express';
import { z } from 'zod';
import { canonicalJson } from '../domain/canonical-json.ts';
import { AppError } from '../domain/errors.ts';
import { idFor, newId } from '../domain/ids.ts';
import { beginIdempotent, finishIdempotent, type KeepAnswer, releaseIdempotent } from '../store/access/idempotency.ts';
import type { StoreContext } from '../store/context.ts';
import type { Caller } from './caller.ts';
import { json, type Reply } from './reply.ts';

/** For requests. */
export const IdempotencyHeader = header(
  'A repeat with the same key within 24 hours gets the first answer, and nothing is done again. A repeat with another body is refused',
);

/** For commands. */
export const CommandKeyHeader = header(
  'A repeat of the command with the same key gets the first verdict at any later time, and nothing is done again',
);

function header(description: string) {
  const key = z.string().min(1).max(200).optional().meta({ description, example: '7f3c1f0a-form-42' });
  return z.object({ 'Idempotency-Key': key });
}

const KEY = /^[\x21-\x7e]{1,200}$/;

/** @throws AppError VALIDATION_FAILED */
export function idempotencyKey(request: Request): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && KEY.test(key)) return key;
  const message = 'must have 1 to 200 visible ASCII characters, without spaces';
  throw new AppError('VALIDATION_FAILED', `The header Idempotency-Key ${message}`, {
    fields: [{ path: 'Idempotency-Key', message }],
  });
}

export type KeptResponse = { status: number; body: Record<string, string | boolean> };

/** Runs `work` once per key of this caller and gives its answer to every repeat. */
export async function once(
  db: StoreContext['db'],
  now: () => number,
  caller: Caller,
  key: string | null,
  body: unknown,
  work: (keep: KeepAnswer) => Promise<KeptResponse>,
): Promise<Reply> {
  if (key === null) {
    const answer = await work(async () => {});
    return json(answer.status, inKeptOrder(answer.body));
  }
  const start = await beginIdempotent(db, { apiKeyId: caller.keyId, key, body }, new Date(now()));
  if (start.kind === 'replay') return json(start.answer.status, start.answer.body, { 'Idempotency-Replayed': 'true' });
  try {
    const answer = await work((tx, kept) => finishIdempotent(tx, start.slot, kept));
    return json(answer.status, inKeptOrder(answer.body));
  } catch (error) {
    await releaseIdempotent(db, start.slot).catch(() => {
      // The slot runs out by itself; the caller is owed the first error.
    });
    throw error;
  }
}

/**
 * Id of a command: the Temporal update id. With an Idempotency-Key the same request has the same id, and so the same
 * verdict, however often it is sent. The same key with another path or body makes another id. Otherwise the second request would
 * get the verdict of the first.
 *
 * @param about Id of the lead or assignment that the command is for
 */
export function commandIdOf(request: Request, caller: Caller, about: string, kind: string): string {
  const key = idempotencyKey(request);
  if (key === null) return newId('command');
  return idFor('command', canonicalJson([caller.keyId, about, kind, key, request.body ?? {}]));
}

/** As PostgreSQL's jsonb gives it back (shorter names first), so that a repeat gets the same answer to the letter. */
function inKeptOrder(body: KeptResponse['body']): KeptResponse['body'] {
  const byName = ([one]: [string, unknown], [other]: [string, unknown]): number =>
    one.length - other.length || (one < other ? -1 : 1);
  return Object.fromEntries(Object.entries(body).toSorted(byName));
}
