/** Signing in by OpenID Connect, where it is set up. Who the provider vouches for must be a user or a rep already: nobody is made by it. */
import type { RequestHandler, Response, Router } from 'express';
import { html } from 'hono/html';
import { AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { openSessionOf, SESSION_DAYS } from '../store/access/sessions.ts';
import { newToken } from '../store/access/sign-in-links.ts';
import { dropCookie, readCookie, setCookie, takePlace } from './cookies.ts';
import type { ConsoleDeps, OpenId } from './deps.ts';
import { sendPage } from './layout.ts';
import { homeFor } from './navigation.ts';
import { readPerson } from './session.ts';

const MINUTES_TO_SIGN_IN = 10;
/** Of a sign-in whose cookie is not there, or whose code or state does not fit. */
export const OVER = 'This sign-in is over, or was begun in another browser.';

export function openIdPages(router: Router, { store, openId, failed, settings }: ConsoleDeps): void {
  const secure = settings.publicUrl.startsWith('https:');

  /** A HEAD, which anything may send, must not use up what the provider gave. */
  const page =
    (work: (openId: OpenId, ...given: Parameters<RequestHandler>) => Promise<void>): RequestHandler =>
    async (request, response, next) => {
      if (openId === null || request.method !== 'GET') throw new AppError('NOT_FOUND', 'There is no such page.');
      try {
        await work(openId, request, response, next);
      } catch (error) {
        if (!isAppError(error)) throw error;
        if (ERROR_CODES[error.code].status >= 500) failed(error);
        await refuse(response, error);
      }
    };

  router.get(
    '/openid',
    page(async ({ begin }, _request, response) => {
      const token = newToken();
      const address = await begin(token);
      setCookie(response, 'openId', token, { days: MINUTES_TO_SIGN_IN / 1_440, secure });
      response.redirect(303, address.href);
    }),
  );

  router.get(
    '/openid/callback',
    page(async ({ finish }, request, response) => {
      const token = readCookie(request, 'openId');
      dropCookie(response, 'openId');
      if (token === null) throw new AppError('FORBIDDEN', OVER);
      const { searchParams } = new URL(request.originalUrl, settings.publicUrl);
      const address = await finish(token, searchParams);
      const session = await openSessionOf(store.db, address, new Date(store.realNow()));
      if (session === null)
        throw new AppError('FORBIDDEN', 'You may not sign in here with this address: ask an admin to invite it.');
      setCookie(response, 'session', session, { days: SESSION_DAYS, secure });
      response.redirect(303, takePlace(request, response, homeFor(await readPerson(store, session))));
    }),
  );

  function refuse(response: Response, { code, message }: AppError): Promise<void> {
    const frame = { title: 'You are not signed in', companyName: settings.organization.companyName, who: null };
    return sendPage(
      response,
      ERROR_CODES[code].status,
      frame,
      html`<p>${message}</p>
        <p><a href="/console/sign-in">Begin again, or get a link by mail</a></p>`,
    );
  }
}
