/** Signing in by a link in a mail. Opening the link changes nothing, so that a mail scanner does not use it up: the button does. */
import type { Request, Response, Router } from 'express';
import { html } from 'hono/html';
import { AppError } from '../domain/errors.ts';
import { baseOf } from '../domain/public-url.ts';
import { BROWSER_DAYS, closeSession, openSession, readSession, SESSION_DAYS } from '../store/access/sessions.ts';
import { askToSignIn, forgetLink, isLinkGood, newToken } from '../store/access/sign-in-links.ts';
import { csrfOf, dropCookie, readCookie, requireCsrf, setCookie, setPlace, takePlace } from './cookies.ts';
import type { ConsoleDeps } from './deps.ts';
import { csrfField, type Html, sendPage } from './layout.ts';
import { field } from './fields.ts';
import { readForm } from './form-body.ts';
import { homeFor, homeOf } from './navigation.ts';
import { readPerson } from './session.ts';

export function signInPages(
  router: Router,
  { store, inStep, sendSignIn, openId, failed, settings }: ConsoleDeps,
): void {
  const { db } = store;
  const secure = settings.publicUrl.startsWith('https:');
  const now = (): Date => new Date(store.realNow());
  const page = (response: Response, status: number, title: string, content: Html): Promise<void> =>
    sendPage(response, status, { title, companyName: settings.organization.companyName, who: null }, content);

  function requireBrowser(request: Request): string {
    const browser = readCookie(request, 'browser');
    if (browser !== null) return browser;
    throw new AppError('FORBIDDEN', 'Your browser sent no cookie: allow cookies for this site, and ask for a new link');
  }

  async function requireForm(request: Request, response: Response, cookie: string): Promise<void> {
    await readForm(request, response, 'stranger');
    requireCsrf(cookie, field(request, 'csrf'));
  }

  /** A link that did not leave does not count: the person asks again at once. */
  async function mail(asked: { token: string; to: { address: string; name: string } }): Promise<void> {
    const url = `${baseOf(settings.publicUrl)}/console/sign-in/${asked.token}`;
    if (!(await sendSignIn(asked.to, url))) await forgetLink(db, asked.token);
  }

  router.get('/sign-in', async (request, response) => {
    const browser = readCookie(request, 'browser') ?? newToken();
    setCookie(response, 'browser', browser, { days: BROWSER_DAYS, secure });
    await page(
      response,
      200,
      'Sign in',
      html`<form class="card" method="post" action="/console/sign-in">
        ${csrfField(csrfOf(browser))}
        <p>You get a link by mail. It works once, for ten minutes, in this browser.</p>
        <label for="email">Your email address</label>
        <input id="email" name="email" type="email" autocomplete="email" required maxlength="254" />
        <button class="main">Send me the link</button>
        ${openId === null ? '' : html`<p><a class="button" href="/console/openid">Sign in with ${openId.provider}</a></p>`}
      </form>`,
    );
  });

  router.post('/sign-in', async (request, response) => {
    const browser = requireBrowser(request);
    await requireForm(request, response, browser);
    const asked = await inStep(() => askToSignIn(db, field(request, 'email'), browser, now()));
    // Not waited for: the time of the answer must not tell who is known.
    if (asked !== null) mail(asked).catch(failed);
    await page(
      response,
      200,
      'Look into your mail',
      html`<p>
          If somebody with this address may sign in, a link is on its way. Open it in this browser within ten minutes.
          After many requests no new mail comes for a while: the links of the last 20 minutes then work in this browser
          too.
        </p>
        <p><a href="/console/sign-in">Use another address</a></p>`,
    );
  });

  router.get('/sign-in/:token', async (request, response) => {
    const { token } = request.params;
    // A link from the command line is opened in a browser that never asked.
    const browser = readCookie(request, 'browser') ?? newToken();
    if (!(await isLinkGood(db, token, browser, now()))) return linkIsOver(request, response);
    setCookie(response, 'browser', browser, { days: BROWSER_DAYS, secure });
    if (typeof request.query['to'] === 'string') setPlace(request, response, request.query['to']);
    await page(
      response,
      200,
      'Sign in',
      html`<form class="card" method="post" action="/console/sign-in/${token}">
        ${csrfField(csrfOf(browser))} <button class="main">Sign in</button>
      </form>`,
    );
  });

  router.post('/sign-in/:token', async (request, response) => {
    const browser = requireBrowser(request);
    const { token } = request.params;
    if (!(await isLinkGood(db, token, browser, now()))) return linkIsOver(request, response);
    await requireForm(request, response, browser);
    const session = await openSession(db, token, browser, now());
    if (session === null) return linkIsOver(request, response);
    setCookie(response, 'session', session, { days: SESSION_DAYS, secure });
    response.redirect(303, takePlace(request, response, homeFor(await readPerson(store, session))));
  });

  router.post('/sign-out', async (request, response) => {
    const session = readCookie(request, 'session');
    if (session !== null && (await readSession(db, session, now())) !== null) {
      await requireForm(request, response, session);
      await closeSession(db, session);
    }
    dropCookie(response, 'session');
    response.redirect(303, '/console/sign-in');
  });

  async function linkIsOver(request: Request, response: Response): Promise<void> {
    const person = await readPerson(store, readCookie(request, 'session'));
    if (person !== null)
      return page(
        response,
        403,
        'You are signed in already',
        html`<p>This link was used before, or is too old. You need no other one in this browser.</p>
          <p><a class="button" href="${homeOf(person)}">Go on to the console</a></p>`,
      );
    return page(
      response,
      403,
      'This link does not work',
      html`<p>It was used already, or nobody asked for it in this browser within the last ten minutes.</p>
        <p><a href="/console/sign-in">Ask for a new link</a></p>`,
    );
  }
}
