/** Limits of requests by key and address. They are counted in the database, so that all processes of the API count together. */
import type { Request } from 'express';
import type { Logger } from 'pino';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';
import { createRateLimiter } from '../store/access/rate-limits.ts';
import type { StoreContext } from '../store/context.ts';
import type { Caller } from './caller.ts';
import { createAddressNames } from './client-address.ts';

/**
 * forms, events: by a site key; events are counted one by one. pages: those that people reach from an email. wrongKeys: requests
 * with an API key that is none.
 */
export type Limited = keyof Config['rateLimits'];

export interface RateLimits {
  /**
   * Counts a request, and tells the caller where they stand in the headers RateLimit-*. `by`: the site key it came by, if any.
   *
   * @throws AppError RATE_LIMITED, with Retry-After
   */
  spend(limited: Limited, request: Request, by?: Caller | null, points?: number): Promise<void>;
  /** Uses only the memory of this process. @throws AppError RATE_LIMITED for an address that tried too many wrong keys */
  refuseGuesser(request: Request): void;
}

const PERIOD_S = 60;

/** The number of addresses remembered for wrong keys. The oldest is forgotten first; the database still counts it. */
const MOST_GUESSERS = 10_000;

/**
 * Without the database each process counts for itself, so that an outage neither allows everything nor refuses everybody. A caller
 * over a limit is refused from memory, without a statement.
 */
export function createRateLimits(
  db: StoreContext['db'],
  config: Pick<Config, 'rateLimits' | 'secretKeys' | 'trustProxy'>,
  log: Pick<Logger, 'warn'>,
): RateLimits {
  const { rateLimits, trustProxy } = config;
  const addressOf = createAddressNames(config.secretKeys[0] ?? '');
  const limiters = new Map(
    Object.entries(rateLimits).flatMap(([limited, points]) =>
      points === 0
        ? []
        : [[limited as Limited, createRateLimiter(db, { name: limited, points, periodS: PERIOD_S })] as const],
    ),
  );
  /** For each address the time (of `performance`) until which it is refused. */
  const guessers = new Map<string, number>();
  let warned = false;

  function remember(address: string, forMs: number): void {
    const oldest = guessers.keys().next();
    if (guessers.size >= MOST_GUESSERS && !oldest.done) guessers.delete(oldest.value);
    guessers.delete(address);
    guessers.set(address, performance.now() + forMs);
  }

  function warnOfProxy(request: Request): void {
    if (warned || trustProxy > 0 || request.headers['x-forwarded-for'] === undefined) return;
    warned = true;
    log.warn('requests come through a proxy, and all callers behind it are counted as one address: set TRUST_PROXY');
  }

  return {
    async spend(limited, request, by = null, points = 1) {
      const limiter = limiters.get(limited);
      if (limiter === undefined || points === 0) return;
      warnOfProxy(request);
      const address = addressOf(request);
      try {
        const state = await limiter.consume(by === null ? address : `${by.keyId}:${address}`, points);
        tell(request, rateLimits[limited], state);
      } catch (over) {
        if (!(over instanceof RateLimiterRes)) throw over;
        if (limited === 'wrongKeys') remember(address, over.msBeforeNext);
        throw refuse(request, rateLimits[limited], over);
      }
    },
    refuseGuesser(request) {
      if (guessers.size === 0) return;
      const msLeft = (guessers.get(addressOf(request)) ?? 0) - performance.now();
      if (msLeft > 0) throw refuse(request, rateLimits.wrongKeys, new RateLimiterRes(0, msLeft));
    },
  };
}

function refuse(request: Request, limit: number, state: RateLimiterRes): AppError {
  const seconds = tell(request, limit, state);
  request.res?.setHeader('Retry-After', String(seconds));
  const message = `Too many requests from this address: at most ${limit} a minute. Try again in ${seconds} s.`;
  return new AppError('RATE_LIMITED', message);
}

/** Returns the seconds until the whole limit is available again. */
function tell(request: Request, limit: number, state: RateLimiterRes): number {
  const seconds = Math.max(1, Math.ceil(state.msBeforeNext / 1_000));
  request.res
    ?.setHeader('RateLimit-Limit', String(limit))
    .setHeader('RateLimit-Remaining', String(state.remainingPoints))
    .setHeader('RateLimit-Reset', String(seconds));
  return seconds;
}
