import { type InboundMail, MAX_REPORTS } from './read-mail.ts';
import type { ServerWords, SmtpPhase } from './judge.ts';

/** What a notice says of one recipient. */
export interface Reported {
  /** Null: the notice names nobody. */
  address: string | null;
  /** Action of a report, in lower case: failed, delayed, delivered, relayed, expanded. */
  action: string | null;
  said: ServerWords;
}

const MAX_BESIDE_CHARS = 600;
const ADDRESS = /[^\s<>()[\]",;:@]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,253}[A-Za-z0-9]/;
const STATUS = /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/;
/** A status beside the reply code of a server outranks one that a relay put before it. */
const STATUS_OF_REPLY = /(?:^|[^\d.])[245]\d\d[ :-]+['"]?([245]\.\d{1,3}\.\d{1,3})(?![\d.])/;
const REPLY = /(?:^|[^\d.])(?:[245]\d\d)(?=[ :-])/;

/** Who is reported: from the report if there is one, otherwise from the words. */
export function reportedRecipients(mail: InboundMail): Reported[] {
  const reported = mail.reports.map((fields) => fromReport(fields, mail));
  if (reported.length > 0) return reported;
  const paragraphs = paragraphsOfNotice(mail);
  const phase = phaseOf(mail.notice);
  if (paragraphs.length > 0) return paragraphs.map(({ address, text }) => fromWords(address, text, phase));
  return [fromWords(addressBeside(mail), mail.notice, phase)];
}

function fromReport(fields: ReadonlyMap<string, string>, mail: InboundMail): Reported {
  const address = addressIn(fields.get('final-recipient')) ?? addressIn(fields.get('original-recipient'));
  const diagnostic = (fields.get('diagnostic-code') ?? '').replace(/^[\w-]+;\s*/, '');
  const note = fields.get('status') ?? '';
  const isAlone = mail.reports.length === 1;
  const beside = isAlone ? mail.notice : (besideAddress(mail.notice, address) ?? '');
  return {
    address,
    action: fields.get('action')?.trim().toLowerCase().split(/\s/, 1)[0] ?? null,
    said: {
      text: answerIn(`${diagnostic}\n${note}`),
      beside,
      status: statusIn(diagnostic) ?? statusIn(note),
      phase: phaseOf(diagnostic) ?? phaseOf(beside),
      isRemote: /^smtp/i.test(fields.get('diagnostic-code') ?? '') || fields.has('remote-mta'),
    },
  };
}

/** @param phase that of the notice, where the words about the recipient name none */
function fromWords(address: string | null, text: string, phase: SmtpPhase | null): Reported {
  return {
    address,
    action: null,
    said: {
      text: answerIn(text),
      beside: '',
      status: statusIn(text),
      phase: phaseOf(text) ?? phase,
      isRemote: REPLY.test(text),
    },
  };
}

function statusIn(text: string): string | null {
  return (STATUS_OF_REPLY.exec(text) ?? STATUS.exec(text))?.[1] ?? null;
}

/** Without the words that a relay put before the answer: ‘5.1.0 - Unknown address error 550-…’. */
function answerIn(text: string): string {
  return text.replace(/\d\.\d\.\d - [\w ]+(?=[245]\d\d-')/, '');
}

/** What stands from an address on, to the next one of those that a line begins with; of the first recipients alone. */
function paragraphsOfNotice({ notice, headers, original }: InboundMail): { address: string; text: string }[] {
  const own = addressIn(headers.get('to'));
  const others = [own, addressIn(original.get('return-path')), addressIn(original.get('from'))];
  const first = new Map<string, number>();
  for (const { 1: address = '', index } of notice.matchAll(STARTS)) {
    if (others.includes(address) || first.has(address)) continue;
    first.set(address, index);
    if (first.size > MAX_REPORTS) break;
  }
  const starts = [...first].map(([address, at]) => ({ address, at }));
  return starts.slice(0, MAX_REPORTS).map(({ address, at }, n) => ({
    address,
    text: notice.slice(starts.length === 1 ? 0 : at, starts[n + 1]?.at ?? notice.length),
  }));
}

/** A line that is an address, or begins with one and a colon. */
const STARTS = new RegExp(
  String.raw`^[ \t>*]*(?:Recipient address:[ \t]*)?<?(${ADDRESS.source})>?(?::|[ \t]*$|[ \t]+\.\.\.)`,
  'gm',
);

function besideAddress(notice: string, address: string | null): string | null {
  if (address === null) return null;
  const at = notice.indexOf(address);
  if (at === -1) return null;
  const rest = notice.slice(at + address.length).slice(0, MAX_BESIDE_CHARS);
  const next = [...rest.matchAll(STARTS)].find(([, other]) => other !== address)?.index ?? MAX_BESIDE_CHARS;
  return rest.slice(0, next);
}

function addressBeside({ headers, original, notice }: InboundMail): string | null {
  const own = addressIn(headers.get('to'));
  const named = addressIn(headers.get('x-failed-recipients'));
  if (named !== null) return named;
  const inNotice = [...notice.matchAll(new RegExp(ADDRESS.source, 'g'))].map(([found]) => found);
  return inNotice.find((found) => found !== own) ?? addressIn(original.get('to'));
}

export function addressIn(text: string | undefined): string | null {
  return ADDRESS.exec(text ?? '')?.[0] ?? null;
}

const PHASES: readonly (readonly [SmtpPhase, RegExp])[] = [
  [
    'data',
    /(?:in reply to|after)[^\n]{0,20}(?:end of )?data\b|>>> (?:DATA|\.)|failed after I sent the message|SMTP command\s+DATA\b|\(DATA\)/i,
  ],
  [
    'rcpt-to',
    /(?:in reply to|after|like our)\s+RCPT TO|>>> RCPT|SMTP:RCPT|\[RCPT_TO\]|does not like recipient|rejected\s+recipient/i,
  ],
  ['mail-from', /(?:in reply to|after|like our)\s+(?:pipelined )?MAIL FROM|>>> MAIL/i],
  [
    'connect',
    /(?:in reply to|after)\s+(?:initial connection|EHLO|HELO)|refused to talk to me|connected to [^\n]+ but (?:greeting|my name)/i,
  ],
];

function phaseOf(text: string): SmtpPhase | null {
  return PHASES.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}
