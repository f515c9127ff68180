/** A real HTTP server that takes webhooks, checks their signature, and keeps what came. It does not keep a process alive. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export const HOOK_SECRET = `whsec_${Buffer.from('a secret of the tests, and nothing else').toString('base64')}`;

export interface Hook {
  /** The header `webhook-id`. */
  id: string;
  path: string;
  headers: IncomingMessage['headers'];
  data: { lead: string; [more: string]: unknown };
}

type Respond = (response: ServerResponse, hook: Hook) => void;

export interface HookSink {
  url: string;
  /** Everything that came with a right signature, the repeats included. */
  hooks: Hook[];
  of(leadId: string): Hook[];
  /** Answers the next requests in another way. */
  answer(by: Respond): void;
  close(): void;
}

export async function startHookSink(): Promise<HookSink> {
  const hooks: Hook[] = [];
  let respond: Respond = (response) => {
    response.writeHead(204).end();
  };
  const server = createServer((request, response) => {
    void take(request).then(
      (hook) => {
        hooks.push(hook);
        respond(response, hook);
      },
      () => response.writeHead(401).end(),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hooks,
    of: (leadId) => hooks.filter(({ data }) => data.lead === leadId),
    answer: (by) => {
      respond = by;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function take(request: IncomingMessage): Promise<Hook> {
  let body = '';
  for await (const part of request) body += String(part);
  const headers = request.headers as Record<string, string>;
  const { data } = new Webhook(HOOK_SECRET).verify(body, headers) as { data: Hook['data'] };
  return { id: String(request.headers['webhook-id']), path: request.url ?? '', headers: request.headers, data };
}
