/** Mailgun's webhooks: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { forbidden, parseJson, type Provider, type ProviderNotice, statusIn, verdictOn } from './provider.ts';
import { readAs } from './read-as.ts';

const Webhook = z.object({
  signature: z.object({ timestamp: z.string().max(20), token: z.string().max(100), signature: z.string().max(200) }),
  'event-data': z.object({
    id: z.string().max(200),
    event: z.string(),
    recipient: z.string().nullish(),
    severity: z.string().nullish(),
    reason: z.string().nullish(),
    message: z.object({ headers: z.object({ 'message-id': z.string().nullish() }).nullish() }).nullish(),
    envelope: z.object({ sender: z.string().nullish() }).nullish(),
    'delivery-status': z
      .object({
        code: z.number().nullish(),
        'enhanced-code': z.string().nullish(),
        message: z.string().nullish(),
        description: z.string().nullish(),
      })
      .nullish(),
  }),
});
type Event = z.output<typeof Webhook>['event-data'];

/** Mailgun tries again for eight hours. What is signed long ago, or for a time to come, was taken from somewhere. */
const SIGNED_WITHIN_MS = 24 * 3_600_000;

export const mailgun: Provider = {
  isSetUp: ({ mailgunKey }) => mailgunKey !== null,
  read({ body }, { settings }) {
    const read = readAs(Webhook, parseJson(body.toString('utf8')));
    const { timestamp, token, signature } = read.signature;
    const right = createHmac('sha256', settings.mailgunKey ?? '')
      .update(timestamp + token)
      .digest();
    const given = Buffer.from(signature, 'hex');
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw forbidden('The signature is wrong');
    // The signature covers no more than the time and a token: one that was seen once must not serve for ever.
    if (!(Math.abs(Date.now() - Number(timestamp) * 1_000) <= SIGNED_WITHIN_MS))
      throw forbidden('The signature is of another day');
    return Promise.resolve(noticeOf(read['event-data']));
  },
};

function noticeOf(event: Event): ProviderNotice[] {
  const { code, message, description } = event['delivery-status'] ?? {};
  const text = [code, message, description]
    .filter((part) => part !== undefined && part !== null && part !== '')
    .join(' ');
  const status = statusIn(event['delivery-status']?.['enhanced-code'] ?? '') ?? statusIn(text);
  const common = {
    id: event.id,
    recipient: event.recipient ?? null,
    status,
    text,
    messageId: event.message?.headers?.['message-id'] ?? null,
    returnPath: event.envelope?.sender ?? null,
  };
  switch (event.event) {
    case 'failed':
      // `temporary` is tried again by Mailgun; what it gives up is told as permanent.
      if (event.severity === 'temporary') return [];
      // On a list of Mailgun's own: a person looks why.
      if ((event.reason ?? '').startsWith('suppress')) return [{ ...common, verdict: 'unclear' }];
      return [{ ...common, verdict: verdictOn({ text, status }, event.reason === 'bounce' ? 'hard' : 'soft') }];
    case 'complained':
      return [{ ...common, verdict: 'complaint' }];
    case 'unsubscribed':
      return [{ ...common, verdict: 'unsubscribe' }];
    case 'delivered':
      return [{ ...common, verdict: 'delivered' }];
    default:
      return [];
  }
}
