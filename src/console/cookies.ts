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
