/** A person with a browser: follows links and posts forms, as the public pages see it. */
import { AppError } from '../../domain/errors.ts';
import { readHtml, type FoundForm, type FoundPage } from './html.ts';

/** A browser's User-Agent. The engine takes a request without one for a machine, which scores nothing. */
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

/** GET, or with a body the POST of a form. Redirects are not followed. */
function visit(url: string, form?: Record<string, string>): Promise<Response> {
  return fetch(url, {
    method: form === undefined ? 'GET' : 'POST',
    redirect: 'manual',
    headers: { 'user-agent': USER_AGENT },
    signal: AbortSignal.timeout(30_000),
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
}

/** Follows a tracked link and returns its target. The target page itself is not opened. */
export async function followLink(url: string): Promise<string> {
  const response = await visit(url);
  const location = response.headers.get('location');
  if (response.status !== 302 || location === null) throw unexpected('The tracked link', response.status, 'a redirect');
  return location;
}

/** Loads the open pixel, like a mail program that shows images. */
export async function loadImage(url: string): Promise<void> {
  const response = await visit(url);
  await response.arrayBuffer();
  if (response.status !== 200) throw unexpected('The open pixel', response.status, 'an image');
}

export async function openPage(url: string): Promise<FoundPage> {
  const response = await visit(url);
  const html = await response.text();
  if (response.status !== 200) throw unexpected('The page', response.status, 'a page');
  return readHtml(html);
}

/** Fills in a form and presses its button. */
export async function submitForm(pageUrl: string, form: FoundForm, filled: Record<string, string>): Promise<FoundPage> {
  const response = await visit(new URL(form.action, pageUrl).href, { ...form.inputs, ...filled });
  const page = readHtml(await response.text());
  if (response.status !== 200)
    throw new AppError('INTERNAL', `The form was answered with ${response.status}: ${page.title}`);
  return page;
}

/** Sends what a mail program sends when its unsubscribe button is pressed (RFC 8058). */
export async function postOneClick(url: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
  });
  if (response.status !== 200) throw unexpected('The one-click unsubscribe', response.status, 'a 200');
}

function unexpected(what: string, status: number, wanted: string): AppError {
  return new AppError('INTERNAL', `${what} was answered with ${status} instead of ${wanted}.`);
}
