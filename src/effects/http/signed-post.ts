import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import { WEBHOOK } from '../../domain/budgets.ts';
import type { Outcome } from '../../domain/effect.ts';
import { ForbiddenAddress, guardedConnector } from '../../runtime/address-guard.ts';
import { outcomeOfError, outcomeOfStatus } from './outcome.ts';

export interface WebhookConfig {
  /** By name in capitals; the empty name is the secret of steps that name none. As in Standard Webhooks: "whsec_" and base64. */
  secrets: Readonly<Record<string, string>>;
  /** Hosts that may be reached though their addresses are not public. */
  allow: readonly string[];
  httpsOnly: boolean;
}

export interface SignedPost {
  url: string;
  /** Names the intent: the same for every repeat, so that the receiver can drop what it has. */
  id: string;
  body: string;
  /** Name of the secret; undefined: the one without a name. */
  secret: string | undefined;
}

/** Posts signed messages to addresses that a marketer wrote. */
export interface Webhooks {
  /** Never throws. Nothing is followed, retried or kept here. */
  post(message: SignedPost): Promise<Outcome>;
  close(): Promise<void>;
}

/** A longer answer is not read. */
const LONGEST_ANSWER = 65_536;

export function createWebhooks({ secrets, allow, httpsOnly }: WebhookConfig): Webhooks {
  const agent = new Agent({
    connect: guardedConnector(new Set(allow.map((host) => host.toLowerCase())), WEBHOOK.connect),
    headersTimeout: WEBHOOK.message,
    bodyTimeout: WEBHOOK.message,
  });
  return {
    async post({ url, id, body, secret = '' }) {
      const known = secrets[secret.toUpperCase().replaceAll('-', '_')];
      if (known === undefined) return ours(`the environment has no ${variableOf(secret)}`);
      if (httpsOnly && !url.startsWith('https://')) return ours('in production the address must begin with https://');
      try {
        const at = new Date();
        const {
          statusCode,
          headers,
          body: answer,
        } = await request(url, {
          dispatcher: agent,
          method: 'POST',
          body,
          signal: AbortSignal.timeout(WEBHOOK.message),
          headers: {
            'content-type': 'application/json',
            'user-agent': 'nurture-engine',
            'idempotency-key': id,
            'webhook-id': id,
            'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
            'webhook-signature': new Webhook(known).sign(id, at, body),
          },
        });
        const text = await readUpTo(answer, LONGEST_ANSWER);
        return outcomeOfStatus(statusCode, String(headers['content-type'] ?? ''), text);
      } catch (error) {
        return error instanceof ForbiddenAddress ? ours(error.message) : outcomeOfError(error);
      }
    },
    close: () => agent.close(),
  };
}

/** The environment variable of a secret. */
export function variableOf(secret: string): string {
  return secret === '' ? 'WEBHOOK_SECRET' : `WEBHOOK_SECRET_${secret.toUpperCase().replaceAll('-', '_')}`;
}

/** Something that only we can mend. */
function ours(reason: string): Outcome {
  return { kind: 'refused', permanent: true, code: 'not-sent', scope: 'sender', reason };
}

/** The text of an answer; null when it is longer: the rest is not waited for. */
async function readUpTo(answer: AsyncIterable<Buffer> & { destroy(): unknown }, most: number): Promise<string | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer) {
    length += part.length;
    if (length > most) {
      answer.destroy();
      return null;
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
