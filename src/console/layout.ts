/** The frame of every page of the console, and how a page is answered. Values in `html` are escaped. */
import type { Response } from 'express';
import { html } from 'hono/html';

export type Html = ReturnType<typeof html>;

/** Nothing is loaded but our style sheet, our one script, and parts of pages that it asks for again. No script or style stands in a page. */
const CSP =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; img-src 'self'; frame-src 'self'";

/** No style of its own, no history; an answer that is an error changes nothing on the page. */
const SCRIPT_SETTINGS = '{"includeIndicatorCSS":false,"history":false,"noSwap":["204","304","4xx","5xx"]}';

export interface Frame {
  title: string;
  /** The title of the entry in the head that the page belongs to; its own title when it is not said. */
  under?: string;
  companyName: string;
  /** Null on pages for people who are not signed in. */
  who: { name: string; csrf: string; links: readonly { path: string; title: string }[] } | null;
}

/** Pages full of figures, by their entry in the head. */
const BROAD = ['Reports', 'Cadences'];

export async function sendPage(response: Response, status: number, frame: Frame, content: Html): Promise<void> {
  const page = String(await inFrame(frame, content));
  response
    .status(status)
    .setHeader('Content-Security-Policy', CSP)
    .setHeader('Cache-Control', 'no-store')
    .setHeader('X-Robots-Tag', 'noindex, nofollow')
    .type('html')
    .send(page);
}

function inFrame({ title, under = title, companyName, who }: Frame, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <title>${title} – ${companyName}</title>
        <link rel="icon" href="/favicon.ico" type="image/svg+xml" />
        <link rel="stylesheet" href="/console/style.css" />
        ${
          who === null
            ? ''
            : html`<meta name="htmx-config" content="${SCRIPT_SETTINGS}" />
                <script src="/console/htmx.js" defer></script>`
        }
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <strong>${companyName}</strong>
          ${
            who === null
              ? ''
              : html`<nav aria-label="Console">${who.links.map(linkTo(under))}</nav>
                  <form method="post" action="/console/sign-out">
                    ${csrfField(who.csrf)}<span>${who.name}</span> <button>Sign out</button>
                  </form>`
          }
        </header>
        <main id="content" class="${BROAD.includes(under) ? 'broad' : ''}">
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`;
}

const linkTo = (title: string) => (link: { path: string; title: string }) =>
  link.title === title
    ? html`<a href="${link.path}" aria-current="page">${link.title}</a> `
    : html`<a href="${link.path}">${link.title}</a> `;

/** A part of a page that shows what is new by itself, without losing the place of whoever is in it. Nothing may be filled in there. */
export function live(path: string, content: Html): Html {
  return html`<div id="live" hx-get="${path}" hx-select="#live" hx-swap="outerMorph" hx-trigger="every 20s">
    ${content}
  </div>`;
}

export function csrfField(csrf: string): Html {
  return html`<input type="hidden" name="csrf" value="${csrf}" />`;
}

/** What was done before the page was led to, by the key in its address. */
export function said(
  done: Readonly<Record<string, string>>,
  { query }: { query: Readonly<Record<string, unknown>> },
): Html | '' {
  const asked = query['done'];
  const words = typeof asked === 'string' && Object.hasOwn(done, asked) ? done[asked] : undefined;
  return words === undefined ? '' : html`<p class="done" role="status">${words}</p>`;
}

/** What went wrong, where a screen reader says it first. */
export function problem(message: string | null): Html | '' {
  return message === null ? '' : html`<p class="problem" role="alert">${message}</p>`;
}
