/** What the console shows in the place of a report that is being counted. The page looks again by itself. */
import type { Request, Response } from 'express';
import { html } from 'hono/html';
import type { BeingCounted } from '../reports/being-counted.ts';
import type { Html } from './layout.ts';

export function countedPart({ message }: Error): Html {
  return html`<p role="status">${message} This page looks again by itself.</p>`;
}

/** The page is loaded again: as it was asked for, but without counting anew what is there by then. */
export function lookAgain(
  { originalUrl }: Request,
  response: Response,
  { lookAgainAfter: seconds }: Pick<BeingCounted, 'lookAgainAfter'>,
): void {
  const [path = '', query] = originalUrl.split('?');
  const asked = new URLSearchParams(query);
  asked.delete('fresh');
  const url = asked.size === 0 ? path : `${path}?${asked.toString()}`;
  response.setHeader('Refresh', `${seconds}; url=${url}`).setHeader('Retry-After', String(seconds));
}
