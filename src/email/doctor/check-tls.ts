import { createTransport as createNodemailer } from 'nodemailer';
import type { Finding } from './finding.ts';
import { offersStarttls } from './offers-starttls.ts';
import { NO_STARTTLS, tlsInWords } from './tls-words.ts';

const TLS_MS = 10_000;

/** Whether the mail server can be reached by TLS, login included. */
export async function checkTls(smtpUrl: string): Promise<Finding> {
  const { protocol, hostname, port } = new URL(smtpUrl);
  // The server's answer to a command that it does not offer would say something else.
  if (
    protocol === 'smtp:' &&
    (await offersStarttls(hostname.replaceAll(/[[\]]/g, ''), Number(port || 587), TLS_MS)) === false
  )
    return { check: 'TLS', status: 'failed', ...NO_STARTTLS };
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
