import { createTransport as createNodemailer } from 'nodemailer';
import type { Finding } from './finding.ts';
import { tlsInWords } from './tls-words.ts';

const TLS_MS = 10_000;

/** Whether the mail server can be reached by TLS, login included. */
export async function checkTls(smtpUrl: string): Promise<Finding> {
  const transport = createNodemailer({
    url: smtpUrl,
    requireTLS: true,
    connectionTimeout: TLS_MS,
    greetingTimeout: TLS_MS,
    socketTimeout: TLS_MS,
  });
  try {
    await transport.verify();
    return {
      check: 'TLS',
      status: 'ok',
      says: 'The mail server of SMTP_URL speaks TLS, with a certificate that is right.',
    };
  } catch (error) {
    return { check: 'TLS', status: 'failed', ...tlsInWords(error) };
  } finally {
    transport.close();
  }
}
