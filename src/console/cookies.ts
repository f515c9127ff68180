/** The cookies of the console, and the tokens against forged forms that follow from them. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { AppError } from '../domain/errors.ts';

/** `session`: who is signed in. `browser`: the browser that asked for a sign-in link. `openId`: a sign-in by a provider that was begun. */
const NAMES = { session: 'nurture_session', browser: 'nurture_browser', openId: 'nurture_openid' } as const;
type Cookie = keyof typeof NAMES;

export function readCookie(request: Request, cookie: Cookie): string | null {
  const parts = (request.headers.cookie ?? '').split(';').map((part) => part.trim().split('='));
  const value = parts.find(([name]) => name === NAMES[cookie])?.[1];
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : null;
}

/** Lax: the link in a mail is opened from another site, and has to find it. No form of another site sends it. */
export function setCookie(
  response: Response,
  cookie: Cookie,
  value: string,
  setting: { days: number; secure: boolean },
): void {
  const options = { httpOnly: true, sameSite: 'lax', path: '/console', secure: setting.secure } as const;
  response.cookie(NAMES[cookie], value, { ...options, maxAge: setting.days * 86_400_000 });
}

const PLACE = 'nurture_place';
/** Pages of the console alone, with what they were asked for: nobody is led elsewhere. */
const A_PAGE = /^\/console(?:\/[\w-]+)*(?:\?[\w%&=+.,:~*@!'()-]*)?$/;
const LONGEST_PLACE = 1000;
const MINUTES_OF_PLACE = 60;

/** Keeps the page that somebody asked for who is not signed in, for when they are. It may name a lead by its id, so it is in no address. */
export function keepPlace(request: Request, response: Response): void {
  if (request.method === 'GET') setPlace(request, response, request.originalUrl);
}

/** The page that somebody is led to when they are signed in. What is no page of the console is passed over. */
export function setPlace(request: Request, response: Response, path: string): void {
  if (!A_PAGE.test(path) || path.length > LONGEST_PLACE) return;
  const options = { httpOnly: true, sameSite: 'lax', path: '/console', secure: request.secure } as const;
  response.cookie(PLACE, path, { ...options, maxAge: MINUTES_OF_PLACE * 60_000 });
}

/** The page that was asked for before the sign-in, once. Who asked for none, or for the console as such, begins at `home`. */
export function takePlace(request: Request, response: Response, home: string): string {
  const found = (request.headers.cookie ?? '')
    .split(';')
    .map((part) => part.trim().split('='))
    .find(([name]) => name === PLACE)?.[1];
  response.clearCookie(PLACE, { path: '/console' });
  let path = '';
  try {
    path = decodeURIComponent(found ?? '');
  } catch {
    // Not of ours.
  }
  return A_PAGE.test(path) && path !== '/console' ? path : home;
}

export function dropCookie(response: Response, cookie: Cookie): void {
  response.clearCookie(NAMES[cookie], { path: '/console' });
}

/** The token that a form of this session or browser has to send. It does not tell the cookie. */
export function csrfOf(cookieValue: string): string {
  return createHash('sha256').update(`csrf:${cookieValue}`).digest('base64url');
}

/** @throws AppError FORBIDDEN for a form that did not come from a page of this session */
export function requireCsrf(cookieValue: string, given: unknown): void {
  const right = Buffer.from(csrfOf(cookieValue));
  const sent = Buffer.from(typeof given === 'string' ? given : '');
  if (sent.length === right.length && timingSafeEqual(sent, right)) return;
  throw new AppError('FORBIDDEN', 'This form is from another session: go back, load the page again and repeat');
}
