/**
 * Amazon SES, by SNS: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html and
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
import { createVerify, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import {
  forbidden,
  parseJson,
  type Provider,
  type ProviderContext,
  type ProviderNotice,
  type ProviderTold,
  requireRecent,
  verdictOn,
} from './provider.ts';
import { readAs } from './read-as.ts';

const Envelope = z.object({
  Type: z.string(),
  MessageId: z.string().max(200),
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.string(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string(),
  SigningCertURL: z.string(),
  Subject: z.string().nullish(),
  Token: z.string().optional(),
  SubscribeURL: z.string().optional(),
});
type Envelope = z.output<typeof Envelope>;

const Recipient = z.object({
  emailAddress: z.string(),
  status: z.string().nullish(),
  diagnosticCode: z.string().nullish(),
});
const Notice = z.object({
  notificationType: z.string().optional(),
  eventType: z.string().optional(),
  mail: z.object({
    source: z.string().nullish(),
    headers: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  }),
  bounce: z
    .object({
      bounceType: z.string(),
      bounceSubType: z.string().nullish(),
      bouncedRecipients: z.array(Recipient).max(100),
    })
    .optional(),
  complaint: z
    .object({
      complaintFeedbackType: z.string().nullish(),
      complainedRecipients: z.array(z.object({ emailAddress: z.string() })).max(100),
    })
    .optional(),
  /** Of a mail that SES received: with the SNS action in the rule, all of it. */
  content: z.string().nullish(),
  receipt: z
    .object({
      recipients: z.array(z.string()).max(100).nullish(),
      action: z.object({ encoding: z.string().nullish() }).nullish(),
    })
    .nullish(),
  delivery: z.object({ recipients: z.array(z.string()).max(100), smtpResponse: z.string().nullish() }).optional(),
});

type Notice = z.output<typeof Notice>;

export const ses: Provider = {
  isSetUp: ({ sesTopics }) => sesTopics.length > 0,
  async read({ body }, context) {
    const envelope = readAs(Envelope, parseJson(body.toString('utf8')));
    // Before anything is fetched for it.
    if (!context.settings.sesTopics.includes(envelope.TopicArn))
      throw forbidden('The topic is not one of INBOUND_SES_TOPICS');
    await verify(envelope, context);
    requireRecent(Date.parse(envelope.Timestamp));
    if (envelope.Type === 'SubscriptionConfirmation') {
      await context.page(ofAmazon(envelope.SubscribeURL ?? '', envelope));
      return [];
    }
    return envelope.Type === 'Notification' ? toldIn(envelope) : [];
  },
};

/** Certificates are fetched once; there are few. */
const certificates = new Map<string, X509Certificate>();
const MOST_CERTIFICATES = 20;

async function verify(envelope: Envelope, context: ProviderContext): Promise<void> {
  const url = ofAmazon(envelope.SigningCertURL, envelope);
  const { pathname, search } = new URL(url);
  // Anything else there may be an answer of the API of SNS, with words of whoever asked.
  if (!/^\/SimpleNotificationService-\w+\.pem$/.test(pathname) || search !== '')
    throw forbidden('The address of the certificate is no certificate’s');
  const certificate = certificates.get(url) ?? new X509Certificate(await context.page(url));
  if (certificates.size >= MOST_CERTIFICATES) certificates.clear();
  certificates.set(url, certificate);
  const algorithm = envelope.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
  const signed = createVerify(algorithm).update(signedText(envelope), 'utf8');
  if (!signed.verify(certificate.publicKey, envelope.Signature, 'base64')) throw forbidden('The signature is wrong');
}

/**
 * SNS signs from the host of the topic's region alone. Whoever could name another would have us fetch a certificate, or anything else, from
 * there; `sns.s3.amazonaws.com` is a bucket of some customer.
 */
function ofAmazon(address: string, { TopicArn }: Pick<Envelope, 'TopicArn'>): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  const [, partition, , region] = TopicArn.split(':');
  const host = `sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
  const isSns = url !== null && url.protocol === 'https:' && url.hostname === host;
  if (!isSns || url.port !== '' || url.username !== '') throw forbidden('The address is none of Amazon SNS');
  return url.href;
}

function signedText(envelope: Envelope): string {
  const names =
    envelope.Type === 'Notification'
      ? (['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const)
      : (['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const);
  return names
    .flatMap((name) =>
      envelope[name] === undefined || envelope[name] === null ? [] : [`${name}\n${envelope[name]}\n`],
    )
    .join('');
}

/** What Amazon says where the words say nothing. */
const OTHERWISE: Readonly<Record<string, 'hard' | 'soft' | 'sender'>> = { Permanent: 'hard', Transient: 'soft' };
const ABOUT_US = new Set(['MessageTooLarge', 'ContentRejected', 'AttachmentRejected']);

function toldIn(envelope: Envelope): ProviderTold[] {
  const notice = readAs(Notice, parseJson(envelope.Message));
  return notice.notificationType === 'Received' ? receivedIn(envelope, notice) : noticesIn(envelope, notice);
}

/** https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html */
function receivedIn({ MessageId }: Envelope, { content, receipt }: Notice): ProviderTold[] {
  if (typeof content === 'string') {
    const encoding = /^base64$/i.test(receipt?.action?.encoding ?? '') ? 'base64' : 'utf8';
    return [{ raw: Buffer.from(content, encoding), to: receipt?.recipients ?? [] }];
  }
  const text = 'A mail was received, and the notification has no content: use the SNS action in the receipt rule.';
  return [
    { id: MessageId, verdict: 'unclear', recipient: null, status: null, text, messageId: null, returnPath: null },
  ];
}

function noticesIn({ MessageId }: Envelope, { mail, bounce, complaint, delivery }: Notice): ProviderNotice[] {
  const own = mail.headers?.find(({ name }) => name.toLowerCase() === 'message-id')?.value ?? null;
  const of = (recipient: string): Omit<ProviderNotice, 'verdict' | 'status' | 'text'> => ({
    id: `${MessageId} ${recipient}`,
    recipient,
    messageId: own,
    returnPath: mail.source ?? null,
  });
  const bounced = (bounce?.bouncedRecipients ?? []).map(({ emailAddress, status, diagnosticCode }) => {
    const said = { text: diagnosticCode ?? '', status: status ?? null };
    const kind = ABOUT_US.has(bounce?.bounceSubType ?? '') ? 'sender' : OTHERWISE[bounce?.bounceType ?? ''];
    return { ...of(emailAddress), ...said, verdict: verdictOn(said, kind ?? 'unclear') };
  });
  const complained = (complaint?.complainedRecipients ?? []).map(({ emailAddress }) => {
    const verdict = complaint?.complaintFeedbackType === 'not-spam' ? ('report' as const) : ('complaint' as const);
    return { ...of(emailAddress), status: null, text: complaint?.complaintFeedbackType ?? '', verdict };
  });
  const delivered = (delivery?.recipients ?? []).map((recipient) => ({
    ...of(recipient),
    status: null,
    text: delivery?.smtpResponse ?? '',
    verdict: 'delivered' as const,
  }));
  return [...bounced, ...complained, ...delivered];
}
