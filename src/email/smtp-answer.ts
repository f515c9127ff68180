import type { RefusalScope } from '../domain/effect.ts';
import { stripAddresses } from '../domain/redact.ts';
import { isFull, judge, type ServerWords, type SmtpPhase } from './inbound/judge.ts';
import { refusesUs } from './inbound/refuses-us.ts';

/** Reads SMTP replies: what a refusal is about, and whether it is for good. */

export interface SmtpAnswer {
  /** Three digits, e.g. 550. */
  code: number;
  /** RFC 3463, e.g. `5.1.1`. */
  enhancedCode?: string;
}

/** The reply's code, or null when this is no reply. */
export function readAnswer(response: string): SmtpAnswer | null {
  const match = /^([2-5]\d\d)(?:[ -]+([245]\.\d{1,3}\.\d{1,3})(?!\d))?/.exec(response);
  if (match === null) return null;
  const answer: SmtpAnswer = { code: Number(match[1]) };
  return match[2] === undefined ? answer : { ...answer, enhancedCode: match[2] };
}

/** 5yz is for good (RFC 5321, 4.2.1), but 503 says that the session was out of step, not that the message was refused. */
export function isPermanent(code: number): boolean {
  return code >= 500 && code < 600 && code !== 503;
}

const PHASES: Readonly<Record<string, SmtpPhase>> = { 'MAIL FROM': 'mail-from', 'RCPT TO': 'rcpt-to', DATA: 'data' };

/**
 * Whom a 5yz reply is about, by the reader that reads bounces too: an answer and a bounce with the same words have the same
 * meaning. What is for now (a full mailbox) is about the mailbox, and what is not known about this message, since no address may be
 * suppressed on a guess.
 *
 * @param response the whole reply
 * @param command the command that was answered, as Nodemailer names it
 */
export function refusalScope(answer: SmtpAnswer, command: string, response: string): RefusalScope {
  const said = saidBy(answer, command, response);
  const { status } = said;
  const verdict = judge(said);
  if (verdict === 'hard') return 'recipient';
  if (answer.code === 530 || answer.code === 535) return 'sender';
  if (verdict === 'soft') return 'mailbox';
  return verdict === 'sender' && !isAboutContent(status) ? 'sender' : 'message';
}

/** Whether a 4yz reply is about the mailbox alone: full, suspended. Any other may be the server's own trouble. */
export function isOfMailboxForNow(answer: SmtpAnswer, command: string, response: string): boolean {
  const said = saidBy(answer, command, response);
  return judge(said) === 'soft' && (said.status?.startsWith('4.2.') === true || isFull(response));
}

/** Whether the server takes nothing of ours for now. That our own login is refused says nothing of a receiving domain. */
export function isRefusalOfUs(answer: SmtpAnswer, command: string, response: string): boolean {
  return answer.code !== 530 && answer.code !== 535 && refusesUs(saidBy(answer, command, response));
}

function saidBy({ enhancedCode }: SmtpAnswer, command: string, response: string): ServerWords {
  return {
    text: response,
    beside: '',
    status: enhancedCode ?? null,
    phase: PHASES[command] ?? 'data',
    isRemote: true,
  };
}

/** Another message may pass. */
function isAboutContent(status: string | null): boolean {
  return status !== null && (status.startsWith('5.6.') || status === '5.3.4');
}

/** A reason for people and records: one line, no addresses, its status once, at most 300 characters. */
export function plainReason(text: string): string {
  return withoutRepeats(stripAddresses(text).replaceAll(/\s+/g, ' ').trim()).slice(0, 300);
}

/** Each line of an answer repeats its code and status (`550-5.7.1 … 550 5.7.1 …`), and a report has the status beside the answer again. */
function withoutRepeats(text: string): string {
  const [, status] = /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(text) ?? [];
  if (status === undefined) return text;
  const end = text.indexOf(status) + status.length;
  const it = String.raw`#?${status.replaceAll('.', String.raw`\.`)}(?![\d.])`;
  const again = new RegExp(String.raw`(?:\(${it}\)|(?:(?<!\d)[245]\d\d[ -])?(?<![\d.])${it})\s?`, 'g');
  return `${text.slice(0, end)}${text.slice(end).replaceAll(again, '')}`.trim();
}
