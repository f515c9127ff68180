/**
 * Which websites a browser may send forms and events from. A browser asks before it tells the key (CORS preflight), so the question is
 * whether any site key may be used there; that the key at hand may is asked once it is known (`refuseOrigin`).
 */
import type { Request } from 'express';
import { AppError } from '../domain/errors.ts';
import type { Caller } from './caller.ts';

export interface BrowserOrigins {
  /** What Access-Control-Allow-Origin is to say; null: nothing, and the browser refuses. */
  answerTo(origin: string): Promise<string | null>;
  /** Forgets what is cached: a key made or revoked here counts at once. */
  forget(): void;
}

const CACHE_MS = 10_000;

/**
 * @param read Reads the origins of each site key in use. When it fails, the last answer stays valid. Before the first answer,
 *   every origin may ask.
 */
export function createBrowserOrigins(read: () => Promise<readonly (readonly string[])[]>): BrowserOrigins {
  let known: readonly (readonly string[])[] = [];
  let until = 0;
  return {
    async answerTo(origin) {
      if (performance.now() >= until) {
        known = await read().catch(() => known);
        until = performance.now() + CACHE_MS;
      }
      // Every origin may ask. A request without a valid key is still refused, and the page can read why.
      if (known.length === 0 || known.some((origins) => origins.length === 0)) return '*';
      return known.some((origins) => origins.includes(origin)) ? origin : null;
    },
    forget() {
      until = 0;
    },
  };
}

/** @throws AppError FORBIDDEN when a site key is used on a website that it was not made for. Only browsers send an Origin. */
export function refuseOrigin({ origins }: Caller, request: Request): void {
  const { origin } = request.headers;
  if (origin === undefined || origins.length === 0 || origins.includes(origin)) return;
  throw new AppError(
    'FORBIDDEN',
    'This site key may not be used from this website; its origins are those it was made with',
  );
}
