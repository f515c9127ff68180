/** SendGrid's event webhook: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event */
import { createPublicKey, createVerify } from 'node:crypto';
import { z } from 'zod';
import { forbidden, parseJson, type Provider, type ProviderNotice, statusIn, verdictOn } from './provider.ts';
import { readAs } from './read-as.ts';

const Events = z
  .array(
    z.object({
      event: z.string(),
      email: z.string(),
      sg_event_id: z.string().max(300),
      'smtp-id': z.string().nullish(),
      reason: z.string().nullish(),
      status: z.string().nullish(),
      type: z.string().nullish(),
      response: z.string().nullish(),
    }),
  )
  .max(10_000);
type Event = z.output<typeof Events>[number];

export const sendgrid: Provider = {
  isSetUp: ({ sendgridKey }) => sendgridKey !== null,
  read({ headers, body }, { settings }) {
    const signature = headers['x-twilio-email-event-webhook-signature'];
    const timestamp = headers['x-twilio-email-event-webhook-timestamp'];
    if (typeof signature !== 'string' || typeof timestamp !== 'string') throw forbidden('The signature is missing');
    const key = createPublicKey({
      key: Buffer.from(settings.sendgridKey ?? '', 'base64'),
      format: 'der',
      type: 'spki',
    });
    const signed = createVerify('sha256').update(timestamp).update(body);
    if (!signed.verify(key, signature, 'base64')) throw forbidden('The signature is wrong');
    return Promise.resolve(readAs(Events, parseJson(body.toString('utf8'))).flatMap(noticeOf));
  },
};

/** Opens and clicks are counted by the engine itself; what is deferred is delivered or bounces later. */
function noticeOf(event: Event): ProviderNotice[] {
  const text = event.reason ?? event.response ?? '';
  const status = statusIn(event.status ?? '') ?? statusIn(text);
  const common = {
    id: event.sg_event_id,
    recipient: event.email,
    status,
    text,
    messageId: event['smtp-id'] ?? null,
    returnPath: null,
  };
  switch (event.event) {
    case 'bounce':
      // `blocked`: refused for now, or because of us.
      return [{ ...common, verdict: verdictOn({ text, status }, event.type === 'blocked' ? 'unclear' : 'hard') }];
    case 'dropped':
      // On a list of SendGrid's own: a person looks why.
      return [{ ...common, verdict: 'unclear' }];
    case 'spamreport':
      return [{ ...common, verdict: 'complaint' }];
    case 'unsubscribe':
    case 'group_unsubscribe':
      return [{ ...common, verdict: 'unsubscribe' }];
    case 'delivered':
      return [{ ...common, verdict: 'delivered' }];
    default:
      return [];
  }
}
