/**
 * Runs inside the mail inbox's program, before its own code. The inbox shows every mail to any caller, and allows calls from every
 * web page (`Access-Control-Allow-Origin: *`): a foreign page could read a rep's link and decide with it. So only the inbox's own
 * page gets an answer. The Host header must name this machine: this stops a foreign name that resolves to it. And a request that
 * states its origin must come from that page. Nor does one client that breaks off end it.
 */
import type { EventEmitter } from 'node:events';
import { type IncomingMessage, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

// maildev 2.2.0 reads a variable `host` that it never declares, and crashes right after it has begun to listen.
Object.assign(globalThis, { host: '127.0.0.1' });

// It ends as well where one client's connection fails in another way than by a reset: a TLS handshake that it cannot make, for example.
const ownRequire = createRequire(createRequire(import.meta.url).resolve('maildev/package.json'));
const { SMTPServer } = ownRequire('smtp-server') as { SMTPServer: { prototype: EventEmitter } };
const emitOfSmtp = SMTPServer.prototype.emit;
SMTPServer.prototype.emit = function guarded(this: EventEmitter, event: string, ...args: unknown[]): boolean {
  const [error] = args;
  if (event === 'error' && error instanceof Error && 'remoteAddress' in error) return true;
  return Reflect.apply(emitOfSmtp, this, [event, ...args]);
};

const emit = Server.prototype.emit;
Server.prototype.emit = function guarded(this: Server, event: string, ...args: unknown[]): boolean {
  const [request, answer] = args as [IncomingMessage, unknown];
  if ((event === 'request' || event === 'upgrade') && !isOwnPage(request)) {
    refuse(answer as ServerResponse | Socket, request.socket.localPort);
    return true;
  }
  if (event === 'request') keepToItself(answer as ServerResponse);
  return Reflect.apply(emit, this, [event, ...args]) as boolean;
};

function isOwnPage({ headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers;
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host)) return false;
  if (headers['sec-fetch-site'] === 'cross-site') return headers['sec-fetch-mode'] === 'navigate';
  return origin === undefined || origin === `http://${host}`;
}

function refuse(answer: ServerResponse | Socket, port: number | undefined): void {
  if (answer instanceof ServerResponse) {
    answer.writeHead(403, { 'Content-Type': 'text/plain' });
    answer.end(`The mail inbox answers its own page only: open it at http://localhost:${port}\n`);
  } else {
    answer.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
  }
}

function keepToItself(response: ServerResponse): void {
  const setHeader = response.setHeader.bind(response);
  response.setHeader = (name, value) => (/^access-control-/i.test(name) ? response : setHeader(name, value));
}
