/** The small server of `watch`: the previews of all templates, reloaded when a file changes. It listens on this machine alone. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { html } from 'hono/html';
import { countOf } from '../../domain/count-of.ts';
import { isAppError } from '../../domain/errors.ts';
import { mistakeToText } from '../../language/problems.ts';
import { checkAll, type CheckedAll } from '../../simulate/check-folders.ts';
import type { Config } from '../../runtime/config.ts';
import { previewMail, templatesNamed } from './mail.ts';
import { previewPage } from './page.ts';
import type { PreviewPerson } from './person.ts';

export interface PreviewServer {
  url: string;
  /** Reads the folders again, and has the open pages reload. */
  refresh(): Promise<CheckedAll>;
  close(): Promise<void>;
}

const RELOAD = `new EventSource('/changes').onmessage = () => location.reload();`;
/** The mails are shown in frames without scripts; what they load from afar are pictures alone. */
const POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src https: data:; frame-src 'self'";

/** @param port 0: any that is free */
export async function startPreviewServer(config: Config, person: PreviewPerson, port: number): Promise<PreviewServer> {
  let checked = await checkAll(config);
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      const message = isAppError(error) ? error.message : 'This page could not be made.';
      send(response, isAppError(error) && error.code === 'NOT_FOUND' ? 404 : 500, 'text/plain', message);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: own } = server.address() as AddressInfo;
  const hosts = new Set([`127.0.0.1:${own}`, `localhost:${own}`]);

  async function answer({ method, url = '/', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    // Another website could have its name point to this machine, and read what is shown here.
    if (!hosts.has(headers.host ?? ''))
      return send(response, 403, 'text/plain', 'This server answers to localhost alone.');
    if (method !== 'GET') return send(response, 405, 'text/plain', 'Only GET.');
    const { pathname } = new URL(url, 'http://localhost');
    if (pathname === '/reload.js') return send(response, 200, 'text/javascript', RELOAD);
    if (pathname === '/changes') return listen(response);
    const body = pathname === '/' ? await overview(checked) : await onePage(decodeURIComponent(pathname.slice(1)));
    send(response, 200, 'text/html', body);
  }

  async function onePage(what: string): Promise<string> {
    const { content } = checked;
    if (content === null) return overview(checked);
    const { templates, ...named } = templatesNamed(content, what);
    const mails = await Promise.all(templates.map((template) => previewMail(config, template, person, named)));
    return previewPage(mails, person.shown, '/reload.js');
  }

  function listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': ready\n\n');
    listeners.add(response);
    response.once('close', () => listeners.delete(response));
  }

  return {
    url: `http://localhost:${own}`,
    async refresh() {
      checked = await checkAll(config);
      for (const listener of listeners) listener.write('data: changed\n\n');
      return checked;
    },
    async close() {
      for (const listener of listeners) listener.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** All cadences with their mails, and all templates; or the mistakes. */
async function overview({ mistakes, content }: CheckedAll): Promise<string> {
  const body =
    content === null
      ? html`<h1>${countOf(mistakes.length, 'mistake')}</h1>
          <ul>
            ${mistakes.map((one) => html`<li><code>${mistakeToText(one)}</code></li>`)}
          </ul>`
      : html`<h1>Templates</h1>
          <ul>
            ${[...content.templates.keys()].map((key) => html`<li><a href="/${key}">${key}</a></li>`)}
          </ul>`;
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>nurture watch</title>
        <script src="/reload.js"></script>
        <style>
          body {
            font:
              15px/1.6 system-ui,
              sans-serif;
            margin: 2rem;
          }
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html>`;
  return String(page);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  response.end(body);
}
