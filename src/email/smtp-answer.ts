import type { RefusalScope } from '../domain/effect.ts';
import { stripAddresses } from '../domain/redact.ts';

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

/**
 * Whom a 5yz reply is about. A refusal of MAIL FROM: the sender. With an enhanced code (RFC 3463, RFC 7505 for
 * 5.1.10): 5.7.x, 5.1.7 and 5.1.8 the sender, other 5.1.x and 5.2.x the recipient, the rest the message. Without one: of
 * RCPT TO with 550, 551, 552 or 553 the recipient; the rest the message, since no address may be suppressed on a guess.
 */
export function refusalScope(answer: SmtpAnswer, command: string): RefusalScope {
  if (command === 'MAIL FROM') return 'sender';
  const enhanced = answer.enhancedCode;
  if (enhanced !== undefined) {
    if (enhanced.startsWith('5.7.') || enhanced === '5.1.7' || enhanced === '5.1.8') return 'sender';
    if (enhanced.startsWith('5.1.') || (enhanced.startsWith('5.2.') && enhanced !== '5.2.3')) return 'recipient';
    return 'message';
  }
  if (answer.code === 530 || answer.code === 535) return 'sender';
  if (command === 'RCPT TO' && [550, 551, 552, 553].includes(answer.code)) return 'recipient';
  return 'message';
}

/** A reason for people and records: one line, no addresses, at most 300 characters. */
export function plainReason(text: string): string {
  return stripAddresses(text).replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}
