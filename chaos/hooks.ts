/** The receiver of the webhooks of a run. It writes down each call before it answers; the seed says how it answers. */
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { Webhook } from 'standardwebhooks';
import type { CalledHandOff, HookRecord } from './hook-record.ts';
import { handOffAnswerOf, hookAnswerOf } from './plan.ts';

export const HOOK_SECRET = `whsec_${Buffer.from('a secret of chaos, and of nothing else').toString('base64')}`;

export interface Hooks {
  close(): void;
}

export async function startHooks({ port, seed, file }: { port: number; seed: number; file: string }): Promise<Hooks> {
  const calls = new Map<string, number>();
  const server = createServer((request, response) => {
    // A caller that dies meanwhile has posted nothing.
    void take(request).then(answerTo, () => response.destroy());
    function answerTo({ call, place }: Taken): void {
      const before = calls.get(place) ?? 0;
      calls.set(place, before + 1);
      const answer = (call.handOff === null ? hookAnswerOf : handOffAnswerOf)(seed, place, before);
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
  /** What the seed decides by: a step of a lead by its address, for an id is another in each run. */
  place: string;
}

interface Posted {
  type: string;
  data: {
    lead: string;
    step?: string;
    fields?: { email: string };
    assignment?: string;
    what?: string;
  };
}

/** @throws when the caller is gone before it has said all */
async function take(request: IncomingMessage): Promise<Taken> {
  let body = '';
  for await (const part of request) body += String(part);
  const { type, data } = JSON.parse(body) as Posted;
  const handOff = handOffOf({ type, data });
  const call = {
    at: Date.now(),
    id: String(request.headers['webhook-id']),
    key: String(request.headers['idempotency-key']),
    isSigned: isSigned(request, body),
    leadId: data.lead,
    step: data.step ?? null,
    handOff,
    data: JSON.stringify(data),
  };
  return { call, place: handOff === null ? `${data.fields?.email} ${data.step}` : call.id };
}

function handOffOf({ type, data }: Posted): CalledHandOff | null {
  if (!type.startsWith('hand-off.')) return null;
  return { assignmentId: String(data.assignment), event: type.slice('hand-off.'.length), what: data.what ?? null };
}

function isSigned({ headers }: IncomingMessage, body: string): boolean {
  try {
    new Webhook(HOOK_SECRET).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
