import type { Request } from 'express';
import { hashOfSecret } from '../crypto/secret-hash.ts';
import { AppError } from '../domain/errors.ts';
import { denialAtAll } from '../domain/policy.ts';
import { actorOf, type Caller } from './caller.ts';
import { refuseForeignName } from './foreign-pages.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Route } from './route.ts';

/** Asks the store for the key with this secret (by its hash); null when there is none, or it was revoked. */
export type FindKey = (secret: string) => Promise<Caller | null>;

export interface Keyring {
  /** @throws AppError UNAUTHENTICATED, FORBIDDEN, RATE_LIMITED */
  admit(route: Route, request: Request): Promise<Caller | null>;
  /** Forgets what is cached: a key made or revoked here works, or fails, at once. */
  forget(): void;
}

/** A revoked key is refused by every process after this long at the latest. */
const CACHE_MS = 10_000;
const CACHE_SIZE = 1_000;

/**
 * Keys are looked up by the hash of what was sent: the secret is never compared, so there is nothing to time. Only keys that
 * exist are cached, so that guesses cannot fill the memory.
 */
export function createKeyring(
  findKey: FindKey,
  limits: RateLimits,
  now: () => number = () => performance.now(),
): Keyring {
  const cache = new Map<string, { caller: Caller; until: number }>();

  async function lookUp(request: Request): Promise<Caller> {
    const secret = bearerOf(request);
    refuseForeignName(secret, request);
    const hash = hashOfSecret(secret);
    const cached = cache.get(hash);
    if (cached !== undefined && cached.until > now()) return cached.caller;
    cache.delete(hash);
    limits.refuseGuesser(request);
    const caller = await findKey(secret);
    if (caller === null) await limits.spend('wrongKeys', request);
    if (caller === null) throw new AppError('UNAUTHENTICATED', 'This API key is unknown or was revoked');
    if (caller.role === 'rep' && caller.rep === null) {
      throw new AppError('FORBIDDEN', 'The rep of this key has left the playbook; use the key of an active rep');
    }
    const oldest = cache.keys().next();
    if (cache.size >= CACHE_SIZE && !oldest.done) cache.delete(oldest.value);
    cache.set(hash, { caller, until: now() + CACHE_MS });
    return caller;
  }

  return {
    async admit(route, request) {
      if (route.access === 'public') return null;
      const caller = await lookUp(request);
      const denial = denialAtAll(actorOf(caller), route.access);
      if (denial === null) return caller;
      throw new AppError(denial.code, denial.message);
    },
    forget: () => cache.clear(),
  };
}

function bearerOf(request: Request): string {
  const header = request.headers.authorization;
  const match = header === undefined ? null : /^Bearer +([\x21-\x7e]{1,512})$/i.exec(header);
  if (match?.[1] !== undefined) return match[1];
  throw new AppError('UNAUTHENTICATED', 'Send an API key in the header Authorization: Bearer <key>');
}
