/** By what mails come back beside the listener: webhooks of mail providers, and a mailbox. */
import { createPublicKey } from 'node:crypto';
import type { FieldError } from '../domain/errors.ts';
import { isLoopback } from './config-secrets.ts';
import type { EnvironmentValues } from './environment.ts';

/** PEM files. */
export interface CertificateFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

export interface InboundSettings {
  /** Of the SMTP listener. Null: it offers no STARTTLS. */
  readonly tls: CertificateFiles | null;
  /** ARNs of the SNS topics that notices of Amazon SES come by. */
  readonly sesTopics: readonly string[];
  /** The public keys of SendGrid's event webhook and of its Inbound Parse: base64 of the DER form, as SendGrid shows them. */
  readonly sendgridKeys: readonly string[];
  /** `user:password` that Postmark sends (basic authentication). */
  readonly postmarkAuth: string | null;
  /** Mailgun's HTTP webhook signing key. */
  readonly mailgunKey: string | null;
  /** `imaps://user:password@host/mailbox`. */
  readonly imapUrl: string | null;
}

export function inboundOf(values: EnvironmentValues): InboundSettings {
  const { INBOUND_TLS_CERT: certPath, INBOUND_TLS_KEY: keyPath } = values;
  return {
    tls: certPath === undefined || keyPath === undefined ? null : { certPath, keyPath },
    sesTopics: listed(values.INBOUND_SES_TOPICS),
    sendgridKeys: listed(values.INBOUND_SENDGRID_KEY),
    postmarkAuth: values.INBOUND_POSTMARK_AUTH ?? null,
    mailgunKey: values.INBOUND_MAILGUN_KEY ?? null,
    imapUrl: values.INBOUND_IMAP_URL ?? null,
  };
}

function listed(value: string | undefined): string[] {
  return (value ?? '').split(',').flatMap((one) => one.trim() || []);
}

export function inboundVariables(inbound: InboundSettings): Record<string, string> {
  const values = {
    INBOUND_TLS_CERT: inbound.tls?.certPath,
    INBOUND_TLS_KEY: inbound.tls?.keyPath,
    INBOUND_SES_TOPICS: inbound.sesTopics.join(','),
    INBOUND_SENDGRID_KEY: inbound.sendgridKeys.join(','),
    INBOUND_POSTMARK_AUTH: inbound.postmarkAuth,
    INBOUND_MAILGUN_KEY: inbound.mailgunKey,
    INBOUND_IMAP_URL: inbound.imapUrl,
  };
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => (entry[1] ?? '') !== ''),
  );
}

export function inboundProblems(values: EnvironmentValues): FieldError[] {
  const problems: FieldError[] = [];
  const { INBOUND_POSTMARK_AUTH: auth, INBOUND_IMAP_URL: imap } = values;
  if ((values.INBOUND_TLS_CERT === undefined) !== (values.INBOUND_TLS_KEY === undefined))
    problems.push({ path: 'INBOUND_TLS_KEY', message: 'must be set together with INBOUND_TLS_CERT' });
  if (!inboundOf(values).sendgridKeys.every(isPublicKey))
    problems.push({
      path: 'INBOUND_SENDGRID_KEY',
      message: 'must be the verification key that SendGrid shows, or several with commas between them',
    });
  if (auth !== undefined && !/^[^:]+:.{16,}$/.test(auth))
    problems.push({
      path: 'INBOUND_POSTMARK_AUTH',
      message: 'must be user:password, the password of at least 16 characters',
    });
  for (const topic of inboundOf(values).sesTopics)
    if (!/^arn:aws[\w-]*:sns:[\w-]+:\d+:[\w.-]+$/.test(topic))
      problems.push({
        path: 'INBOUND_SES_TOPICS',
        message: 'must be ARNs of SNS topics, such as arn:aws:sns:eu-west-1:123456789012:bounces',
      });
  if (imap !== undefined && values.NODE_ENV === 'production' && !isSafeMailbox(imap))
    problems.push({
      path: 'INBOUND_IMAP_URL',
      message: 'must begin with imaps://, or end with ?starttls=required: a password is not sent in the clear',
    });
  return problems;
}

function isSafeMailbox(address: string): boolean {
  const { protocol, searchParams, hostname } = new URL(address);
  return protocol === 'imaps:' || searchParams.get('starttls') === 'required' || isLoopback(hostname);
}

function isPublicKey(base64: string): boolean {
  try {
    return (
      createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' }).asymmetricKeyType === 'ec'
    );
  } catch {
    return false;
  }
}
