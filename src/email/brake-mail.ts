import { randomUUID } from 'node:crypto';
import { buildAlertMessage, type Mailbox, type OutgoingMessage } from './message.ts';

/** The mail that tells an operator that sending stopped by itself. `because`: words of ours. */
export function brakeMail(mail: {
  from: Mailbox;
  to: Mailbox;
  because: string;
  date: Date;
  companyName: string;
}): OutgoingMessage {
  const { from, to, because, date, companyName } = mail;
  const subject = `${companyName}: sending to leads has stopped`;
  const words = `All sending to leads has ${because}.`;
  const next =
    'Nothing is lost: leads stay where they are, and broadcasts stand still. Look for the cause first. Then resume it: nurture sending resume, or POST /v1/sending/resume.';
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${subject}</title></head><body><p>${words}</p><p>${next}</p></body></html>`;
  const email = { subject, html, text: `${words}\n\n${next}\n`, preheader: words };
  return buildAlertMessage({ id: `brake-${randomUUID()}`, from, to, date, email });
}
