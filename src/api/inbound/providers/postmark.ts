/** Postmark's webhooks: https://postmarkapp.com/developer/webhooks/webhooks-overview */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import {
  forbidden,
  parseJson,
  type Provider,
  type ProviderMail,
  type ProviderNotice,
  type ProviderTold,
  statusIn,
  verdictOn,
} from './provider.ts';
import { readAs } from './read-as.ts';
import { mailOf } from './told-mail.ts';

const Record_ = z.object({
  RecordType: z.string(),
  ID: z.union([z.number(), z.string()]).nullish(),
  Type: z.string().nullish(),
  MessageID: z.string().nullish(),
  Email: z.string().nullish(),
  Recipient: z.string().nullish(),
  Details: z.string().nullish(),
  Description: z.string().nullish(),
  SuppressSending: z.boolean().nullish(),
  SuppressionReason: z.string().nullish(),
  ChangedAt: z.string().nullish(),
  Metadata: z.record(z.string(), z.unknown()).nullish(),
});
type PostmarkRecord = z.output<typeof Record_>;

/** Of its inbound stream, which names no type: https://postmarkapp.com/developer/webhooks/inbound-webhook */
const Received = z.object({
  From: z.string(),
  Subject: z.string().nullish(),
  OriginalRecipient: z.string().nullish(),
  TextBody: z.string().nullish(),
  HtmlBody: z.string().nullish(),
  RawEmail: z.string().nullish(),
  Headers: z.array(z.object({ Name: z.string(), Value: z.string() })).nullish(),
});

export const postmark: Provider = {
  isSetUp: ({ postmarkAuth }) => postmarkAuth !== null,
  hasPassword: true,
  read({ headers, body }, { settings }) {
    const [, given = ''] = /^Basic\s+(\S+)$/i.exec(headers.authorization ?? '') ?? [];
    if (!isSame(Buffer.from(given, 'base64').toString('utf8'), settings.postmarkAuth ?? ''))
      throw forbidden('User and password are not those of INBOUND_POSTMARK_AUTH');
    return Promise.resolve(toldIn(parseJson(body.toString('utf8'))));
  },
};

function toldIn(record: unknown): ProviderTold[] {
  const isReceived = typeof record === 'object' && record !== null && !('RecordType' in record) && 'From' in record;
  return isReceived ? [receivedMail(readAs(Received, record))] : noticesOf(readAs(Record_, record));
}

/** Whole where the stream is set to send it so. `Headers` leaves out the fields that Postmark tells apart. */
function receivedMail({ RawEmail, Headers, ...mail }: z.output<typeof Received>): ProviderMail {
  const { From, Subject, OriginalRecipient, TextBody, HtmlBody } = mail;
  const told = [
    { name: 'From', value: From },
    { name: 'Subject', value: Subject ?? '' },
    ...(Headers ?? []).map(({ Name, Value }) => ({ name: Name, value: Value })),
  ];
  const whole = typeof RawEmail === 'string' && RawEmail !== '';
  return {
    raw: whole ? Buffer.from(RawEmail) : mailOf(told, { text: TextBody, html: HtmlBody }),
    to: OriginalRecipient ? [OriginalRecipient] : [],
  };
}

/** In constant time, whatever their lengths. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return other !== '' && timingSafeEqual(digest(one), digest(other));
}

/** https://postmarkapp.com/developer/api/bounce-api#bounce-types; of those not named it is not known. */
const OTHERWISE: Readonly<Record<string, 'hard' | 'soft' | 'sender'>> = {
  HardBounce: 'hard',
  BadEmailAddress: 'hard',
  Transient: 'soft',
  SoftBounce: 'soft',
  DnsError: 'soft',
  Blocked: 'sender',
  SpamNotification: 'sender',
  DMARCPolicy: 'sender',
  TemplateRenderingFailed: 'sender',
  SMTPApiError: 'sender',
};

function noticesOf(record: PostmarkRecord): ProviderNotice[] {
  const text = [record.Description, record.Details].filter((part) => typeof part === 'string').join('\n');
  const status = statusIn(text);
  const recipient = record.Email ?? record.Recipient ?? null;
  const common = {
    id: `${record.RecordType} ${record.ID ?? record.MessageID ?? ''} ${recipient ?? ''} ${record.ChangedAt ?? ''}`,
    recipient,
    status,
    text,
    // Postmark's own, unless the message asked to keep ours.
    messageId: record.MessageID ?? null,
    returnPath: null,
  };
  switch (record.RecordType) {
    case 'Bounce':
      return bounceOf(record.Type ?? '', common);
    case 'SpamComplaint':
      return [{ ...common, verdict: 'complaint' }];
    case 'SubscriptionChange': {
      if (record.SuppressSending !== true) return [];
      const byHand = record.SuppressionReason === 'ManualSuppression';
      return [
        {
          ...common,
          verdict: record.SuppressionReason === 'SpamComplaint' ? 'complaint' : byHand ? 'unsubscribe' : 'unclear',
        },
      ];
    }
    case 'Delivery':
      return [{ ...common, verdict: 'delivered' }];
    default:
      return [];
  }
}

function bounceOf(type: string, common: Omit<ProviderNotice, 'verdict'>): ProviderNotice[] {
  if (type === 'AutoResponder') return [{ ...common, verdict: 'auto-reply' }];
  if (type === 'SpamComplaint') return [{ ...common, verdict: 'complaint' }];
  if (type === 'Unsubscribe' || type === 'Subscribe')
    return type === 'Unsubscribe' ? [{ ...common, verdict: 'unsubscribe' }] : [];
  // What Postmark calls anything but a hard bounce is none, whatever the words of the server.
  const otherwise = OTHERWISE[type] ?? 'unclear';
  const verdict = verdictOn(common, otherwise);
  return [{ ...common, verdict: verdict === 'hard' && otherwise !== 'hard' ? otherwise : verdict }];
}
