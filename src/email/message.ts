import { singleLine } from '../domain/clean-text.ts';
import type { RenderedEmail } from './render.ts';

/** Builds a message for SMTP with all its headers. Pure: it sends nothing. */

export interface Mailbox {
  address: string;
  name?: string;
}

/** A message as the transport takes it: one recipient, headers complete. */
export interface OutgoingMessage {
  /** For the SMTP envelope: where bounces go, and the one recipient. */
  envelope: { from: string; to: string };
  from: Mailbox;
  to: Mailbox;
  replyTo?: Mailbox;
  subject: string;
  html: string;
  text: string;
  messageId: string;
  date: Date;
  /** Of both parts. It is stated because Nodemailer would otherwise scan the whole text several times to choose it. */
  encoding: 'quoted-printable';
  headers: Record<string, string | { prepared: true; value: string }>;
}

interface Common {
  /** Names the message: `send-…` for a lead's mail, any id of ours that is unique for a rep's. */
  id: string;
  from: Mailbox;
  to: Mailbox;
  replyTo?: Mailbox;
  email: RenderedEmail;
  /** The Date header: the lead's clock for a lead's mail. */
  date: Date;
  /** Where bounces go; the sender's address when absent. */
  envelopeFrom?: string;
}

/** A marketing mail to a lead: can be left by one click (RFC 8058), belongs to a list (RFC 2919). */
export interface LeadMessage extends Common {
  /** `https://…/u/{token}`; takes the POST of RFC 8058 and shows a page on GET. */
  unsubscribeUrl: string;
  /** An address whose mails unsubscribe (RFC 2369), beside the URL. */
  unsubscribeMailbox?: string;
  /** The topic the lead gets it for, e.g. `irrigation-tips`: names the list. */
  topic: string;
  /** Key of the template, for the mailbox provider's figures. */
  template?: string;
  /** It answers a request of the lead. */
  isAnswer?: boolean;
}

export function buildLeadMessage(input: LeadMessage): OutgoingMessage {
  return {
    ...common(input),
    headers: {
      'X-Nurture-Send': whole(input.id),
      // One line each, however long: a folded List-Unsubscribe breaks some verifiers' DKIM, and RFC 8058 wants both
      // headers signed.
      'List-Unsubscribe': whole(unsubscribeList(input)),
      'List-Unsubscribe-Post': whole('List-Unsubscribe=One-Click'),
      'List-Id': whole(`<${listLabel(input.topic)}.${domainOf(input.from.address)}>`),
      'Feedback-ID': whole(feedbackId(input)),
    },
  };
}

/** The answer to a request of somebody who has left the list: it belongs to none, and there is nothing to be left. */
export function buildAnswerMessage(input: Omit<LeadMessage, 'unsubscribeUrl' | 'unsubscribeMailbox'>): OutgoingMessage {
  return {
    ...common(input),
    headers: {
      'X-Nurture-Send': whole(input.id),
      'Feedback-ID': whole(feedbackId({ ...input, isAnswer: true })),
    },
  };
}

/**
 * What complaints are counted by (Gmail's Postmaster Tools): template, topic, kind of mail, and last the sender, which must stay the same
 * and has 5 to 15 characters. Nothing of the recipient.
 */
function feedbackId({ template = '', topic, from, isAnswer }: Omit<LeadMessage, 'unsubscribeUrl'>): string {
  const sender = domainOf(from.address)
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 15)
    .padEnd(5, '0');
  const kind = isAnswer === true ? 'transactional' : 'marketing';
  return [listLabel(template), listLabel(topic), kind, sender].map((one) => one.slice(0, 60)).join(':');
}

function unsubscribeList({ unsubscribeUrl, unsubscribeMailbox }: LeadMessage): string {
  const mailbox = unsubscribeMailbox === undefined ? '' : `, <mailto:${unsubscribeMailbox}?subject=unsubscribe>`;
  return `<${unsubscribeUrl}>${mailbox}`;
}

/** A notice to a rep: made by a program (RFC 3834), so that vacation replies stay away; it belongs to no list. */
export function buildAlertMessage(input: Common): OutgoingMessage {
  return {
    ...common(input),
    headers: { 'X-Nurture-Send': whole(input.id), 'Auto-Submitted': whole('auto-generated') },
  };
}

/** A report to who subscribed to it: made by a program, and left by one click (RFC 8058). */
export function buildDigestMessage(input: Common & { unsubscribeUrl: string }): OutgoingMessage {
  const { headers, ...message } = buildAlertMessage(input);
  return {
    ...message,
    headers: {
      ...headers,
      'List-Unsubscribe': whole(`<${input.unsubscribeUrl}>`),
      'List-Unsubscribe-Post': whole('List-Unsubscribe=One-Click'),
    },
  };
}

/** The Message-ID of a send: always the same for the same send, so that a copy of it can be told as one. */
export function messageIdOf(sendId: string, fromAddress: string): string {
  return `<${sendId}@${domainOf(fromAddress)}>`;
}

function common(input: Common): Omit<OutgoingMessage, 'headers'> {
  return {
    envelope: { from: input.envelopeFrom ?? input.from.address, to: input.to.address },
    from: mailbox(input.from),
    to: mailbox(input.to),
    ...(input.replyTo === undefined ? {} : { replyTo: mailbox(input.replyTo) }),
    subject: input.email.subject,
    html: input.email.html,
    text: input.email.text,
    messageId: messageIdOf(input.id, input.from.address),
    date: input.date,
    encoding: 'quoted-printable',
  };
}

/** A name may come from a form: it is one line, and bounded. The SMTP client checks the address. */
function mailbox({ address, name }: Mailbox): Mailbox {
  const clean = name === undefined ? undefined : singleLine(name, 100);
  return clean === undefined || clean === '' ? { address } : { address, name: clean };
}

function whole(value: string): { prepared: true; value: string } {
  return { prepared: true, value: value.replaceAll(/[\r\n]+/g, ' ') };
}

/** What follows the @, in lower case. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

function listLabel(topic: string): string {
  return (
    topic
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, '-')
      .replaceAll(/^-+|-+$/g, '') || 'news'
  );
}
