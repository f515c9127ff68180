/**
 * Web pages of others, which a person may have open on the machine that the API runs on. A page cannot read a key, but the key of
 * development is printed in the README.
 */
import type { Request } from 'express';
import { AppError } from '../domain/errors.ts';
import { isLoopback } from '../runtime/config-secrets.ts';
import { DEVELOPMENT_ADMIN_KEY } from '../runtime/development-keys.ts';
import type { Caller } from './caller.ts';

/** @throws AppError FORBIDDEN when a page of another website uses a key that is not for websites. Only browsers send an Origin. */
export function refuseForeignPage({ role }: Caller, { headers: { origin, host } }: Request, publicUrl: string): void {
  if (role === 'site' || origin === undefined || origin === new URL(publicUrl).origin) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw new AppError(
    'FORBIDDEN',
    'Web pages may use site keys only: this key is for programs and must not be in a page',
  );
}

/**
 * A foreign name can be made to point to this machine, and its page is then of one origin with the API.
 *
 * @throws AppError FORBIDDEN when the key of development is used under such a name
 */
export function refuseForeignName(secret: string, { headers: { host = '' } }: Request): void {
  if (secret !== DEVELOPMENT_ADMIN_KEY) return;
  const url = `http://${host}`;
  if (URL.canParse(url) && isLoopback(new URL(url).hostname)) return;
  throw new AppError(
    'FORBIDDEN',
    'The key of development is taken under the names of this machine only, such as localhost',
  );
}
