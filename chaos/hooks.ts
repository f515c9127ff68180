/** The receiver of the webhooks of a run. It writes down each call before it answers; the seed says how it answers. */
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { Webhook } from 'standardwebhooks';
import type { HookRecord } from './hook-record.ts';
import { hookAnswerOf } from './plan.ts';

export const HOOK_SECRET = `whsec_${Buffer.from('a secret of chaos, and of nothing else').toString('base64')}`;

export interface Hooks {
  close(): void;
}

export async function startHooks({ port, seed, file }: { port: number; seed: number; file: string }): Promise<Hooks> {
  const calls = new Map<string, number>();
  const server = createServer((request, response) => {
    // A caller that dies meanwhile has posted nothing.
    void take(request).then(answerTo, () => response.destroy());
    function answerTo({ call, email }: Taken): void {
      const place = `${email} ${call.step}`;
      const before = calls.get(place) ?? 0;
      calls.set(place, before + 1);
      const answer = hookAnswerOf(seed, place, before);
      appendFileSync(file, `${JSON.stringify({ ...call, answer } satisfies HookRecord)}\n`);
      // Who gets no answer gives up by itself.
      if (answer === 'none') return;
      response.writeHead(Number(answer)).end();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  server.unref();
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Taken {
  call: Omit<HookRecord, 'answer'>;
  email: string;
}

/** @throws when the caller is gone before it has said all */
async function take(request: IncomingMessage): Promise<Taken> {
  let body = '';
  for await (const part of request) body += String(part);
  const { data } = JSON.parse(body) as { data: { lead: string; step: string; fields: { email: string } } };
  const call = {
    at: Date.now(),
    id: String(request.headers['webhook-id']),
    key: String(request.headers['idempotency-key']),
    isSigned: isSigned(request, body),
    leadId: data.lead,
    step: data.step,
    data: JSON.stringify(data),
  };
  return { call, email: data.fields.email };
}

function isSigned({ headers }: IncomingMessage, body: string): boolean {
  try {
    new Webhook(HOOK_SECRET).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
