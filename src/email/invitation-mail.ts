import { randomUUID } from 'node:crypto';
import { buildAlertMessage, type Mailbox, type OutgoingMessage } from './message.ts';

/** The mail that tells somebody that they may sign in to the console. It holds no secret. */
export function invitationMail(mail: {
  from: Mailbox;
  to: Mailbox;
  url: string;
  date: Date;
  companyName: string;
}): OutgoingMessage {
  const { from, to, url, date, companyName } = mail;
  const subject = `You may sign in to ${companyName}`;
  const words = 'Open the console and enter this mail address: a link to sign in comes by mail.';
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Invitation</title></head><body><p>${words}</p><p><a href="${url}">Open the console</a></p></body></html>`;
  const email = { subject, html, text: `${words}\n\n${url}\n`, preheader: words };
  return buildAlertMessage({ id: `invitation-${randomUUID()}`, from, to, date, email });
}
