/**
 * SendGrid's event webhook (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event) and its Inbound Parse with a security
 * policy (https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/securing-your-parse-webhooks). Both are signed alike, each with a key
 * of its own.
 */
import { createHash, createPublicKey, createVerify } from 'node:crypto';
import { z } from 'zod';
import {
  forbidden,
  parseJson,
  type Provider,
  type ProviderMail,
  type ProviderNotice,
  type ProviderRequest,
  requireRecent,
  statusIn,
  verdictOn,
} from './provider.ts';
import { readAs } from './read-as.ts';
import { formOf, headOf, isForm, mailOf } from './told-mail.ts';

const Events = z.array(z.unknown()).max(10_000);
const Documented = z.object({
  event: z.string(),
  email: z.string(),
  sg_event_id: z.string().max(300),
  'smtp-id': z.string().nullish(),
  reason: z.string().nullish(),
  status: z.string().nullish(),
  type: z.string().nullish(),
  response: z.string().nullish(),
});
type Event = z.output<typeof Documented>;
/** What is read of an event that is not as documented. */
const Odd = z.object({ event: z.string().max(100), 'smtp-id': z.string().nullable().catch(null) });
const COUNTED = new Set(['bounce', 'dropped', 'spamreport', 'unsubscribe', 'group_unsubscribe']);

export const sendgrid: Provider = {
  isSetUp: ({ sendgridKeys }) => sendgridKeys.length > 0,
  async read(request, { settings }) {
    const { headers, body } = request;
    const signature = headers['x-twilio-email-event-webhook-signature'];
    const timestamp = headers['x-twilio-email-event-webhook-timestamp'];
    if (typeof signature !== 'string' || typeof timestamp !== 'string') throw forbidden('The signature is missing');
    if (!settings.sendgridKeys.some((key) => isSignedBy(key, { signature, timestamp, body })))
      throw forbidden('The signature is wrong');
    requireRecent(Number(timestamp) * 1_000);
    if (isForm(request)) return [await parsedMail(request)];
    return readAs(Events, parseJson(body.toString('utf8'))).flatMap(noticesOf);
  },
};

function isSignedBy(base64: string, given: { signature: string; timestamp: string; body: Buffer }): boolean {
  const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
  return createVerify('sha256').update(given.timestamp).update(given.body).verify(key, given.signature, 'base64');
}

const Envelope = z.object({ to: z.array(z.string()).max(100) });

/** Raw (`email`), or in parts. */
async function parsedMail(request: ProviderRequest): Promise<ProviderMail> {
  const form = await formOf(request);
  const { to } = readAs(Envelope, parseJson(form.get('envelope') ?? '{"to":[]}'));
  const whole = form.get('email');
  const parts = { text: form.get('text'), html: form.get('html') };
  return { raw: whole === undefined ? mailOf(headOf(form.get('headers') ?? ''), parts) : Buffer.from(whole), to };
}

/** One that is not as documented is kept for a person: those beside it in the request are right. */
function noticesOf(given: unknown): ProviderNotice[] {
  const event = Documented.safeParse(given);
  if (event.success) return noticeOf(event.data);
  const odd = Odd.safeParse(given);
  if (odd.success && !COUNTED.has(odd.data.event)) return [];
  const [issue] = event.error.issues;
  const named = odd.success ? `The event ‘${odd.data.event}’` : 'An event';
  return [
    {
      id: createHash('sha256').update(JSON.stringify(given)).digest('hex'),
      verdict: 'unclear',
      recipient: null,
      status: null,
      text: `${named} is not as the provider documents it: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
      messageId: odd.success ? odd.data['smtp-id'] : null,
      returnPath: null,
    },
  ];
}

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
