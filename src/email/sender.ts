import type { Mailbox } from './message.ts';

/** The sender in MAIL_FROM: an address, or a name with the address in angle brackets. */
export function senderOf(mailFrom: string): Mailbox {
  const [, name, address] = /^(?:([^<]*?)\s*<)?([^<>]+?)>?$/.exec(mailFrom) ?? [];
  return { address: address ?? mailFrom, ...(name ? { name } : {}) };
}
