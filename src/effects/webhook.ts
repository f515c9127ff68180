import type { Channel, EffectTurn } from './channel.ts';
import type { Webhooks } from './http/signed-post.ts';

/** The input for a webhook. */
export interface WebhookDraft {
  url: string;
  /** The same for each repeat of the intent. */
  id: string;
  data: Readonly<Record<string, unknown>>;
  secret: string | undefined;
  /** Of the row: the step, and its topic if it is a message to the lead. */
  content: { templateKey: string; topic: string | null };
}

type WebhookTurn = EffectTurn & { readonly deps: { readonly webhooks: Webhooks } };

/** A signed POST. What it carries to the lead (SMS, messengers) reaches it by phone. */
export const webhook = {
  addressOf: (lead) => lead.phone,
  prepare(turn, _effect, { url, id, data, secret, content }) {
    const body = JSON.stringify({ type: 'step.webhook', timestamp: turn.at.toISOString(), data });
    return Promise.resolve({ content, act: () => turn.deps.webhooks.post({ url, id, body, secret }) });
  },
} satisfies Channel<WebhookDraft, WebhookTurn>;
