import { z } from 'zod';
import { ERROR_CODES, type AppError } from '../domain/errors.ts';
import type { Organization } from '../domain/brand.ts';
import { errorPage, linkNotValidPage, PAGE_CSP } from '../email/pages.ts';
import { toAppError } from './problem.ts';
import { html, type Reply } from './reply.ts';

/** Pages for people who follow a link in an email. An error is shown as a page, too. */

const HEADERS = { 'Content-Security-Policy': PAGE_CSP, 'X-Robots-Tag': 'noindex, nofollow' };

/** The error pages that every page operation has in the OpenAPI document. */
export const FAILED_PAGES = {
  500: { description: 'A page: an error occurred and was logged', mediaType: 'text/html' },
  503: { description: 'A page: a temporary error. The link works again in a minute', mediaType: 'text/html' },
} as const;

/** The same for a page that is limited by address. */
export const LIMITED_PAGES = {
  ...FAILED_PAGES,
  429: { description: 'A page: too many requests from this address', mediaType: 'text/html' },
} as const;

/** The answer to a link whose token is not valid. */
export const NOT_VALID = { description: 'A page: the token is not valid', mediaType: 'text/html' } as const;

/** The body of a one-click request (RFC 8058) or of the button of a page: any is taken, or none. */
export const ONE_CLICK = {
  body: z.record(z.string(), z.unknown()),
  bodyKind: 'any-form',
  bodyExample: { 'List-Unsubscribe': 'One-Click' },
} as const;

export function htmlPage(status: number, text: string): Reply {
  return html(status, text, HEADERS);
}

export function linkNotValid(organization: Organization): Reply {
  return htmlPage(404, linkNotValidPage(organization));
}

/** Runs the work. An error becomes a page, and `log` gets the errors that are our fault. */
export async function asPage(
  organization: Organization,
  log: (error: AppError) => void,
  work: () => Promise<Reply>,
): Promise<Reply> {
  try {
    return await work();
  } catch (thrown) {
    const error = toAppError(thrown);
    const { status, title } = ERROR_CODES[error.code];
    if (status >= 500) log(error);
    const message = status >= 500 ? 'Please try the link again in a minute.' : error.message;
    return htmlPage(
      status,
      errorPage({ organization, title: status >= 500 ? 'This did not work just now' : title, message, hint: null }),
    );
  }
}
