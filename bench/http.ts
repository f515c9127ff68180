/** A small HTTP client with keep-alive: it runs on the same cores as the measured server, so it must cost little. */
import { Agent, request } from 'node:http';
import { csrfOf } from '../src/console/cookies.ts';

export interface Answer {
  status: number;
  body: string;
  /** From the request to the last byte of the answer. */
  ms: number;
}

export interface HttpCaller {
  post(path: string, body: unknown): Promise<Answer>;
  /** A form of the console, with the token of the session. */
  send(path: string, fields: Readonly<Record<string, string>>): Promise<Answer>;
  get(path: string): Promise<Answer>;
  close(): void;
}

/** A browser's User-Agent, because a click by a program does not count. */
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';

/** A connection that was idle this long is not used again: the server (Node: after 5 s) may be closing it. */
const IDLE_MS = 3_000;

/** Redirects are not followed. Throws for every status from 400 on. */
export function createCaller(baseUrl: string, apiKey: string): HttpCaller {
  return callerWith(baseUrl, { authorization: `Bearer ${apiKey}` }, '');
}

/** A person who is signed in to the console. */
export function createVisitor(baseUrl: string, session: string): HttpCaller {
  return callerWith(baseUrl, { cookie: `nurture_session=${session}` }, csrfOf(session));
}

function callerWith(baseUrl: string, who: Record<string, string>, csrf: string): HttpCaller {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const call = (method: string, path: string, body?: string, type = 'application/json'): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const since = performance.now();
      const headers = {
        ...who,
        'user-agent': USER_AGENT,
        ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
      };
      const sent = request(new URL(path, baseUrl), { method, agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const answer = {
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            ms: performance.now() - since,
          };
          if (answer.status < 400) resolve(answer);
          else
            reject(
              new Error(`${method} ${path.split('/').slice(0, 3).join('/')} answered ${answer.status}: ${answer.body}`),
            );
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  return {
    post: (path, body) => call('POST', path, JSON.stringify(body)),
    send: (path, fields) =>
      call('POST', path, new URLSearchParams({ csrf, ...fields }).toString(), 'application/x-www-form-urlencoded'),
    get: (path) => call('GET', path),
    close: () => agent.destroy(),
  };
}
