import { createTransport } from 'nodemailer';

export interface ReportedRecipient {
  email: string;
  action?: string;
  /** RFC 3463. */
  status: string;
  /** What the server said, after its kind. */
  words: string;
}

/** A mail of a mail server about mails that it took (RFC 3464), as it comes to a return path. */
export function deliveryReport(
  recipients: readonly ReportedRecipient[],
  {
    by = 'mx.example',
    subject = 'Undelivered Mail Returned to Sender',
    text = 'I could not deliver your mail.',
  }: { by?: string; subject?: string; text?: string } = {},
): string {
  return [
    `From: Mail Delivery System <mailer-daemon@${by}>`,
    `Subject: ${subject}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    text,
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; ${by}`,
    ...recipients.flatMap(({ email, action = 'failed', status, words }) => [
      '',
      `Final-Recipient: rfc822; ${email}`,
      `Action: ${action}`,
      `Status: ${status}`,
      `Diagnostic-Code: smtp; ${words}`,
    ]),
    '',
    '--b--',
    '',
  ].join('\r\n');
}

/** Brings a mail to the listener, as a mail server does. Returns its answer. */
export async function bring(raw: string, to: string, port: number): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  const { response } = await transport.sendMail({ envelope: { from: '', to }, raw });
  return response;
}
