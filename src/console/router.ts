/** The console: pages for people of ours, rendered on the server. They work without scripts; one script, of ours, shows what is new; forms carry a token against forgery. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Router, type ErrorRequestHandler, type RequestHandler } from 'express';
import { html } from 'hono/html';
import { AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { isBeingCounted } from '../reports/answer.ts';
import { countedPart, lookAgain } from './being-counted.ts';
import type { ConsoleDeps } from './deps.ts';
import { decidePage } from './decide-page.ts';
import { deskPage } from './desk-page.ts';
import { handOverPage } from './hand-over.ts';
import { leadPages } from './lead-actions.ts';
import { leadsPage } from './leads-page.ts';
import { type Html, sendPage } from './layout.ts';
import { openIdPages } from './open-id.ts';
import { signInPages } from './sign-in.ts';
import { attentionPages } from './attention-page.ts';
import { broadcastMailPage } from './broadcast-mail.ts';
import { broadcastPages } from './broadcast-pages.ts';
import { boardPage } from './board-page.ts';
import { cadencePages } from './cadence-pages.ts';
import { reportLeadsPage } from './report-leads.ts';
import { reportPages } from './report-pages.ts';
import { targetDelete } from './target-delete.ts';
import { targetPage } from './target-page.ts';
import { usersPage } from './users-page.ts';
import { SLIDERS } from './sliders.ts';
import { STYLE } from './style.ts';

/** Served by us: a page loads nothing from elsewhere. */
const HTMX = readFileSync(fileURLToPath(import.meta.resolve('htmx.org/dist/htmx.min.js')), 'utf8');

/** @param limit Counts a request by its address before anything else. */
export function consoleRouter(deps: ConsoleDeps, limit: RequestHandler): Router {
  const router = Router();
  router.use((request, response, next) => {
    // The path has the token of a sign-in link, or a lead's id: the log names the console alone.
    response.locals['route'] = '/console';
    next(request.originalUrl.includes('%00') ? new AppError('NOT_FOUND', 'There is no such page.') : undefined);
  });
  router.get('/style.css', (_request, response) => {
    response.setHeader('Cache-Control', 'public, max-age=300').type('css').send(STYLE);
  });
  router.get('/htmx.js', (_request, response) => {
    response.setHeader('Cache-Control', 'public, max-age=86400').type('js').send(HTMX);
  });
  router.get('/sliders.js', (_request, response) => {
    response.setHeader('Cache-Control', 'public, max-age=300').type('js').send(SLIDERS);
  });
  router.use(['/sign-in', '/openid'], limit);
  signInPages(router, deps);
  openIdPages(router, deps);
  deskPage(router, deps);
  decidePage(router, deps);
  leadsPage(router, deps);
  leadPages(router, deps);
  boardPage(router, deps);
  handOverPage(router, deps);
  attentionPages(router, deps);
  cadencePages(router, deps);
  broadcastPages(router, deps);
  broadcastMailPage(router, deps);
  targetPage(router, deps);
  targetDelete(router, deps);
  reportPages(router, deps);
  reportLeadsPage(router, deps);
  usersPage(router, deps);
  router.use((_request, _response, next) => next(new AppError('NOT_FOUND', 'There is no such page.')));
  router.use(errorPage(deps));
  return router;
}

function errorPage({ failed, settings, toAppError }: ConsoleDeps): ErrorRequestHandler {
  return async (thrown: unknown, request, response, next) => {
    if (response.headersSent) return next(thrown);
    const error = unreadableBecause(thrown) ?? toAppError(thrown);
    const { status, title: codeTitle } = ERROR_CODES[error.code];
    if (isBeingCounted(error)) {
      lookAgain(request, response, error);
      const { companyName } = settings.organization;
      return sendPage(response, status, { title: codeTitle, companyName, who: null }, waiting(countedPart(error)));
    }
    const isOurs = status >= 500;
    if (isOurs) failed(thrown);
    const title = isOurs ? 'This did not work just now' : 'This is not possible';
    const message = isOurs ? 'Please try it again in a minute.' : error.message;
    const frame = { title, companyName: settings.organization.companyName, who: null };
    await sendPage(
      response,
      status,
      frame,
      html`<p>${message}</p>
        <p><a href="/console">To my desk</a></p>`,
    );
  };
}

const waiting = (part: Html): Html =>
  html`${part}
    <p><a href="/console/reports">To the reports</a></p>`;

/** What Express and its body parser throw for a request that is at fault; null for any other error. */
function unreadableBecause(error: unknown): AppError | null {
  if (isAppError(error) || !(error instanceof Error) || !('status' in error)) return null;
  if (error.status === 413)
    return new AppError('BODY_TOO_LARGE', 'The form is too large: write less, and send it again.');
  if (typeof error.status !== 'number' || error.status < 400 || error.status >= 500) return null;
  return new AppError('VALIDATION_FAILED', 'The request could not be read: load the page again, and repeat.');
}
