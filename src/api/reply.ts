import type { Response } from 'express';

/** The result of a handler. */
export interface Reply {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body:
    | { kind: 'json'; value: unknown }
    | { kind: 'html'; text: string }
    | { kind: 'bytes'; type: string; bytes: Buffer }
    | { kind: 'none' };
}

type Headers = Readonly<Record<string, string>>;

export function json(status: number, value: unknown, headers: Headers = {}): Reply {
  return { status, headers, body: { kind: 'json', value } };
}

export function html(status: number, text: string, headers: Headers = {}): Reply {
  return { status, headers, body: { kind: 'html', text } };
}

export function bytes(status: number, type: string, content: Buffer, headers: Headers = {}): Reply {
  return { status, headers, body: { kind: 'bytes', type, bytes: content } };
}

export function empty(status: number, headers: Headers = {}): Reply {
  return { status, headers, body: { kind: 'none' } };
}

/** Sends the reply. No cache may store an answer unless the handler allows it. */
export function sendReply(response: Response, reply: Reply): void {
  response.status(reply.status).setHeader('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  switch (reply.body.kind) {
    case 'json':
      response.json(reply.body.value);
      return;
    case 'html':
      response.type('html').send(reply.body.text);
      return;
    case 'bytes':
      response.type(reply.body.type).send(reply.body.bytes);
      return;
    case 'none':
      response.end();
  }
}
