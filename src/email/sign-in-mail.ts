import { randomUUID } from 'node:crypto';
import { buildAlertMessage, type Mailbox, type OutgoingMessage } from './message.ts';

/** The mail with the link by which a rep signs in to the console. */
export function signInMail(mail: {
  from: Mailbox;
  to: Mailbox;
  url: string;
  date: Date;
  companyName: string;
}): OutgoingMessage {
  const { from, to, url, date, companyName } = mail;
  const subject = `Sign in to ${companyName}`;
  const words =
    'Open this link in the browser where you asked for it. It works once, within ten minutes after you asked.';
  const ignore = 'If you did not ask for it, ignore this mail.';
  // The address is ours, and has no character that HTML knows.
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in</title></head><body><p>${words}</p><p><a href="${url}">Sign in</a></p><p>${ignore}</p></body></html>`;
  const text = `${words}\n\n${url}\n\n${ignore}\n`;
  return buildAlertMessage({
    id: `sign-in-${randomUUID()}`,
    from,
    to,
    date,
    email: { subject, html, text, preheader: words },
  });
}
