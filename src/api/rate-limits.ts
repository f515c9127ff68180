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
 * forms, events: by a site key from one address; events are counted one by one. pages: those that people reach from an email. wrongKeys: requests
 * with an API key that is none. Forms and events are counted a second time by the key alone, whatever the address.
 */
export type Limited = Exclude<keyof Config['rateLimits'], 'formsOfKey' | 'eventsOfKey'>;

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
        : [
            [
              limited as keyof Config['rateLimits'],
              createRateLimiter(db, { name: limited, points, periodS: PERIOD_S }),
            ] as const,
          ],
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

  /** Null when it is within the limit, and when there is none. `told`: whoever gets the headers of it. */
  async function consume(
    limit: keyof Config['rateLimits'],
    who: string,
    points: number,
    told: Request | null,
  ): Promise<RateLimiterRes | null> {
    try {
      const state = await limiters.get(limit)?.consume(who, points);
      if (state !== undefined && told !== null) tell(told, rateLimits[limit], state);
      return null;
    } catch (over) {
      if (over instanceof RateLimiterRes) return over;
      throw over;
    }
  }

  function warnOfProxy(request: Request): void {
    if (warned || trustProxy > 0 || request.headers['x-forwarded-for'] === undefined) return;
    warned = true;
    log.warn('requests come through a proxy, and all callers behind it are counted as one address: set TRUST_PROXY');
  }

  return {
    async spend(limited, request, by = null, points = 1) {
      if (points === 0) return;
      warnOfProxy(request);
      const address = addressOf(request);
      const over = await consume(limited, by === null ? address : `${by.keyId}:${address}`, points, request);
      if (over !== null) {
        if (limited === 'wrongKeys') remember(address, over.msBeforeNext);
        throw refuse(request, 'from this address', rateLimits[limited], over);
      }
      // After the address, so that what one address has too much does not use up what the key has for all.
      if (by === null || (limited !== 'forms' && limited !== 'events')) return;
      const ofKey = `${limited}OfKey` as const;
      const overAll = await consume(ofKey, by.keyId, points, null);
      if (overAll !== null) throw refuse(request, 'with this key', rateLimits[ofKey], overAll);
    },
    refuseGuesser(request) {
      if (guessers.size === 0) return;
      const msLeft = (guessers.get(addressOf(request)) ?? 0) - performance.now();
      if (msLeft > 0) throw refuse(request, 'from this address', rateLimits.wrongKeys, new RateLimiterRes(0, msLeft));
    },
  };
}

function refuse(request: Request, which: string, limit: number, state: RateLimiterRes): AppError {
  const seconds = tell(request, limit, state);
  request.res?.setHeader('Retry-After', String(seconds));
  const message = `Too many requests ${which}: at most ${limit} a minute. Try again in ${seconds} s.`;
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
