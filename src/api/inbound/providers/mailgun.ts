/**
 * Mailgun's webhooks (https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks), and mails that a route forwards
 * (https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import {
  forbidden,
  parseJson,
  type Provider,
  type ProviderContext,
  type ProviderMail,
  type ProviderNotice,
  requireRecent,
  statusIn,
  verdictOn,
} from './provider.ts';
import { readAs } from './read-as.ts';
import { formOf, isForm, mailOf } from './told-mail.ts';

const Signature = z.object({
  timestamp: z.string().max(20),
  token: z.string().max(100),
  signature: z.string().max(200),
});
const Webhook = z.object({
  signature: Signature,
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

export const mailgun: Provider = {
  isSetUp: ({ mailgunKey }) => mailgunKey !== null,
  async read(request, context) {
    if (isForm(request)) {
      const form = await formOf(request);
      await requireSigned(readAs(Signature, Object.fromEntries(form)), JSON.stringify([...form]), context);
      return [forwarded(form)];
    }
    const read = readAs(Webhook, parseJson(request.body.toString('utf8')));
    await requireSigned(read.signature, JSON.stringify(read['event-data']), context);
    return noticeOf(read['event-data']);
  },
};

/**
 * The signature covers no more than the time and a token. So one that was seen once must not serve for ever, nor for anything else.
 *
 * @throws AppError FORBIDDEN
 */
async function requireSigned(
  { timestamp, token, signature }: z.output<typeof Signature>,
  content: string,
  { settings, isItsToken }: Pick<ProviderContext, 'settings' | 'isItsToken'>,
): Promise<void> {
  const right = createHmac('sha256', settings.mailgunKey ?? '')
    .update(timestamp + token)
    .digest();
  const given = Buffer.from(signature, 'hex');
  if (given.length !== right.length || !timingSafeEqual(given, right)) throw forbidden('The signature is wrong');
  requireRecent(Number(timestamp) * 1_000);
  if (!(await isItsToken(timestamp + token, content)))
    throw forbidden('The token of the signature came with something else before');
}

const Fields = z.array(z.tuple([z.string(), z.string()])).max(2_000);

/** Whole (`body-mime`: an address of the route that ends with `mime`), or in parts. */
function forwarded(form: ReadonlyMap<string, string>): ProviderMail {
  const to = (form.get('recipient') ?? '').split(',').slice(0, 100);
  const whole = form.get('body-mime');
  if (whole !== undefined) return { raw: Buffer.from(whole), to };
  const fields = readAs(Fields, parseJson(form.get('message-headers') ?? '[]'));
  const parts = { text: form.get('body-plain'), html: form.get('body-html') };
  return {
    raw: mailOf(
      fields.map(([name, value]) => ({ name, value })),
      parts,
    ),
    to,
  };
}

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
