import { type BounceVerdict, judge } from './judge.ts';
import { type InboundMail, readMail } from './read-mail.ts';
import { addressIn, reportedRecipients } from './recipients.ts';

/** What an incoming mail is. Meaning of each: docs/email.md, "Bounces". */
export type InboundVerdict = BounceVerdict | 'complaint' | 'unsubscribe' | 'report' | 'auto-reply' | 'reply';

export interface InboundRecipient {
  address: string | null;
  /** RFC 3463. Null: the mail names none. */
  status: string | null;
  verdict: InboundVerdict;
}

export interface Classified {
  /** Of the mail as a whole: that of its recipients if they agree, otherwise the gravest. */
  verdict: InboundVerdict;
  recipients: InboundRecipient[];
}

/** Reads a bounce, complaint, reply or automatic reply. Never throws: what cannot be told is unclear. */
export async function classifyMail(raw: Uint8Array): Promise<Classified> {
  return classify(await readMail(raw));
}

/**
 * The same of a mail that is read already.
 *
 * @param toLeave it came to an address that takes unsubscribes alone: programs that write there say of some mails that they are automatic
 */
export function classify(mail: InboundMail, toLeave = false): Classified {
  const recipients = complained(mail) ?? answered(mail, toLeave) ?? bounced(mail);
  return { verdict: gravest(recipients), recipients };
}

/** Feedback reports (RFC 5965), and complaints of providers without one. */
function complained(mail: InboundMail): InboundRecipient[] | null {
  const { feedback, original, subject } = mail;
  if (feedback !== null) {
    const verdict = feedbackVerdict(feedback.get('feedback-type') ?? 'abuse');
    const named = (feedback.get('original-rcpt-to') ?? '').split('\n').map(addressIn);
    const addresses = named.some((address) => address !== null) ? named : [addressIn(original.get('to'))];
    return addresses.map((address) => ({ address, status: null, verdict }));
  }
  if (/^\s*complaint about message from/i.test(subject))
    return [{ address: addressIn(original.get('to')), status: null, verdict: 'complaint' }];
  return null;
}

function feedbackVerdict(type: string): InboundVerdict {
  if (/opt-?out/i.test(type)) return 'unsubscribe';
  return /auth-failure|dkim|dmarc/i.test(type) ? 'report' : 'complaint';
}

/** Mails of people, and of programs that answer for them (RFC 3834). Null: the mail is a notice of a mail server. */
function answered(mail: InboundMail, toLeave: boolean): InboundRecipient[] | null {
  if (isNotice(mail)) return null;
  const byProgram = isAutomatic(mail);
  const leaves = isByMailProgram(mail) || ((toLeave || !byProgram) && /^\s*unsubscribe\b/i.test(mail.subject));
  // A mail of a person says whose it is (RFC 5322, 3.6.2).
  const answer = mail.from === '' ? 'unclear' : 'reply';
  const verdict = leaves ? 'unsubscribe' : byProgram ? 'auto-reply' : answer;
  return [{ address: mail.from === '' ? null : mail.from, status: null, verdict }];
}

function isNotice({ headers, from, subject, reports, original }: InboundMail): boolean {
  if (reports.length > 0 || headers.has('x-failed-recipients')) return true;
  if (headers.has('x-mlserver') || (original.size > 0 && /^(?:no-?reply|.+-admin)@/i.test(from))) return true;
  if (/report-type="?delivery-status/i.test(headers.get('content-type') ?? '')) return true;
  if (/^(?:mailer-?daemon|post_?master|mail-?daemon|mdaemon)\b/i.test(from)) return true;
  if (/^<?>?$/.test(headers.get('return-path')?.trim() ?? 'none')) return !AUTOMATIC_SUBJECT.test(subject);
  return BOUNCE_SUBJECT.test(subject);
}

const BOUNCE_SUBJECT =
  /エラー通知|undeliver|delivery (?:status|failure|failed|notification|report|problem)|fail(?:ure|ed)[^\n]{0,12}(?:notice|mail|deliver)|mail (?:system )?(?:error|delivery)|returned mail|returned to sender|can(?:'|no)t be delivered|could not be delivered/i;
const AUTOMATIC_SUBJECT =
  /^\s*(?:auto(?:matic)?[ -]?(?:reply|response|matische)|out of (?:the )?office|away from|vacation|abwesen|absence|r[ée]ponse automatique|respuesta autom|risposta automatica)/i;

function isAutomatic({ headers, subject }: InboundMail): boolean {
  const submitted = headers.get('auto-submitted');
  if (submitted !== undefined && !/^\s*no\b/i.test(submitted)) return true;
  if (
    ['x-autoreply', 'x-autorespond', 'x-auto-response-suppress', 'x-mailer-autoreply'].some((key) => headers.has(key))
  )
    return true;
  return /auto[_-]?reply/i.test(headers.get('precedence') ?? '') || AUTOMATIC_SUBJECT.test(subject);
}

/** A mail to the address of List-Unsubscribe (RFC 2369), as mail programs write it; some say that it is automatic. */
function isByMailProgram({ notice }: InboundMail): boolean {
  return /sent this email to unsubscribe from/i.test(notice);
}

function bounced(mail: InboundMail): InboundRecipient[] {
  return reportedRecipients(mail).map(({ address, action, said }) => ({
    address,
    status: said.status,
    verdict: byAction(action) ?? judge(said),
  }));
}

function byAction(action: string | null): BounceVerdict | null {
  if (action === null) return null;
  if (/^(?:delivered|relayed|expanded|deliverable)$/.test(action)) return 'delivered';
  return /^(?:delayed|expired)$/.test(action) ? 'soft' : null;
}

const GRAVITY: readonly InboundVerdict[] = [
  'complaint',
  'unsubscribe',
  'hard',
  'sender',
  'soft',
  'unclear',
  'report',
  'reply',
  'auto-reply',
  'delivered',
];

function gravest(recipients: readonly InboundRecipient[]): InboundVerdict {
  return GRAVITY.find((verdict) => recipients.some((recipient) => recipient.verdict === verdict)) ?? 'unclear';
}
